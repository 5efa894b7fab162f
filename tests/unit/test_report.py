"""Reports: what the page, the JSON and the JUnit file say of a run, and what they never do."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from evals.cli import app
from evals.comparison import Row
from evals.gate import check, compare
from evals.items import Evidence, Item, Kind, Turn
from evals.metrics import METRICS
from evals.record import Outcome, Run, SeenPassage, Verdict
from evals.report.as_html import as_html, signed
from evals.report.as_json import as_json
from evals.report.as_junit import as_junit
from evals.report.content import Report, report_on, same_questions, sentence, write_file
from evals.report.drawing import Span, row_bar
from evals.report.sources import passage_place, quote_span, sources
from evals.runs.store import RunStore
from evals.statistics import Estimate
from rag.errors import ConfigError
from tests.outcomes import citation, item, outcome, passages, run, statement

RIGHT, WRONG, REFUSED = Verdict.RIGHT, Verdict.WRONG, Verdict.REFUSED
HOSTILE = '<script>alert("&1")</script><img src=x onerror=alert(1)>'
ONE, TWO, NO = item("one"), item("two", Kind.LIST), item("no", Kind.UNANSWERABLE)


class Page(HTMLParser):
    """A page as a browser reads it: its elements, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.marked: list[str] = []
        self._in_mark = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "mark":
            self._in_mark = True
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_mark &= tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_mark:
            self.marked[-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def cards(self) -> dict[str, bool]:
        """Return the cards by item, in their order, and whether each is open."""
        found = [one for one in self.all("details") if (one.get("class") or "") == "card"]
        return {str(one["id"]).removeprefix("item-"): "open" in one for one in found}


def checked(*outcomes: Outcome, items: tuple[Item, ...] = (), **fields: object) -> Report:
    made = run(outcomes, **fields)
    return Report(check(made), same_questions(made, items))


def compared(before: list[Outcome], after: list[Outcome], items: tuple[Item, ...] = ()) -> Report:
    one, two = run(before, "before"), run(after, "after")
    return Report(compare(one, two), same_questions(two, items))


def page(report: Report) -> Page:
    return Page(as_html(report))


def test_nothing_that_a_question_an_answer_or_a_text_says_becomes_part_of_the_page() -> None:
    asked = item(
        "hostile", Kind.FOLLOW_UP, question=HOSTILE, reference=HOSTILE,
        history=(Turn(question=HOSTILE, answer=HOSTILE),), evidence=(Evidence(document=HOSTILE, quote=HOSTILE),),
    )  # fmt: skip
    seen = outcome(
        asked, WRONG, id='"><script>', asked=HOSTILE, reference=HOSTILE,
        statements=(statement(HOSTILE, lead=HOSTILE, support=0.0),),
        citations=(citation().model_copy(update={"document": HOSTILE, "place": HOSTILE, "quote": HOSTILE}),),
        passages=(SeenPassage(document=HOSTILE, heading=HOSTILE, line=1, text=HOSTILE, score=1.0, evidence=(0,)),),
    )  # fmt: skip
    failed = outcome(ONE, None, error=HOSTILE)
    refused = outcome(TWO, REFUSED, refusal=HOSTILE)
    outcomes, items = [seen, failed, refused], (asked.model_copy(update={"id": '"><script>'}), ONE, TWO)
    before = [outcome(ONE), outcome(TWO), seen.model_copy(update={"verdict": RIGHT})]
    for report in (checked(*outcomes, items=items, suite=HOSTILE), compared(before, outcomes, items)):
        read = page(report)
        assert len(read.all("script")) == 1
        assert not read.all("img")
        assert not [name for _, attributes in read.tags for name in attributes if name.startswith("on")]
        assert read.text.count('alert("&1")') >= 10


def test_a_page_loads_nothing_and_admits_no_script_but_its_own() -> None:
    html = as_html(checked(outcome(ONE), outcome(NO, WRONG)))
    read = Page(html)
    (policy,) = [str(one["content"]) for one in read.all("meta") if one.get("http-equiv")]
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[\w+/]{43}='", policy)
    assert not read.all("link")
    assert not re.search(r"https?://|url\(|@import", html)
    assert not [one for _, one in read.tags if "src" in one]
    assert all(str(one["href"]).startswith("#") for one in read.all("a"))


def test_a_run_shows_what_did_not_come_out_well_open_and_the_rest_closed() -> None:
    read = page(checked(outcome(ONE), outcome(TWO, WRONG), outcome(NO, REFUSED), outcome(item("x"), None, error="no")))
    assert list(read.cards().items()) == [("x", True), ("two", True), ("one", False), ("no", False)]


def test_a_comparison_shows_the_flips_open_the_worst_first_and_the_rest_closed() -> None:
    before = [outcome(ONE, WRONG), outcome(TWO), outcome(NO, REFUSED), outcome(item("same"), WRONG)]
    after = [outcome(ONE), outcome(TWO, REFUSED), outcome(NO, WRONG), outcome(item("same"), WRONG)]
    read = page(compared(before, after))
    assert list(read.cards().items()) == [("no", True), ("two", True), ("one", True), ("same", False)]
    assert "refused → wrong" in read.text
    changes = [str(one["class"]) for one in read.all("span") if str(one.get("class")).startswith("change")]
    assert changes == ["change bad", "change bad", "change good", "change bad"]
    assert "Before: right" in read.text
    assert "After: refused" in read.text


def test_a_citation_is_marked_where_its_passage_says_so() -> None:
    asked = outcome(ONE, WRONG, passages=passages((), (0,), text="Some say six. There  are\nfive. Or so."))
    assert page(checked(asked)).marked == ["1 There  are\nfive."]


def test_a_passage_is_placed_by_its_page_and_by_its_line_where_it_has_one() -> None:
    passage = SeenPassage(document="a.pdf", heading="Lenses", line=0, text="x", score=1, page="page 3")
    assert passage_place(passage) == "a.pdf, Lenses, page 3"
    assert passage_place(passage.model_copy(update={"line": 7, "page": ""})) == "a.pdf, Lenses, from line 7"


def test_quotes_of_one_passage_are_marked_in_it_together_and_overlapping_ones_apart() -> None:
    text = "A lens bends light. There are five. None is flat."
    quotes = {1: "There are five.", 2: "A lens bends light.", 3: "are five. None"}
    cites = tuple(citation(number).model_copy(update={"quote": quote}) for number, quote in quotes.items())
    first, second = sources(outcome(ONE, citations=cites, passages=passages((0,), text=text)))
    assert [one.number for one in first.citations] == [2, 1]
    assert [one.number for one in second.citations] == [3]
    for source in (first, second):
        assert "".join(part.text for part in source.parts) == text
        assert all(part.text == quotes[part.citation.number] for part in source.parts if part.citation)


def test_a_quote_that_no_passage_holds_is_shown_alone() -> None:
    (source,) = sources(outcome(ONE, passages=passages((0,), text="Something else.")))
    assert [part.text for part in source.parts] == ["There are five."]


def test_the_same_words_of_another_document_are_not_what_was_quoted() -> None:
    other = tuple(one.model_copy(update={"document": "other.md"}) for one in passages((), text="So: There are five."))
    (source,) = sources(outcome(ONE, passages=other))
    assert [part.text for part in source.parts] == ["There are five."]


def test_passages_are_shown_whole_of_what_did_not_come_out_well() -> None:
    seen = {verdict: passages((), text=f"Long text of {verdict}.") for verdict in (RIGHT, WRONG)}
    text = page(checked(outcome(ONE, RIGHT, passages=seen[RIGHT]), outcome(TWO, WRONG, passages=seen[WRONG]))).text
    assert "Long text of wrong." in text
    assert "Long text of right." not in text


def test_a_quote_of_white_space_stands_nowhere() -> None:
    assert quote_span("There are five.", " \n") is None


def test_a_statement_that_its_citations_do_not_support_is_marked_with_its_score() -> None:
    said = (
        statement("It is red.", support=0.07),
        statement("It is blue.", support=0.97),
        statement("Hm.", support=None),
    )
    read = page(checked(outcome(ONE, WRONG, statements=said, passages=())))
    assert "It is red." in read.marked
    assert not {"It is blue.", "Hm."}.intersection(read.marked)
    assert "0.07" in read.text


def test_a_card_says_in_words_what_no_answer_may_do() -> None:
    seen = outcome(NO, WRONG, citations=(citation(present=False),), statements=(statement(),))
    text = page(checked(seen)).text
    for told in ("an unanswerable question was answered", "a citation's quote is not in its document"):
        assert told in text


def test_a_card_shows_earlier_turns_and_how_far_the_evidence_came() -> None:
    asked = item(
        "later", Kind.FOLLOW_UP, evidence=tuple(Evidence(document=f"{at}.md", quote=f"Q{at}.") for at in range(3))
    )
    seen = outcome(
        asked, WRONG, asked="And of a lens?", passages=passages((), (0, 1)), citations=(citation(evidence=(1,)),)
    )
    text = " ".join(page(checked(seen, items=(asked,))).text.split())
    assert "What is a lens?" in text
    assert "Understood as: And of a lens?" in text
    assert "0.md · passage 2, not cited" in text
    assert "1.md · cited" in text
    assert "2.md · not among the passages" in text


def test_an_item_that_asks_something_else_by_now_is_not_shown_beside_its_answer() -> None:
    seen = outcome(ONE, WRONG)
    reworded = ONE.model_copy(update={"question": "Other?", "evidence": (Evidence(document="d", quote="Secret."),)})
    assert "Secret." not in page(checked(seen, items=(reworded,))).text


@pytest.mark.parametrize(("value", "floor"), [(0.0, 0.95), (1.0, 0.0), (1.0, 1.0), (0.4, 0.7)])
@pytest.mark.parametrize(("unit", "by"), [("share", 1.0), ("score", -1.0), ("ms", 900.0)])
def test_bars_stay_within_their_scale(value: float, floor: float, unit: str, by: float) -> None:
    metric = replace(METRICS["hit@5"], unit=unit, floor=floor * by)
    seen = [outcome(item(str(at))).model_copy(update={"metrics": {"hit@5": value * by * at}}) for at in (0, 1)]
    (row,) = check(run(seen), {"hit@5": metric}).rows
    bar = row_bar(row)
    assert bar is not None
    assert bar.floor is not None
    assert 0 <= bar.figure.low <= bar.figure.value <= bar.figure.high <= 100
    assert 0 <= bar.floor <= 100
    assert (bar.floor > bar.figure.value) == (floor * by > value * by / 2)


def test_a_figure_beyond_its_scale_stands_at_the_end_of_it() -> None:
    bar = row_bar(Row(METRICS["hit@5"], Estimate(1.2, -0.3, 1.5, 3)))
    assert bar is not None
    assert bar.figure == Span(0.0, 100.0, 100.0)


def test_every_drawn_bar_lies_within_its_drawing() -> None:
    read = page(compared([outcome(ONE, WRONG), outcome(NO, REFUSED)], [outcome(ONE), outcome(NO, REFUSED)]))
    bars = read.all("rect")
    assert len(bars) > 20
    assert all(float(str(one["x"])) >= 0 and float(str(one["x"])) + float(str(one["width"])) <= 100 for one in bars)


@pytest.mark.parametrize(
    ("change", "told"), [(0.0213, "+0.021"), (-0.0213, "−0.021"), (-0.0001, "0.000"), (0.0, "0.000")]
)
def test_a_change_has_a_sign_unless_it_is_none(change: float, told: str) -> None:
    assert signed(METRICS["hit@5"], change) == told
    assert signed(METRICS["crag"], change) == told


GOOD = [outcome(item(f"g{at}")) for at in range(40)] + [
    outcome(item(f"n{at}", Kind.UNANSWERABLE), REFUSED) for at in range(40)
]


def test_the_verdict_on_a_run_is_a_sentence() -> None:
    assert sentence(check(run(GOOD))) == "Keeps to its floors: 80 of 80 questions came out well."
    unfinished = sentence(check(run(GOOD, complete=False)))
    assert unfinished == "Passes, with a caution: 80 of 80 questions came out well."
    bad = [outcome(ONE, WRONG), outcome(TWO, None, error="Out of memory."), *GOOD[:2]]
    assert sentence(check(run(bad))) == "Not good enough: 2 of 4 questions came out well and 1 failed."


def test_figures_without_a_floor_are_not_called_good() -> None:
    report = checked(*GOOD[:3], outcome(ONE, WRONG), suite="clapnq")
    assert sentence(report.compared) == "Measured: 3 of 4 questions came out well."
    read = page(report)
    assert "These questions have no floors" in read.text
    assert "Floor or ceiling" not in read.text
    assert "Floor or ceiling" in page(checked(*GOOD)).text


def test_a_good_verdict_with_a_breach_did_not_come_out_well() -> None:
    told = sentence(check(run([outcome(ONE, citations=(citation(present=False),))])))
    assert told == "Not good enough: 0 of 1 questions came out well."


def test_the_verdict_on_a_comparison_says_what_was_lost_and_gained() -> None:
    same = sentence(compare(run(GOOD), run(GOOD)))
    assert same == (
        "No worse than before: 80 of 80 questions came out well; of the 80 asked both times 0 were lost and 0 gained."
    )
    lost = [outcome(item(f"g{at}"), WRONG) for at in range(35)] + GOOD[35:]
    assert sentence(compare(run(GOOD), run(lost))).startswith("Worse than before: 45 of 80")
    assert sentence(compare(run(lost), run(lost))).startswith("Not good enough: 45 of 80")


def test_a_page_says_where_only_the_search_was_measured() -> None:
    assert "only the search was measured" in page(checked(outcome(ONE, statements=(), citations=()))).text
    assert "only the search was measured" not in page(checked(outcome(ONE), outcome(TWO, REFUSED))).text


def test_the_json_holds_the_figures_of_the_comparison() -> None:
    report = compared([outcome(ONE), outcome(NO, REFUSED)], [outcome(ONE, WRONG), outcome(NO, REFUSED)])
    told = json.loads(as_json(report))
    assert told["version"] == 1
    assert told["verdict"] == report.compared.verdict
    assert told["sentence"] == sentence(report.compared)
    assert (told["run"]["id"], told["baseline"]["id"]) == ("after", "before")
    assert told["run"]["came_out"] == {"wrong": 1, "refused": 1}
    (wrong,) = [one for one in told["metrics"] if one["name"] == "wrong_answer"]
    assert (wrong["figure"]["value"], wrong["baseline"]["value"], wrong["difference"]["value"]) == (1.0, 0.0, 1.0)
    worst = METRICS["wrong_answer"]
    assert (wrong["floor"], wrong["aim"], wrong["higher_is_better"]) == (worst.floor, worst.aim, False)
    assert wrong["state"] == "fail"
    assert told["changes"]["flips"] == [
        {"id": "one", "before": "right", "after": "wrong", "lost": True, "breaches": []}
    ]
    assert {one["kind"]: one["good"]["value"] for one in told["kinds"]} == {"fact": 0.0, "unanswerable": 1.0}
    (one,) = [one for one in told["outcomes"] if one["id"] == "one"]
    assert (one["question"], one["answer"], one["good"]) == ("What about one?", "There are five.", False)
    assert one["metrics"]["correctness"] == 0.0


def test_the_json_of_a_run_alone_has_no_baseline() -> None:
    told = json.loads(as_json(checked(outcome(ONE))))
    assert told["baseline"] is None
    assert told["changes"] is None


def test_junit_has_a_suite_for_each_kind_and_fails_what_is_not_good() -> None:
    wrong = outcome(ONE, WRONG, reference="Five.", timings_ms={"total": 1500.0})
    torn = outcome(item("torn"), citations=(citation(present=False),))
    root = ElementTree.fromstring(
        as_junit(
            checked(wrong, torn, outcome(TWO), outcome(NO, WRONG), outcome(item("x"), None, error="Out of memory."))
        )
    )
    counts = {one.attrib["name"]: [one.attrib[name] for name in ("tests", "failures", "errors")] for one in root}
    assert counts == {"fact": ["3", "2", "1"], "list": ["1", "0", "0"], "unanswerable": ["1", "1", "0"]}
    assert [root.attrib[name] for name in ("tests", "failures", "errors")] == ["5", "3", "1"]
    cases = {case.attrib["name"]: case for case in root.iter("testcase")}
    assert {name: [(one.tag, one.attrib["type"]) for one in case] for name, case in cases.items()} == {
        "one": [("failure", "wrong")], "torn": [("failure", "NO_SUCH_QUOTE")], "two": [],
        "no": [("failure", "ANSWERED")], "x": [("error", "FAILED")],
    }  # fmt: skip
    assert cases["one"].attrib["time"] == "1.500"
    told = cases["one"][0].text or ""
    assert all(words in told for words in ("What about one?", "There are five.", "Five."))
    assert cases["x"][0].text == "Out of memory."


def test_junit_drops_what_xml_forbids_and_keeps_the_rest() -> None:
    forbidden = "\x00\x08\x1b\x1f\ufffe"
    asked = item(f"a{forbidden}b", question=f"<b> & ]]> {forbidden}é𝄞\t?")
    xml = as_junit(checked(outcome(asked, WRONG), suite=f"s{forbidden}"))
    (failure,) = ElementTree.fromstring(xml.encode()).iter("failure")
    assert "<b> & ]]> é𝄞\t?" in (failure.text or "")
    assert [case.attrib["name"] for case in ElementTree.fromstring(xml).iter("testcase")] == ["ab"]


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs", tmp_path / "baselines")


def kept(store: RunStore, made: Run) -> str:
    writer = store.start(made.model_copy(update={"outcomes": ()}))
    for one in made.outcomes:
        writer.append(one)
    return writer.run.id


def test_a_file_is_written_with_the_folders_that_it_needs(tmp_path: Path) -> None:
    write_file(tmp_path / "new" / "r.html", "é")
    assert (tmp_path / "new" / "r.html").read_text("utf-8") == "é"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(str(tmp_path))):
        write_file(tmp_path, "")


def test_a_run_whose_suite_is_gone_is_reported_and_says_what_is_left_out(store: RunStore) -> None:
    report = report_on(store, kept(store, run([outcome(ONE, WRONG)], suite="gone")))
    assert "There is no suite 'gone'" in report.note
    assert report.note in page(report).text


def test_an_empty_run_has_no_report(store: RunStore) -> None:
    with pytest.raises(ConfigError, match="holds no outcomes"):
        report_on(store, kept(store, run([])))


def test_runs_with_nothing_in_common_have_no_report(store: RunStore) -> None:
    before, after = kept(store, run([outcome(ONE)], "a")), kept(store, run([outcome(TWO)], "b"))
    with pytest.raises(ConfigError, match="no question in common"):
        report_on(store, after, against=before)


@pytest.fixture
def homed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("OPENBOOK_HOME", str(tmp_path))
    return RunStore(tmp_path / "evals" / "runs")


def test_the_command_puts_the_page_beside_the_run(homed: RunStore) -> None:
    name = kept(homed, run([outcome(ONE, WRONG)]))
    result = CliRunner().invoke(app, ["report"])
    assert result.exit_code == 0
    assert (homed.folder / name / "report.html").read_text("utf-8") == as_html(report_on(homed, name))
    assert "0 of 1 questions came out well." in result.output


def test_the_command_writes_only_the_files_that_are_named(homed: RunStore, tmp_path: Path) -> None:
    before, name = kept(homed, run([outcome(ONE)], "a")), kept(homed, run([outcome(ONE, WRONG)], "b"))
    files = {form: tmp_path / f"report.{form}" for form in ("json", "junit")}
    options = [word for form, path in files.items() for word in (f"--{form}", str(path))]
    assert CliRunner().invoke(app, ["report", name, "--against", before, *options]).exit_code == 0
    report = report_on(homed, name, before)
    assert [path.read_text("utf-8") for path in files.values()] == [as_json(report), as_junit(report)]
    assert not list(homed.folder.glob("*/*.html"))


def test_the_command_plots_the_history(homed: RunStore, tmp_path: Path) -> None:
    kept(homed, run([outcome(ONE)]))
    result = CliRunner().invoke(app, ["history", "--metric", "hit@5", "--html", str(tmp_path / "h.html")])
    assert "Hit@5" in result.output
    assert "Hit@5" in (tmp_path / "h.html").read_text("utf-8")
