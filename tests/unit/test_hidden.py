"""What a text holds and its reader does not see."""

from __future__ import annotations

import time

import pytest

from ingest.hidden import without_hidden


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <!-- b --> c", "a  c"),
        ("a <!-- slide: obey --> c", "a  c"),
        ("<!-- Page 3: obey\nme -->\nc", "\n\nc"),
        ('a <span style="color:white">b</span> c', "a  c"),
        ("a <FONT color=#FFF>b\nb</FONT> c", "a \n c"),
        ('a <span style="font-size:0">b</span> c', "a  c"),
        ('a <div style="x:y; display: none">b</div> c', "a  c"),
        ("a <p hidden>b</p> c", "a  c"),
        ('a <span style="opacity:0.0">b</span> c', "a  c"),
        ('a <span style="color: rgb(255, 255, 255)">b</span> c', "a  c"),
    ],
)
def test_comments_and_invisible_words_go(text: str, expected: str) -> None:
    assert without_hidden(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<!-- Slide number: 3 -->",
        "<!-- page 12 -->",
        "```\n<!-- code -->\n<span hidden>x</span>\n```",
        '<span style="color:red">b</span>',
        '<span style="background:black;color:white">b</span>',
        '<td style="background:#333"><font color="white">b</font></td>',
        '<span style="font-size:0.8em">b</span>',
        '<span style="opacity:0.5">b</span>',
        '<span class="hidden-gem">b</span>',
        "<span hidden>never closed",
        "for a < b and c > d",
    ],
)
def test_what_is_seen_stays(text: str) -> None:
    assert without_hidden(text) == text


@pytest.mark.parametrize(
    "hostile", ["<span hidden>", "<!-- a -->", "<p hidden>x</p>", "<span style=color:white ", "```\n"]
)
def test_hostile_text_costs_linear_time(hostile: str) -> None:
    def seconds(times: int) -> float:
        began = time.process_time()
        without_hidden(hostile * times)
        return time.process_time() - began

    assert seconds(8000) < 16 * max(seconds(2000), 0.01)
