"""Question sets that others labelled, as items and texts: the textbook's questions, and ClapNQ.

They stand under `shared/data`, are not part of the project, and are read as they are.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from evals.items import Evidence, Item, Kind, Split
from evals.rows import read_rows
from rag.types import content_id


def load_textbook(path: Path, split: str = "") -> list[Item]:
    """Return the end-of-chapter questions of both books; the section that a question was written for is right.

    The stem alone is asked, not the options. All questions of a section are in one split.
    """
    items = [
        Item(
            id=row["id"],
            kind=Kind.PUBLIC,
            question=row["stem"],
            split=_split(row["module"]),
            evidence=(Evidence(document=f"{row['book']}/{row['module']}.md", quote=row["section"]),),
        )
        for row in read_rows(path)
    ]
    return [item for item in items if not split or item.split == split]


def _split(module: str) -> Split:
    return (Split.DEV, Split.LOCKED)[hashlib.sha256(module.encode()).digest()[0] % 2]


def load_clapnq(path: Path, split: str = "") -> list[Item]:
    """Return the questions of a file of ClapNQ (Rosenthal et al. 2024, https://arxiv.org/abs/2404.02103), all locked.

    Evidence is every sentence that some annotator chose, or, of an answer for which none chose any, the passage.
    """
    return [_clapnq_item(row) for row in read_rows(path)] if split in ("", Split.LOCKED) else []


def _clapnq_item(row: dict[str, Any]) -> Item:
    (passage,) = row["passages"]
    answer = next((one["answer"] for one in row["output"] if one["answer"]), "")
    chosen = [sentence for one in row["output"] for sentence in one["selected_sentences"]]
    shown = dict.fromkeys(chosen or passage["sentences"]) if answer else ()
    return Item(
        id=f"clapnq-{row['id']}",
        kind=Kind.PUBLIC if answer else Kind.UNANSWERABLE,
        question=row["input"],
        split=Split.LOCKED,
        reference=answer,
        evidence=tuple(Evidence(document=f"passages/{_name(passage)}.md", quote=sentence) for sentence in shown),
    )


def read_clapnq_passages(path: Path) -> list[dict[str, str]]:
    """Return the passages of a file of ClapNQ as sections: book, module, title, text."""
    passages = [passage for row in read_rows(path) for passage in row["passages"]]
    return [{"book": "passages", "module": _name(one), "title": one["title"], "text": one["text"]} for one in passages]


def _name(passage: dict[str, str]) -> str:
    """Return a name by what a passage says: questions may share one."""
    return content_id(passage["title"], passage["text"])[:12]
