"""Reads questions from one XML file: Moodle's, or a single QTI 2.1 item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.questions.moodle import moodle_questions
from ingest.questions.qti import qti_question
from ingest.questions.xml import local, parsed
from rag.errors import IngestError
from rag.study.drafts import Draft


def read_xml(path: Path, raw: bytes) -> Iterator[Draft]:
    """Yield the questions of a file.

    Raises:
        IngestError: it is damaged, or neither of the two.
    """
    root = parsed(path, raw)
    if local(root) == "quiz":
        yield from moodle_questions(root, raw)
    elif local(root) == "assessmentItem":
        yield qti_question("question 1", root, raw)
    else:
        raise IngestError(
            f"its root is <{local(root)}>; read are Moodle's XML (<quiz>) and QTI 2.1 (<assessmentItem>)", str(path)
        )
