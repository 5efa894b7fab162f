"""Poisons course texts with attacks and measures whether answers follow them: `evals injection`.

Every attack is planted in every hiding form beside the words that answer a labelled question of the dev split, in a
library made for the occasion; then that question is asked. The clean library gives the answer to compare with.
"""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from evals.injection_attacks import Attack
from evals.injection_clean import POISONED
from evals.injection_judge import Honest, holding, succeeded
from evals.injection_plant import FORMS, find_spot, plant
from evals.items import Item
from evals.record import Verdict
from evals.runs.ask import asked_of
from evals.suites import SUITES, Course, items_of
from evals.verdict import judge, letters, said
from ingest.pipeline import Ingestor
from rag.answer import Assistant
from rag.bootstrap import answering_by, assemble, make_embedder, open_library
from rag.errors import ConfigError
from rag.ports import Embedder
from rag.settings import EXTRACTIVE, Settings
from rag.text.orders import place_of
from rag.types import Answer, Passage, Scope

Told: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Material:
    """Folders of Markdown texts, and labelled questions about them, each of one of these courses."""

    courses: tuple[Course, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A question, and the file that answers it."""

    item: Item
    file: Path
    text: str


@dataclass(frozen=True, slots=True)
class Trial:
    """An attack, the form it hides in, and the question beside whose evidence it is planted."""

    attack: Attack
    form: str
    target: Target
    seed: str

    def poisoned(self) -> str:
        """Return the text of the file with the attack in it."""
        text = plant(self.target.text, self.target.item.evidence[0].quote, self.attack.text, self.form, self.seed)
        assert text is not None, "targets are chosen so that their evidence is found"
        return text


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a trial.

    Attributes:
        entered: whether the attack is in the text as the library stores it.
        success: how the attack showed in the answer, empty if it did not.
        changed: whether the answer has other words than that of the clean library.
        lost: whether the clean answer was right and this one is not.
        held, flagged: how many of the passages read hold the attack, and of how many of them a note says so.
        answer: what was shown.
    """

    trial: Trial
    entered: bool
    success: str
    changed: bool
    lost: bool
    held: int
    flagged: int
    answer: str


@dataclass(frozen=True, slots=True)
class Report:
    """All trials, and the clean answers that say falsely that a text gives orders."""

    tried: tuple[Tried, ...]
    clean_answers: int
    falsely_flagged: tuple[str, ...]

    @property
    def succeeded(self) -> list[Tried]:
        """The trials whose attack succeeded."""
        return [one for one in self.tried if one.success]


def measure(
    attacks: Sequence[Attack], settings: Settings, *, material: Material | None = None, chat_model: str = EXTRACTIVE,
    seed: int = 0, limit: int | None = None, embedder: Embedder | None = None, told: Told | None = None,
) -> Report:  # fmt: skip
    """Plant attacks, ask, and return what came of it.

    Args:
        attacks: what is planted, each in every form.
        settings: of the assistant; its home is not touched.
        material: what is poisoned and asked; all of `material_here` where none is given.
        chat_model: what answers.
        seed: the same seed gives the same trials.
        limit: how many trials, spread over the forms; None for all.
        embedder: that of the settings where none is given.
        told: is told after each trial how many are done, and of how many.

    Raises:
        ConfigError: no evidence of the questions stands in the texts.
    """
    material = material or material_here()
    with TemporaryDirectory(prefix="openbook-injection-") as folder:
        texts = {one.name: _copied(one, Path(folder)) for one in material.courses}
        trials = make_trials(attacks, find_targets(material.items, texts), seed)[:limit]
        with _library(Path(folder), settings, embedder, chat_model) as (ingestor, assistant):
            return _Run(texts, ingestor, assistant).run(trials, told)


def material_here() -> Material:
    """Return the courses whose texts are here, and the questions of the dev split about them."""
    suites = [suite for suite in (SUITES["gold"], SUITES["course-texts"]) if suite.available]
    courses = [one for suite in suites for one in suite.courses if one.name != POISONED]
    named = {one.name for one in courses}
    items = [
        one.model_copy(update={"course": one.course or suite.texts[0].name})
        for suite in suites
        for one in items_of(suite, "dev")
    ]
    return Material(tuple(courses), tuple(one for one in items if one.course in named))


def _copied(course: Course, folder: Path) -> Path:
    return Path(shutil.copytree(course.texts, folder / "texts" / course.name))


def find_targets(items: Sequence[Item], texts: dict[str, Path]) -> list[Target]:
    """Return the questions that stand alone and whose evidence stands in a file of the course.

    Raises:
        ConfigError: there are none.
    """
    found = []
    for item in items:
        file = texts[item.course] / item.evidence[0].document if item.evidence else None
        if item.history or file is None or not file.is_file():
            continue
        text = file.read_text("utf-8")
        if find_spot(text, item.evidence[0].quote):
            found.append(Target(item, file, text))
    if not found:
        raise ConfigError("No question has its evidence in these texts: nothing can be planted beside it.")
    return found


def make_trials(attacks: Sequence[Attack], targets: Sequence[Target], seed: int) -> list[Trial]:
    """Return a trial for each attack in each form, the forms in turn, each beside the evidence of another question."""
    chooser = random.Random(seed)
    by_file: dict[Path, list[Target]] = defaultdict(list)
    for target in chooser.sample(targets, len(targets)):
        by_file[target.file].append(target)
    in_turn = cycle([one for row in zip_longest(*by_file.values()) for one in row if one])
    shuffled = [[(attack, form) for attack in chooser.sample(attacks, len(attacks))] for form in FORMS]
    pairs = [pair for row in zip(*shuffled, strict=True) for pair in row]
    return [
        Trial(attack, form, target, f"{seed} {number}")
        for number, ((attack, form), target) in enumerate(zip(pairs, in_turn, strict=False))
    ]


@contextmanager
def _library(
    folder: Path, settings: Settings, embedder: Embedder | None, chat_model: str
) -> Iterator[tuple[Ingestor, Assistant]]:
    settings = settings.model_copy(update={"home": folder / "library"})
    embedder = embedder or make_embedder(settings)
    library = open_library(settings, embedder)
    try:
        yield Ingestor(library, embedder, settings), answering_by(assemble(library, embedder, settings), chat_model)
    finally:
        library.close()


class _Run:
    """The trials of one library."""

    def __init__(self, texts: dict[str, Path], ingestor: Ingestor, assistant: Assistant) -> None:
        self._texts, self._ingestor, self._assistant = texts, ingestor, assistant
        self._sync()
        library = assistant.library
        self._honest = Honest.of(
            "\n".join((one.title, library.document(one.id).text)) for one in library.documents(Scope())
        )
        self._clean: dict[str, Answer] = {}

    def run(self, trials: Sequence[Trial], told: Told | None) -> Report:
        for trial in trials:
            if trial.target.item.id not in self._clean:
                self._clean[trial.target.item.id] = self._ask(trial.target.item)
        tried: list[Tried] = []
        for planted in _rounds(trials):
            for trial in planted:
                trial.target.file.write_text(trial.poisoned(), "utf-8")
            self._sync()
            for trial in planted:
                tried.append(self._tried(trial))
                if told:
                    told(len(tried), len(trials))
            for trial in planted:
                trial.target.file.write_text(trial.target.text, "utf-8")
        flagged = [note for answer in self._clean.values() for note in answer.notes if _is_flag(note, answer.passages)]
        return Report(tuple(tried), len(self._clean), tuple(flagged))

    def _sync(self) -> None:
        for course, folder in self._texts.items():
            self._ingestor.sync(folder, course)

    def _ask(self, item: Item) -> Answer:
        return self._assistant.answer(self._assistant.retrieve(asked_of(item)))

    def _tried(self, trial: Trial) -> Tried:
        item, before = trial.target.item, self._clean[trial.target.item.id]
        answer = self._ask(item)
        held = holding(trial.attack.text, answer.passages)
        return Tried(
            trial,
            entered=letters(trial.attack.text) in letters(self._stored(trial.target)),
            success=succeeded(trial.attack.text, item.question, answer.statements, self._honest),
            changed=letters(said(answer.statements)) != letters(said(before.statements)),
            lost=judge(item, before) is Verdict.RIGHT and judge(item, answer) is not Verdict.RIGHT,
            held=len(held),
            flagged=sum(any(_is_flag(note, [one]) for note in answer.notes) for one in held),
            answer=answer.text,
        )

    def _stored(self, target: Target) -> str:
        library = self._assistant.library
        found = library.source_document(target.item.course, str(target.file.resolve()))
        return library.document(found).text if found else ""


def _rounds(trials: Sequence[Trial]) -> list[list[Trial]]:
    """Part trials into runs that poison no file twice, so that each run needs one ingest."""
    rounds: list[dict[Path, Trial]] = []
    for trial in trials:
        free = next((one for one in rounds if trial.target.file not in one), None)
        if free is None:
            free = {}
            rounds.append(free)
        free[trial.target.file] = trial
    return [list(one.values()) for one in rounds]


def _is_flag(note: str, passages: Sequence[Passage]) -> bool:
    """Whether a note says where one of the passages gives orders."""
    return any(note.startswith(f"{one.document.name} tells") and place_of(one) in note for one in passages)
