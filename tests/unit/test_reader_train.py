"""How the reader learns: which statement answers, and that none does."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from evals.reader.plan import Batch, Pair, read_config
from evals.reader.train import Trainer

QUESTION = "how much does a pier carry?"
RIGHT, WRONG = "A pier carries 40 tonnes.", "Gulls eat crabs, and they eat them all day long by the harbour."
ANSWERED: tuple[Pair, ...] = ((QUESTION, RIGHT, True), (QUESTION, WRONG, False))
UNANSWERED: tuple[Pair, ...] = (("who built it?", RIGHT, False), ("who built it?", WRONG, False))


@pytest.fixture
def trainer(tmp_path: Path) -> Trainer:
    return Trainer(read_config().model_copy(update={"layers": (1,), "warm_up_steps": 1}), tmp_path)


def test_scores_come_in_the_order_of_the_pairs_whatever_their_length(trainer: Trainer) -> None:
    trainer.network.eval()
    pairs = [(QUESTION, WRONG * (at % 3), False) for at in range(20)]
    with torch.no_grad():
        alone = [trainer.scores([pair]).item() for pair in pairs]
        assert trainer.scores(pairs).tolist() == pytest.approx(alone, abs=1e-3)
    assert len(set(alone[:3])) == 3


def test_what_answers_rises_above_nothing_and_what_does_not_answer_sinks_below(trainer: Trainer) -> None:
    trainer.run([[Batch(groups=(ANSWERED, UNANSWERED))] * 40], lambda _: None, lambda: "")
    trainer.network.eval()
    with torch.no_grad():
        right, wrong, *none = trainer.scores([*ANSWERED, *UNANSWERED]).tolist()
    assert right > 0 > wrong
    assert max(none) < 0
