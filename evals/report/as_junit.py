"""A run as JUnit XML, which continuous integration shows: a suite for each kind, a case for each item.

The shape is the common one: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from evals.flips import breaches_of
from evals.items import Kind
from evals.record import Breach, Outcome, Run
from evals.report.content import Report, came_out, fine

# All that is not a Char of XML 1.0: https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(report: Report) -> str:
    """Return a run as JUnit XML; characters that XML forbids are dropped."""
    run = report.run
    root = Element("testsuites", _counts(run.outcomes, name=f"{run.suite} {run.split} {run.answerer}"))
    for kind in Kind:
        outcomes = [one for one in run.outcomes if one.kind is kind]
        if outcomes:
            suite = SubElement(root, "testsuite", _counts(outcomes, name=kind, timestamp=run.started_at))
            for one in outcomes:
                _add_case(suite, run, one)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _counts(outcomes: Sequence[Outcome], **named: str) -> dict[str, str]:
    failures = sum(not one.error and not fine(one) for one in outcomes)
    return {name: _clean(text) for name, text in named.items()} | {
        "tests": str(len(outcomes)),
        "failures": str(failures),
        "errors": str(sum(bool(one.error) for one in outcomes)),
        "time": _seconds(*outcomes),
    }


def _seconds(*outcomes: Outcome) -> str:
    return f"{sum(one.timings_ms.get('total', 0.0) for one in outcomes) / 1000:.3f}"


def _add_case(suite: Element, run: Run, one: Outcome) -> None:
    named = {"name": _clean(one.id), "classname": _clean(f"{run.suite}.{one.kind}"), "time": _seconds(one)}
    case = SubElement(suite, "testcase", named)
    breaches = breaches_of(one)
    if one.error:
        _add(case, "error", Breach.FAILED.name, Breach.FAILED, one.error)
    elif breaches:
        _add(case, "failure", breaches[0].name, "; ".join(breaches), _told(one))
    elif not fine(one):
        expected = "a right answer" if one.answerable else "a refusal"
        _add(case, "failure", came_out(one), f"{came_out(one)}, where {expected} was expected", _told(one))


def _add(case: Element, tag: str, kind: str, message: str, text: str) -> None:
    SubElement(case, tag, type=kind, message=_clean(message)).text = _clean(text)


def _told(one: Outcome) -> str:
    expected = one.reference or ("The texts say." if one.answerable else "A refusal: the texts do not say.")
    return f"Question: {one.question}\n\nAnswer: {one.answer}\n\nExpected: {expected}"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)
