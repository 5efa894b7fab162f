"""Trains the reader: `python -m evals.reader.train --work FOLDER`.

What was mined and where training stands is kept in the folder, so that a training that was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase

from evals.reader.claims import own_claims
from evals.reader.examples import Claim, Group, mine_groups, read_claims
from evals.reader.network import LABELS, Network, backbone, make_tokenizer
from evals.reader.own import own_groups
from evals.reader.plan import CONFIG, Batch, Config, Examples, Pair, batches, read_config
from rag.bootstrap import make_embedder
from rag.errors import OpenbookError
from rag.settings import load_settings

_HELD = 40  # one public passage in so many is kept out, to see how well the model ranks
_SAVED_EVERY, _TOLD_EVERY = 100, 25
_LENGTHS = 8  # lengths are rounded up to multiples of this: each new shape of a batch costs a compilation
_READ_AT_ONCE = 32  # pairs of like length


class Trainer:
    """A training: the model, its optimiser, and where it stands."""

    def __init__(self, config: Config, work: Path) -> None:
        torch.manual_seed(config.seed)
        self.config, self.path = config, work / "checkpoint.pt"
        self.tokenizer: PreTrainedTokenizerBase = make_tokenizer()
        self.network = Network(backbone(), config.layers)
        heads = [*self.network.relevance.parameters(), *self.network.support.parameters()]
        self.optimiser = torch.optim.AdamW(
            [{"params": list(self.network.encoder.encoder.parameters())}, {"params": heads}],
            weight_decay=config.weight_decay, fused=True,
        )  # fmt: skip
        self.stage, self.step = 0, 0
        if self.path.exists():
            self._load()

    def _load(self) -> None:
        saved = torch.load(self.path, weights_only=True)
        self.network.load_state_dict(saved["network"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.stage, self.step = saved["stage"], saved["step"]

    def save(self) -> None:
        """Keep where the training stands; the old state stays until the new one is whole."""
        state = {"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict()}
        partial = self.path.with_suffix(".partial")
        torch.save({**state, "stage": self.stage, "step": self.step}, partial)
        partial.replace(self.path)

    def run(self, stages: Sequence[Sequence[Batch]], told: Callable[[str], None], check: Callable[[], str]) -> None:
        """Learn from the batches of all stages that are left."""
        self.network.train()
        while self.stage < len(stages):
            plan, began, first = stages[self.stage], time.monotonic(), self.step
            recent: list[float] = []
            for self.step in range(first, len(plan)):
                self._set_rates(self.step, len(plan))
                recent.append(self._learn(plan[self.step]))
                if self.step % _TOLD_EVERY == 0:
                    left = (time.monotonic() - began) / (self.step - first + 1) * (len(plan) - self.step) / 60
                    mean = sum(recent[-100:]) / len(recent[-100:])
                    told(f"stage {self.stage + 1} step {self.step}/{len(plan)} loss {mean:.3f}, {left:.0f} min left")
                if self.step % _SAVED_EVERY == _SAVED_EVERY - 1:
                    self.step += 1
                    self.save()
            self.stage, self.step = self.stage + 1, 0
            self.save()
            told(f"stage {self.stage} done: {check()}")

    def _set_rates(self, step: int, steps: int) -> None:
        scale = min((step + 1) / self.config.warm_up_steps, max(0.02, 1 - step / steps))
        rate = self.config.stages[self.stage].learning_rate
        for group, peak in zip(self.optimiser.param_groups, (rate, self.config.head_learning_rate), strict=True):
            group["lr"] = peak * scale

    def _learn(self, batch: Batch) -> float:
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.bfloat16):
            loss = self._relevance_loss(batch.groups) if batch.groups else self._support_loss(batch.claims)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        return float(loss.item())

    def _relevance_loss(self, groups: Sequence[Sequence[Pair]]) -> Tensor:
        """Cross-entropy of what answers each question: one of its statements, or, at log-odds of 0, none of them."""
        flat = self.scores([pair for group in groups for pair in group])
        scores = torch.split_with_sizes(flat, [len(group) for group in groups])
        losses = []
        for group, some in zip(groups, scores, strict=True):
            answer = torch.tensor(0 if group[0][2] else len(group))
            losses.append(nn.functional.cross_entropy(nn.functional.pad(some, (0, 1)), answer))
        return torch.stack(losses).mean()

    def scores(self, pairs: Sequence[Pair]) -> Tensor:
        """Return `(n,)` log-odds that the statements answer; a few of like length are read, and padded, at once."""
        order = sorted(range(len(pairs)), key=lambda at: len(pairs[at][0]) + len(pairs[at][1]))
        read = []
        for at in range(0, len(order), _READ_AT_ONCE):
            some = [pairs[index] for index in order[at : at + _READ_AT_ONCE]]
            logits, _ = self.network(**self.encode([pair[0] for pair in some], [pair[1] for pair in some]))
            read.append(logits.float())
        return torch.cat(read)[torch.tensor(order).argsort()]

    def _support_loss(self, claims: Sequence[Claim]) -> Tensor:
        """Cross-entropy; where only "not supported" is known, both other labels together are right."""
        texts, sources = [one.text for one in claims], [one.source for one in claims]
        _, logits = self.network(**self.encode(texts, sources, self.config.max_claim_tokens))
        scores = torch.log_softmax(logits.float(), dim=1)
        losses = []
        for row, claim in zip(scores, claims, strict=True):
            unsure = claim.binary and claim.label != LABELS[0]
            losses.append(-torch.logsumexp(row[1:], 0) if unsure else -row[LABELS.index(claim.label)])
        return torch.stack(losses).mean()

    def encode(self, first: Sequence[str], second: Sequence[str], most: int = 0) -> dict[str, Tensor]:
        """Return the inputs of the network for pairs of texts, the second cut where they are too long."""
        encoded = self.tokenizer(
            list(first), list(second), truncation="longest_first", max_length=most or self.config.max_tokens,
            padding=True, pad_to_multiple_of=_LENGTHS, return_tensors="pt",
        )  # fmt: skip
        return dict(encoded)

    @torch.no_grad()
    def ranks(self, groups: Sequence[Group]) -> tuple[float, float]:
        """Return how often the statement that answers comes first among its group, and its mean reciprocal rank."""
        self.network.eval()
        found = []
        for group in groups:
            scores = self.scores([(group.question, text, False) for text in (group.right[0], *group.near, *group.far)])
            found.append(1 + int((scores[1:] > scores[0]).sum()))
        self.network.train()
        return sum(rank == 1 for rank in found) / len(found), sum(1 / rank for rank in found) / len(found)


def read_examples(work: Path, config: Config, told: Callable[[str], None]) -> tuple[Examples, list[Group]]:
    """Return what is learned from, and the public groups to check on; what was mined is kept in the folder."""
    public = kept_groups(work / "public.jsonl", lambda: mine_groups(make_embedder(load_settings()), told))
    own = kept_groups(work / "own.jsonl", lambda: own_groups(work, told))
    learned, checked = hold_out(public)
    claims = read_claims(config.claims, random.Random(config.seed))
    ours = own_claims(held=False) if any(stage.own_claims for stage in config.stages) else []
    told(f"{len(learned):,} public groups, {len(own):,} of our own, {len(claims):,} claims, {len(ours):,} of our own")
    return Examples(learned, own, claims, ours), checked


def kept_groups(path: Path, make: Callable[[], list[Group]]) -> list[Group]:
    """Return the groups kept at `path`, made and kept first if there are none."""
    if not path.exists():
        path.write_text("".join(f"{group.model_dump_json()}\n" for group in make()), "utf-8")
    return [Group.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]


def hold_out(groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    """Part groups by passage: those to learn from, and those of which some statement answers to check on."""
    held = [int(group.passage, 16) % _HELD == 0 for group in groups]
    learned = [group for group, out in zip(groups, held, strict=True) if not out]
    checked = [group for group, out in zip(groups, held, strict=True) if out and group.right and group.near]
    return learned, checked


def read_options(about: str | None, file: str, default: Path, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options of a command that trains, with its folder made and its threads set.

    Args:
        about: what the command does.
        file: name of the option that says what is trained.
        default: what that is where nothing is said.
        arguments: of the command; None for those that it was started with.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--work", type=Path, required=True, help="folder of mined examples and checkpoints")
    parser.add_argument(file, type=Path, default=default)
    parser.add_argument("--threads", type=int, default=0, help="0: one for each core")
    options = parser.parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    return options


def told(text: str) -> None:
    """Tell a person how far it is."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and leave the weights in the working folder."""
    options = read_options(__doc__, "--config", CONFIG, arguments)
    try:
        config = read_config(options.config)
        examples, checked = read_examples(options.work, config, told)
    except OpenbookError as error:
        told(str(error))
        return 1
    trainer = Trainer(config, options.work)
    stages = [batches(config, stage, examples) for stage in range(len(config.stages))]

    def check() -> str:
        first, reciprocal = trainer.ranks(checked)
        return json.dumps({"held_hit@1": round(first, 3), "held_mrr": round(reciprocal, 3), "of": len(checked)})

    trainer.run(stages, told, check)
    return 0


if __name__ == "__main__":
    sys.exit(main())
