"""Makes small PDFs of lines of type and rules, byte by byte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

FONTS = {"plain": "Helvetica", "bold": "Helvetica-Bold", "mono": "Courier", "italic": "Helvetica-Oblique"}


@dataclass
class Page:
    """A page of 600 by 800 points; positions are from its top left."""

    rotate: int = 0
    operators: list[str] = field(default_factory=list)

    def type(self, left: float, top: float, text: str, size: float = 10, font: str = "plain") -> Page:
        """Put a line of text with its base line `top` below the upper edge."""
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        self.operators.append(f"BT /{font} {size} Tf {left} {800 - top} Td ({escaped}) Tj ET")
        return self

    def lines(self, left: float, top: float, *texts: str, size: float = 10, font: str = "plain") -> Page:
        """Put lines of text one below the other, as a paragraph has them."""
        for at, text in enumerate(texts):
            self.type(left, top + at * 1.2 * size, text, size, font)
        return self

    def rule(self, x1: float, y1: float, x2: float, y2: float) -> Page:
        """Draw a straight line."""
        self.operators.append(f"{x1} {800 - y1} m {x2} {800 - y2} l S")
        return self

    def grey(self) -> Page:
        """Cover the page with a picture."""
        self.operators.append("q 600 0 0 800 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 /F /AHx ID 80> EI Q")
        return self


def pdf(pages: Sequence[Page], *, labels: str = "", bookmarks: Sequence[tuple[str, int]] = ()) -> bytes:
    """Return the bytes of a PDF; `labels` is the number tree of its page labels, bookmarks are (title, page index)."""
    fonts = " ".join(f"/{key} << /Type /Font /Subtype /Type1 /BaseFont /{name} >>" for key, name in FONTS.items())
    first = 4
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(pages)))
    marks = first + 2 * len(pages)
    catalog = "/Type /Catalog /Pages 2 0 R" + (f" /PageLabels << /Nums [{labels}] >>" if labels else "")
    catalog += f" /Outlines {marks} 0 R" if bookmarks else ""
    objects = [f"<< {catalog} >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>", f"<< {fonts} >>"]
    for at, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Rotate {page.rotate} "
            f"/Resources << /Font 3 0 R >> /Contents {first + 2 * at + 1} 0 R >>"
        )
        content = "\n".join(page.operators)
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    if bookmarks:
        last = marks + len(bookmarks)
        objects.append(f"<< /Type /Outlines /First {marks + 1} 0 R /Last {last} 0 R /Count {len(bookmarks)} >>")
        for at, (title, index) in enumerate(bookmarks, marks + 1):
            beside = f"/Next {at + 1} 0 R " if at < last else ""
            objects.append(f"<< /Title ({title}) /Parent {marks} 0 R {beside}/Dest [{first + 2 * index} 0 R /Fit] >>")
    return _file(objects)


def _file(objects: Sequence[str]) -> bytes:
    written = b"%PDF-1.7\n"
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{one}\nendobj\n".encode("latin-1")
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return written + (table + trailer).encode("latin-1")
