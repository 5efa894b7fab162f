from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ingest.report import IngestReport
from rag.errors import ConfigError, IndexMismatch, IngestError, ModelError, QuestionError
from rag.types import Answer, AnswerStatement, Chunk, Citation, DocumentInfo, Passage, Refusal, Source
from ui.cli import exit_code
from ui.cli_answer import excerpt, matched_words, show_answer, show_passages
from ui.cli_ingest import show_report
from ui.cli_output import count, show_error, show_json

QUOTE = "Light travels in straight lines through a uniform medium, " * 6 + "and bends where the medium changes."
CITATION = Citation(1, "d" * 32, "optics.md", "Optics", ("Light", "Rays"), QUOTE, 0, len(QUOTE), 7, "slide", 3, 3)
ANSWER = Answer(
    question="How does light travel?",
    statements=(
        AnswerStatement("It travels in straight lines.", (1,)),
        AnswerStatement("reflection", (1,), lead="It changes by:", is_item=True),
        AnswerStatement("refraction", (1,), lead="It changes by:", is_item=True),
    ),
    citations=(CITATION,),
    passages=(),
    answerer="extractive",
    timings_ms={"total": 12.0},
)
CHUNK = Chunk("d" * 32, 0, QUOTE, ("Light",), 0, len(QUOTE), 7, 3, 3)
DOCUMENT = DocumentInfo("d" * 32, "Optics", "text/markdown", "slide", 99, 1, "2026-01-01", (Source("c", "/o", "o.md"),))


def test_an_answer_in_a_pipe_is_plain_and_its_quotes_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    show_answer(ANSWER)
    lines = capsys.readouterr().out.split("\n")
    assert "It travels in straight lines. [1]" in lines
    assert lines[lines.index("It changes by:") + 1 :][:2] == ["  • reflection [1]", "  • refraction [1]"]
    assert f"[1] optics.md  Light > Rays, slide 3, line 7 · dddddddddddd:0-{len(QUOTE)}" in lines
    assert f"    “{QUOTE}”" in lines


def test_a_refusal_shows_its_reason_and_the_closest_passages(capsys: pytest.CaptureFixture[str]) -> None:
    show_answer(Answer("q", (), (), (), "extractive", Refusal("The texts do not say.", (CITATION,))))
    shown = capsys.readouterr().out
    assert "The texts do not say." in shown
    assert "Closest passages" in shown
    assert QUOTE in shown


def test_explained_answers_show_scores_ranks_and_timings(capsys: pytest.CaptureFixture[str]) -> None:
    show_answer(Answer("q", ANSWER.statements, (CITATION,), (Passage(CHUNK, DOCUMENT, 0.03, 1, 0.7),), "extractive",
                       timings_ms={"total": 12.0}), explain=True)  # fmt: skip
    shown = capsys.readouterr().out
    assert "total 12.0 ms" in shown
    assert "1 (0.70)" in shown
    assert "–" in shown
    assert "o.md, Light, slide 3, line 7" in shown


def test_no_line_is_shown_of_a_file_that_has_none(capsys: pytest.CaptureFixture[str]) -> None:
    citation = replace(CITATION, line=0, page_unit="page", page_label="ix")
    passage = Passage(replace(CHUNK, line=0), DOCUMENT, 0.03, 1, 0.7)
    show_answer(Answer("q", ANSWER.statements, (citation,), (passage,), "extractive"), explain=True)
    shown = capsys.readouterr().out
    assert "Light > Rays, page 3 (printed ix) · " in shown
    assert "o.md, Light, slide 3" in shown
    assert "line 0" not in shown


def test_passages_show_both_ranks_and_the_words_that_matched(capsys: pytest.CaptureFixture[str]) -> None:
    show_passages("how do mediums bend light?", [Passage(CHUNK, DOCUMENT, 0.03, 2, 0.71, 1, 3.2)])
    shown = capsys.readouterr().out
    assert "dense 2 (0.71) · BM25 1 (3.20) · fused 0.0300 · matched: Light, medium, bends" in shown


def test_the_words_that_matched_share_a_stem_with_the_question() -> None:
    assert matched_words("What are the limits of FindMatches?", "A limit: findmatches finds all.") == [
        "limit", "findmatches", "finds",
    ]  # fmt: skip


def test_an_excerpt_is_cut_between_words_around_what_matched() -> None:
    text = "before " * 100 + "the shard limit is here " + "after " * 100
    shown = excerpt(text, ["shard", "limit"], 120)
    assert "shard limit is here" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert set(shown.replace("…", "").split()) <= set(text.split())
    assert excerpt("short", ["short"]) == "short"
    assert len(excerpt("x" * 5000, ["x"], 100)) <= 104


def test_json_holds_every_field_of_nested_values(capsys: pytest.CaptureFixture[str]) -> None:
    show_json(ANSWER)
    shown = json.loads(capsys.readouterr().out)
    assert shown["statements"][1]["lead"] == "It changes by:"
    assert shown["citations"][0]["quote"] == QUOTE
    assert shown["citations"][0]["reference"] == f"dddddddddddd:0-{len(QUOTE)}"
    assert shown["timings_ms"] == {"total": 12.0}
    assert shown["refusal"] is None


def test_times_in_json_are_written_as_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"at": datetime(2026, 12, 25, 19, tzinfo=UTC)})
    assert json.loads(capsys.readouterr().out) == {"at": "2026-12-25T19:00:00+00:00"}


def test_an_error_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    show_error("first [bold]part[/bold]\n" + "word " * 60)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("first [bold]part[/bold] word")


def test_exit_codes_tell_errors_apart() -> None:
    assert exit_code(ConfigError("x")) == exit_code(QuestionError("x")) == 2
    assert exit_code(IngestError("x", "a.md")) == 3
    assert exit_code(IndexMismatch("x")) == exit_code(ModelError("x")) == 1


def test_counts_read_as_english() -> None:
    assert [count(number, "file") for number in (0, 1, 1284)] == ["0 files", "1 file", "1,284 files"]


def test_help_is_quick_and_loads_no_library() -> None:
    code = (
        "import sys; sys.argv = ['openbook', '--help']\n"
        "from ui.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'torch', 'faiss', 'langchain_core', 'onnxruntime', 'pydantic', 'bs4'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "loaded: []" in done.stdout
    assert "Exit codes" in done.stdout
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 0.5


def test_a_narrow_terminal_wraps_between_words_and_indents_what_follows() -> None:
    code = (
        "from ui.cli_output import show_hanging\n"
        "show_hanging('words ' * 20, '[1] ')\n"
    )  # fmt: skip
    leader, follower = os.openpty()
    environment = {**os.environ, "COLUMNS": "40", "TERM": "xterm"}
    subprocess.run([sys.executable, "-c", code], stdout=follower, env=environment, check=True)
    lines = os.read(leader, 10_000).decode().splitlines()
    assert lines[0] == "[1] " + " ".join(["words"] * 6)
    assert lines[1] == "    " + " ".join(["words"] * 6)


def test_a_report_names_the_files_that_the_library_holds_in_another_way_now(capsys: pytest.CaptureFixture[str]) -> None:
    removed = [("removed", f"old/{number}.md") for number in range(20)]
    settled = (("added", "new.md"), ("changed", "a.md"), ("duplicates", "copy.md"), *removed)
    show_report(IngestReport(added=1, changed=1, duplicates=1, removed=20, settled=settled))
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "Documents: 1 added, 1 changed, 1 known under another name, 20 removed"
    assert shown[1:4] == ["  a.md: changed", "  copy.md: known under another name", "  old/0.md: removed"]
    assert shown[21] == "  and 2 more; --json lists all"
