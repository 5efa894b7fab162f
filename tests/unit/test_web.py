"""Web pages: what is the text of a page, and how it comes out as Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.clean import clean
from ingest.readers import read
from rag.errors import IngestError
from rag.text.blocks import parse_blocks
from rag.types import Document

FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "files" / "html"
LONG = "Light travels in straight lines unless a lens bends it. " * 4


def document(html: str | bytes) -> Document:
    return read(Path("page.html"), html if isinstance(html, bytes) else html.encode()).document


def text(html: str | bytes) -> str:
    return document(html).text


def body(html: str) -> str:
    return text(f"<html><body>{html}</body></html>")


def test_a_page_becomes_headings_paragraphs_and_nested_lists() -> None:
    html = (
        "<h1>Optics</h1><p>Light is\n  <b>fast</b>.<p>Very.</p><ul><li>Lens<ul><li>convex<li>concave</ul>"
        "<li>Mirror<ol start=3><li>plane<li>curved</ol></ul><h3>End</h3>done"
    )
    assert body(html) == (
        "# Optics\n\nLight is fast.\n\nVery.\n\n- Lens\n  - convex\n  - concave\n- Mirror\n"
        "  3. plane\n  4. curved\n\n### End\n\ndone"
    )


def test_an_item_keeps_its_paragraphs_and_its_code() -> None:
    assert body("<ol><li><p>First.</p><p>More.</p><pre>x = 1\n  y</pre></li><li>Second.</li></ol>") == (
        "1. First.\n\n   More.\n\n   ```\n   x = 1\n     y\n   ```\n2. Second."
    )


def test_code_as_the_first_thing_of_an_item_is_still_code() -> None:
    made = body("<p>Try:</p><ul><li><pre>x = 1</pre></li><li>Done</li></ul>")
    assert [block.kind for top in parse_blocks(made) for block in top.walk()] == ["paragraph", "code", "item"]


def test_a_list_that_stands_between_items_or_begins_one_keeps_its_place() -> None:
    assert body("<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>") == "- a\n  - b\n- c"
    assert body("<ul><li><ul><li>a</li></ul></li><li>b</li></ul>") == "- a\n- b"


def test_definitions_stand_with_their_terms() -> None:
    html = "<dl><dt>lens</dt><dd>bends light</dd><dt>ray:</dt><dd>a line</dd><dd>a fish</dd></dl>"
    assert body(html) == "- lens: bends light\n- ray:\n  - a line\n  - a fish"
    blocks = "<dl><dt>f(x)</dt><dd><p>Doubles.</p><p>Fast.</p></dd><dt>g</dt><dd><pre>1</pre></dd><dt>h<dd></dl>"
    assert body(blocks) == "- f(x): Doubles.\n\n  Fast.\n- g:\n\n  ```\n  1\n  ```\n- h:"


def test_code_keeps_its_indentation_and_its_language() -> None:
    code = '<pre><span class="linenos">1</span>def f():<br>    return `1`\n</pre>'
    assert body(f'<div class="highlight-python"><div>{code}</div></div>') == "```python\ndef f():\n    return `1`\n```"
    assert body('<pre><code class="language-c++">a ``` b</code></pre>') == "````c++\na ``` b\n````"


def test_a_paragraph_that_markdown_would_misread_is_shown_as_code() -> None:
    assert body("<p># not a heading</p><p>after</p>") == "```\n# not a heading\n```\n\nafter"
    assert body("<p>```</p><p>after</p>") == "````\n```\n````\n\nafter"


def test_line_breaks_part_lines() -> None:
    assert body("<p>one<br/>two <br>\nthree</p>") == "one\ntwo\nthree"


def test_raised_and_lowered_letters_are_not_run_together_with_what_they_follow() -> None:
    html = "10<sup>2</sup>, x<sub>i</sub>, H<sub>2</sub>O, 1<sup>st</sup>, (a)<sup>n + 1</sup>, X<sup>®</sup>, light"
    assert body(html + "<sup><a href='#1'>[1]</a></sup>.") == "10^2, x_i, H2O, 1st, (a)^(n + 1), X®, light."


TABLE = "<table><tr><th>a</th><th>b</th></tr>{}</table>"


def test_tables_become_pipe_tables_with_their_captions() -> None:
    html = TABLE.format("<tr><td>glass</td><td>200|000</td></tr><caption>Speeds</caption>")
    assert body(html) == "Speeds\n\n| a | b |\n| --- | --- |\n| glass | 200/000 |"


def test_what_spans_rows_stands_in_each_and_what_spans_columns_once() -> None:
    html = TABLE.format('<tr><td rowspan=2>x</td><td>1</td></tr><tr><td>2</td></tr><tr><td colspan="2">all</td></tr>')
    assert body(html).split("\n")[2:] == ["| x | 1 |", "| x | 2 |", "| all |  |"]


def test_several_header_rows_name_the_columns_together() -> None:
    html = (
        "<table><thead><tr><th rowspan=2>in</th><th colspan=2>2020</th></tr><tr><th>Q1</th><th>Q2</th></tr></thead>"
        "<tr><td>glass</td><td>1</td><td>2</td></tr></table>"
    )
    assert body(html) == "| in | 2020 Q1 | 2020 Q2 |\n| --- | --- | --- |\n| glass | 1 | 2 |"


def test_lists_and_tables_in_a_cell_stand_on_its_line() -> None:
    inner = TABLE.format("<tr><td>1</td><td>2</td></tr>")
    html = TABLE.format(f"<tr><td>x<ul><li>one</li><li># two</li></ul></td><td>{inner}</td></tr>")
    assert body(html).split("\n")[-1] == "| x; one; # two | a, b; 1, 2 |"


def test_a_table_of_keys_and_values_is_a_list_led_by_what_stands_over_it() -> None:
    rows = "<tr><td colspan=2>Duck</td></tr><tr><th>Class</th><td>Aves</td></tr><tr><td>Order:</td><td>Any</td></tr>"
    assert body(f"<table>{rows}</table>") == "Duck\n\n- Class: Aves\n- Order: Any"


def test_a_table_that_arranges_the_page_is_opened() -> None:
    assert body("<table><tr><td><h2>Left</h2><p>one</p></td><td>two</td></tr></table>") == "## Left\n\none\n\ntwo"
    assert body("<table><tr><td>Menu</td><td><p>one</p><p>two</p></td></tr></table>") == "Menu\n\none\n\ntwo"
    assert body("<table><tr><td>1</td><td>2</td></tr></table>") == "1; 2"


def test_navigation_and_bars_around_the_text_are_left_out() -> None:
    html = f"""<header><a href=/>Site</a></header><nav>Menu</nav><div class="cookie-banner">We use cookies</div>
        <div id=content><h1>Optics</h1><p>{LONG}</p></div>
        <div>{"".join(f"<a href=/{n}>Link {n}</a> " for n in range(5))}</div>
        <aside>Popular</aside><footer>© 2026</footer><script>var x = "script"</script><button>Buy</button>"""
    assert body(html) == f"# Optics\n\n{LONG.strip()}"


@pytest.mark.parametrize("tag", ["main", "div role=main", "article"])
def test_of_a_page_with_a_main_part_only_that_is_read(tag: str) -> None:
    html = f"<div>Teaser</div><{tag}><header><h1>Optics</h1></header><p>{LONG}</p></{tag.split()[0]}>Elsewhere"
    assert body(html) == f"# Optics\n\n{LONG.strip()}"


def test_a_title_outside_of_the_main_part_heads_the_text() -> None:
    assert body(f"<header><h1>Op<em>tics</em></h1></header><main>{LONG}</main>").startswith("# Optics\n\nLight")


def test_the_name_of_the_site_is_not_taken_for_the_title_of_an_article() -> None:
    assert body(f"<header><h1>Site</h1></header><main><h1>Optics</h1>{LONG}</main>").startswith("# Optics\n\nLight")


def test_a_part_that_is_named_as_furniture_but_holds_most_of_the_text_is_kept() -> None:
    assert LONG.strip() in body(f'<div class="sidebar"><p>{LONG}</p></div><p>Short.</p>')


def test_a_section_about_consent_is_no_consent_bar() -> None:
    html = f"<p>{LONG}</p>" + '<section id="consent"><h2>Consent</h2><p>Ask first.</p></section>'
    assert body(html).endswith("## Consent\n\nAsk first.")
    assert "Accept" not in body(f'<p>{LONG}</p><div id="consent">Accept all</div>')


def test_the_sections_and_links_of_an_article_are_kept() -> None:
    html = (
        f'<main><p>{LONG}</p><aside>Note this.</aside><ul><li><a href="a">Lens</a><li><a href="b">Ray</a></ul></main>'
    )
    assert body(html).endswith("Note this.\n\n- Lens\n- Ray")


@pytest.mark.parametrize(
    "how",
    ["hidden", 'style="display: none"', 'style="x:y; visibility:hidden"', 'aria-hidden="true"', 'style="font-size:0px"',
     'class="sr-only"'],
)  # fmt: skip
def test_hidden_parts_are_left_out(how: str) -> None:
    assert body(f"<p>seen</p><p {how}>unseen</p>tail") == "seen\n\ntail"


def test_parts_that_a_search_would_open_are_seen() -> None:
    assert body('<p hidden="until-found">seen</p><p style="opacity:0.5">too</p>') == "seen\n\ntoo"


def test_comments_struck_words_and_permalinks_are_no_text() -> None:
    assert body('<h2>Lens<a href="#l">¶</a></h2>bends <!-- x --><del>no </del>light') == "## Lens\n\nbends light"


@pytest.mark.parametrize(
    "formula",
    [
        "<math><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math>",
        '<span style="display:none"><math><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math></span>'
        '<img aria-hidden="true" alt="{\\displaystyle E=mc^{2}}">',
        '<img class="latex" alt="E = mc^2">',
        '<img src="f.png" alt="{\\displaystyle E = mc^2}"/>',
        '<script type="math/tex; mode=display">E = mc^2</script>',
    ],
)
def test_formulas_are_kept_once_as_text(formula: str) -> None:
    assert body(f"<p>Then {formula} holds.</p>") == "Then E = mc^2 holds."


def test_pictures_say_nothing_but_their_captions_do() -> None:
    assert body('<figure><img alt="A nice lens"><figcaption>Fig. 1: a lens</figcaption></figure>') == "Fig. 1: a lens"


@pytest.mark.parametrize(
    "raw",
    [
        "<meta charset=utf-8><p>Übung – „Licht“".encode(),
        "<p>Übung – „Licht“".encode(),
        "<p>Übung – „Licht“".encode("utf-8-sig"),
        "<p>Übung – „Licht“".encode("utf-16"),
        '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><p>Übung – „Licht“'.encode("cp1252"),
        '<?xml version="1.0" encoding="windows-1252"?><p>Übung – „Licht“'.encode("cp1252"),
        "<meta charset='utf-16'><p>Übung – „Licht“".encode(),
        "<meta charset=no-such><p>Übung – „Licht“".encode(),
        "<meta charset=base64><p>Übung – „Licht“".encode(),
    ],
)
def test_the_encoding_is_told_as_browsers_tell_it(raw: bytes) -> None:
    assert text(raw) == "Übung – „Licht“"


def test_the_title_is_the_heading_else_what_the_page_is_called() -> None:
    assert document("<title>Site | Optics</title><p>x</p><h1>Optics</h1>").title == "Optics"
    assert document("<title>A\n page</title><p>x</p>").title == "A page"
    assert document("<p>x</p>").title == "page"
    assert document("<p>x</p>").media_type == "text/html"


@pytest.mark.parametrize(
    ("html", "reason"),
    [("", "empty"), ("<!-- x -->", "empty"), ("<body><div id=root></div><script>go()</script></body>", "no text"),
     ("<frameset><frame src=a></frameset>", "no text"), ("<div>" * 3000 + "deep", "depth"),
     ("<p>" + "x" * 10_100_000, "cannot be parsed")],
)  # fmt: skip
def test_what_has_no_text_or_cannot_be_parsed_whole_is_refused(html: str, reason: str) -> None:
    with pytest.raises(IngestError, match=reason):
        text(html)


def test_a_binary_file_is_refused() -> None:
    with pytest.raises(IngestError, match="binary"):
        text(b"<p>\x00\x01</p>")


def test_entities_of_its_own_are_not_expanded_and_files_are_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not tell")
    html = (
        f'<!DOCTYPE html [<!ENTITY a "aaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "{secret.as_uri()}">]><p>&b; &x;</p>'
    )
    made = text(html)
    assert "aaa" not in made
    assert "do not tell" not in made


WORDS = st.sampled_from(["light", "a b", "# x", "- y", "1. z", "|", "```", "<", "&amp;", "\n", "  ", "$x^2$"])
TAGS = "p div ul ol li dl dt dd table tr td th pre code b sup sub a h1 h3 br span section caption tbody".split()
TREES = st.recursive(
    WORDS,
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{' '.join(parts)}</{tag}>", st.sampled_from(TAGS), st.lists(inner, max_size=4)
    ),
    max_leaves=25,
)


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_whatever_the_tags_are_no_word_is_lost_or_comes_twice(tree: str) -> None:
    made = document(f"<main><p>{LONG}</p>{tree}</main>")
    assert made.text.count("light") == tree.count("light")
    clean(made)


pages = pytest.mark.skipif(not FILES.is_dir(), reason="needs ../shared/data/files")


@pages
def test_an_encyclopedia_article_is_read_without_its_frame() -> None:
    made = clean(read(FILES / "wiki_duck.html", (FILES / "wiki_duck.html").read_bytes()).document)
    lines = made.text.split("\n")
    headings = [line for line in lines if line.startswith("## ")]
    assert made.title == "Duck"
    assert lines[0] == "# Duck"
    assert headings[:3] == ["## Etymology", "## Taxonomy", "## Morphology"]
    assert "- Kingdom: Animalia" in lines
    assert not {"- Afrikaans", "Edit links", "Main menu", "Search", "[edit]"} & set(lines)


@pages
def test_hidden_code_of_a_page_is_left_out_and_shown_code_is_fenced() -> None:
    made = text((FILES / "html_code_snippets.html").read_bytes())
    assert "\n  ```\n  $ docling-tools models download-hf-repo" in made
    assert made.count("$ docling-tools") == 1


@pages
def test_rich_cells_of_a_page_stand_in_their_rows() -> None:
    lines = text((FILES / "html_rich_table_cells.html").read_bytes()).split("\n")
    assert "| Teal | Pond; Marsh; Riverbank | Fly south in winter; Build nest on ground |" in lines
    assert "| Quack | Type, Sound; Short, “quak”; Long, “quaaaaaack” |" in lines
