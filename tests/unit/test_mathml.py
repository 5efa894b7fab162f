from __future__ import annotations

import lxml.html
import pytest

from ingest.readers.web.mathml import math_text, tex_text

X, Y, TWO = "<mi>x</mi>", "<mi>y</mi>", "<mn>2</mn>"
SUM = f"<mrow>{X}<mo>+</mo>{Y}</mrow>"


@pytest.mark.parametrize(
    ("math", "expected"),
    [
        (f"<mfrac>{X}{TWO}</mfrac>", "x/2"),
        (f"<mfrac>{SUM}{TWO}</mfrac>", "(x + y)/2"),
        (f'<mfrac linethickness="0">{X}{TWO}</mfrac>', "x choose 2"),
        (f"<msup>{X}{SUM}</msup>", "x^(x + y)"),
        (f"<msubsup>{X}{Y}{TWO}</msubsup>", "x_y^2"),
        (f"<msqrt>{X}<mo>-</mo>{Y}</msqrt>", "√(x - y)"),
        (f"<mroot>{X}<mn>3</mn></mroot>", "√(3&x)"),
        (f"<munderover><mo>∑</mo>{SUM}{TWO}</munderover>{X}", "∑_(x + y)^2 x"),
        (f"<mover>{X}<mo>¯</mo></mover>", "x̄"),
        (f"<mi>sin</mi><mo>\u2061</mo>{X}", "sin x"),
        (f"<mo>-</mo>{X}<mo>=</mo><mo>(</mo><mo>-</mo>{Y}<mo>)</mo>", "-x = (-y)"),
        ("<mtable><mtr><mtd>1</mtd><mtd>2</mtd></mtr><mtr><mtd>3</mtd><mtd>4</mtd></mtr></mtable>", "[1, 2; 3, 4]"),
        (f'<mfenced open="[" close="]">{X}{Y}</mfenced>', "[x, y]"),
        (f"<semantics>{X}<annotation>\\TeX</annotation></semantics>", "x"),
    ],
)
def test_a_formula_is_written_on_one_line(math: str, expected: str) -> None:
    assert math_text(lxml.html.fromstring(f"<math>{math}</math>")) == expected


def test_a_formula_without_parts_is_what_its_alternative_text_says() -> None:
    assert math_text(lxml.html.fromstring('<math alttext="{\\displaystyle x}"></math>')) == "x"


def test_what_only_sets_the_size_of_a_formula_is_left_out() -> None:
    assert tex_text("{\\displaystyle E=mc^{2}}") == "E=mc^{2}"
    assert tex_text("$ a\n+ b $") == "a + b"
