"""What does each part of retrieval contribute? Variants of it, measured on the same questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np

from evals.items import Item
from evals.metrics import RANKING
from evals.pages import markdown_table, write_part
from evals.peers.sections import SectionObserver, retrieval_only
from evals.record import Outcome
from evals.runs.ask import run_items
from evals.runs.observe import Observer
from evals.runs.start import asked_items, find_suite
from evals.statistics import Estimate, Floats, difference, estimate, resample
from evals.suites import ROOT, Suite, assistant_over
from evals.variants import VARIANTS, Form, Variant
from ingest.chunk import chunk
from rag.adapters.sqlite_library import SqliteLibrary
from rag.answer import Assistant
from rag.bootstrap import make_embedder
from rag.ports import Embedder, Library
from rag.settings import Settings
from rag.text.blocks import chunker_name
from rag.types import LibraryStamp

PAGE = ROOT / "docs" / "decisions" / "0005-retrieval-defaults.md"
_SHOWN = ("hit@1", "hit@5", "recall@10", "mrr", "ndcg@10")
_JUDGED_BY = "ndcg@10"


@dataclass(frozen=True, slots=True)
class Measured:
    """A variant with what came of each question; `index_s` is processor time."""

    variant: Variant
    chunks: int
    index_s: float
    outcomes: tuple[Outcome, ...]


def ablate(
    suite: Suite, items: Sequence[Item], embedder: Embedder, settings: Settings,
    variants: Sequence[Variant] = VARIANTS, tell: Callable[[str], None] = lambda _: None,
) -> list[Measured]:  # fmt: skip
    """Ask items of each variant and return what was retrieved.

    Args:
        suite: whose texts are indexed, once for each form.
        items: those without evidence are left out.
        embedder: for texts and questions.
        settings: what the variants differ from.
        variants: what is measured.
        tell: called with the name of each variant before it is measured.

    Raises:
        ConfigError: texts of the suite are not here.
    """
    asked = [item for item in items if item.evidence]
    with _forms(suite, embedder, settings) as indexed:
        measured = []
        for variant in variants:
            tell(variant.name)
            path, stamp, seconds = indexed(variant.form(settings))
            changed = settings.model_copy(update={"candidates": variant.candidates or settings.candidates})
            with variant.library(path, stamp) as library:
                assistant = Assistant(library, embedder, changed)
                observer = SectionObserver() if suite.retrieval_only else Observer(library)
                outcomes = tuple(run_items(assistant, asked, retrieval_only, observer))
                measured.append(Measured(variant, library.chunk_count, seconds, outcomes))
        return measured


Indexed = tuple[Path, LibraryStamp, float]


@contextmanager
def _forms(suite: Suite, embedder: Embedder, settings: Settings) -> Iterator[Callable[[Form], Indexed]]:
    """Yield what indexes the texts of a suite in a form and returns where, its stamp, and the seconds it took."""
    known: dict[Form, Indexed] = {}
    with TemporaryDirectory(prefix="openbook-") as folder, assistant_over(suite, embedder, settings) as assistant:

        def indexed(form: Form) -> Indexed:
            if form not in known:
                path = Path(folder) / str(len(known)) / "library.db"
                known[form] = _index(assistant.library, path, form, embedder)
            return known[form]

        yield indexed


def _index(read: Library, path: Path, form: Form, embedder: Embedder) -> Indexed:
    stamp = LibraryStamp(embedder.fingerprint, chunker_name(form.chunk_characters))
    began = process_time()
    with SqliteLibrary(path, stamp) as library:
        for info in read.documents():
            document = read.document(info.id)
            chunks = chunk(document, form.chunk_characters)
            vectors = embedder.embed([one.embed_text if form.dense_headings else one.text for one in chunks])
            if not form.lexical_headings:
                chunks = [replace(one, heading_path=()) for one in chunks]
            for source in info.sources:
                library.put(document, source, chunks, vectors)
    return path, stamp, process_time() - began


def report_ablation(
    name: str, split: str, limit: int | None, settings: Settings, tell: Callable[[str], None] = lambda _: None,
    *, page: Path = PAGE, embedder: Embedder | None = None,
) -> str:  # fmt: skip
    """Measure all variants on a suite and return what is said of them; written into `page` where nothing is left out.

    Args:
        name: of the suite.
        split: "dev", "locked" or "all".
        limit: about how many items; None for all.
        settings: what the variants differ from.
        tell: called with the name of each variant before it is measured.
        page: where it is written, between markers that name the suite.
        embedder: that of the settings where none is given.

    Raises:
        ConfigError: the suite, or texts of it, are not here, or it has no items of the split.
    """
    suite = find_suite(name)
    items = asked_items(suite, split, limit)
    measured = ablate(suite, items, embedder or make_embedder(settings), settings, tell=tell)
    command, asked = f"evals ablate --suite {name} --split {split}", len(measured[0].outcomes)
    content = f"Printed by `{command}`: {asked} questions with evidence.\n\n{ablation_table(measured)}"
    if limit is None:
        write_part(page, f"ablate:{suite.name}", content)
    return content


def ablation_table(measured: Sequence[Measured]) -> str:
    """Return the variants as a Markdown table, the first of them being what the others are compared with."""
    base = measured[0]
    titles = [RANKING[name].title for name in _SHOWN]
    header = ("variant", "chunks", "index time", *titles, f"{RANKING[_JUDGED_BY].title} against the first")
    return markdown_table(header, (_row(one, base) for one in measured))


def _row(one: Measured, base: Measured) -> list[str]:
    draws = resample([outcome.group for outcome in one.outcomes])
    figures = (estimate(_values(one, name), draws) for name in _SHOWN)
    change = difference(_values(base, _JUDGED_BY), _values(one, _JUDGED_BY), draws)
    ratio = f"{one.index_s / base.index_s:.2f}" if base.index_s else ""
    changed = "" if one is base else _shown(change, "+.3f")
    return [one.variant.name, f"{one.chunks:,}", ratio, *map(_shown, figures), changed]


def _values(measured: Measured, name: str) -> Floats:
    return np.array([outcome.metrics.get(name, np.nan) for outcome in measured.outcomes], dtype=np.float64)


def _shown(one: Estimate, form: str = ".3f") -> str:
    return f"{one.value:{form}} ({one.low:{form}} to {one.high:{form}})"
