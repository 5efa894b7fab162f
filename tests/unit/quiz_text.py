"""A text about springs to make items of by hand, and what rules hold them against."""

from __future__ import annotations

from rag.cite import Citer
from rag.extractive.match import VectorMemory
from rag.grounding.ground import PlainGrounding
from rag.quiz.items import Option
from rag.quiz.material import Section, sections
from rag.quiz.rules import Evidence
from rag.types import Citation, DocumentInfo
from tests.fakes import HashEmbedder
from tests.quiz_maker import OneText

TEXT = """# Springs

## Kinds of springs

A coil spring stores energy in a wound wire. A leaf spring carries the weight of a cart.
A gas spring holds a lid open. A torsion spring closes a mousetrap.
A coil spring lasts 10 years by default, and at most 25 years. A leaf spring lasts 40 years.
A gas spring lasts 5 years.

| Spring | Material | Choose when |
|---|---|---|
| Coil | Steel wire | The load is light |
| Leaf | Steel bands | The load is heavy |
| Gas | Nitrogen | A lid must stay open |
| Torsion | Brass rod | A flap must snap shut |

## Care of springs

To change a spring:

1. Release the load from the axle.
2. Take out the broken spring.
3. Oil the new part well.
4. Fit the clamps on both ends.

- Humidity or heat: rust against fatigue.
"""
INFO = DocumentInfo("d" * 32, "Springs", "text/markdown", "", len(TEXT), 1, "", ())


SECTIONS: list[Section] = sections(OneText(TEXT), INFO)
EMBEDDER = HashEmbedder()


def evidence() -> Evidence:
    return Evidence(SECTIONS, VectorMemory(EMBEDDER).vectors, PlainGrounding(EMBEDDER))


def cited(quote: str) -> Citation:
    """Return a citation of words of the text."""
    start = TEXT.index(quote)
    for section in SECTIONS:
        chunk = section.passage.chunk
        if chunk.start <= start < chunk.end:
            found = Citer(OneText(TEXT)).citation(section.passage, start, start + len(quote), 1)
            assert found
            return found
    raise AssertionError(quote)


def options(right: str, *wrong: str) -> tuple[Option, ...]:
    """Return options; each wrong one is "text | rationale"."""
    parted = [one.partition(" | ") for one in wrong]
    return (
        Option(text=right, right=True),
        *(Option(text=text, right=False, rationale=rationale) for text, _, rationale in parted),
    )
