from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.inline import plain_inline
from tests.unit.test_blocks import TEXTS

PLAIN = [
    ("no markup at all, 5 > 3", "no markup at all, 5 > 3"),
    ("**bold** and *slanted* and __bold__ and _slanted_", "bold and slanted and bold and slanted"),
    ("***both***", "both"),
    ("**bold with *slanted* inside**", "bold with slanted inside"),
    ("(**bold with *slanted* inside**)", "(bold with slanted inside)"),
    ("**Label:** words", "Label: words"),
    ("a stray** here", "a stray here"),
    ("[text](http://host/path_(x))", "text"),
    ('[text](http://host "Title")', "text"),
    ("![a picture](file.png)words", "words"),
    ("[not a link] (aside)", "[not a link] (aside)"),
    ("x[i](j", "x[i](j"),
    # what looks like emphasis but is not
    ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
    ("f(*args, **kwargs)", "f(*args, **kwargs)"),
    ("*.csv and *.json", "*.csv and *.json"),
    ("2 ** 3", "2 ** 3"),
    # code keeps its words as they are
    ("`a_b*c*` and `**kwargs`", "a_b*c* and **kwargs"),
    ("``a ` b`` end", "a ` b end"),
    ("`[x](y)` `<b>`", "[x](y) <b>"),
    ("a lone ` tick and ``two", "a lone ` tick and ``two"),
    ("one `two` three `four` five", "one two three four five"),
    # escapes
    (r"5 \* 3 \_ \[x\](y)", "5 * 3 _ [x](y)"),
    (r"C:\new\table", r"C:\new\table"),
    # tags
    ("one<br>two<br/>three", "one two three"),
    ('<a href="x">link</a>, H<sub>2</sub>O, <b>bold</b>', "link, H2O, bold"),
    ("<key, value> and Vec<T> and x < y > z", "<key, value> and Vec<T> and x < y > z"),
    ("a<b and c>d", "a<b and c>d"),
    ("i<p or q>u", "i<p or q>u"),
    # characters that the function uses itself
    ("\ue0007\ue001 *x*", "7 x"),
]


@pytest.mark.parametrize(("line", "expected"), PLAIN)
def test_words_stay_and_marks_go(line: str, expected: str) -> None:
    assert plain_inline(line) == expected


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_any_line_can_be_read_and_none_grows(line: str) -> None:
    assert len(plain_inline(line)) <= len(line)


@given(st.text(alphabet=st.characters(exclude_characters="*_`[\\<\ue000\ue001")))
def test_a_line_without_markup_stays_as_it_is(line: str) -> None:
    assert plain_inline(line) == line


@given(st.lists(st.sampled_from(["shard", "**bold**", "*it*", "`code`", "[a](b)", "snake_case", "2 * 3", "<b>x</b>"])))
def test_what_is_plain_stays_plain(words: list[str]) -> None:
    once = plain_inline(" ".join(words))
    assert plain_inline(once) == once


def test_runs_of_backticks_of_every_length_take_linear_time() -> None:
    def took(runs: int) -> float:
        line = " a ".join("`" * length for length in range(1, runs))
        began = time.process_time()
        plain_inline(line)
        return time.process_time() - began

    assert took(1400) < 2.0  # a million characters
