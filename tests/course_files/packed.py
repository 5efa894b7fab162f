"""Office files that are the same bytes each time they are built."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MADE = datetime(2026, 11, 1, tzinfo=UTC)


def repacked(raw: bytes) -> bytes:
    """Return a package whose members bear no date."""
    written = BytesIO()
    with ZipFile(BytesIO(raw)) as made, ZipFile(written, "w") as packed:
        for member in made.infolist():
            packed.writestr(ZipInfo(member.filename), made.read(member), ZIP_DEFLATED)
    return written.getvalue()
