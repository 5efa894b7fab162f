"""Makes inline Markdown and HTML plain: words stay, marks go."""

from __future__ import annotations

import re
from functools import partial

_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()]*\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
_STRONG = re.compile(r"(?<![\w*\\])(\*{1,3})(?=[^\s*])([^*]+?)(?<=\S)\1(?![\w*])")
_UNDERSCORE = re.compile(r"(?<![\w\\])(__?)(?=[^\s_])([^_]+?)(?<=\S)\1(?!\w)")
_STRAY_STRONG = re.compile(r"\*\*(?=\s|$)|(?<=\s)\*\*(?=\S)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_TAG = re.compile(
    r"</?(?:a|b|br|div|em|font|i|img|p|small|span|strong|sub|sup|u|center|details|summary|section|hr)\b[^<>]{0,300}/?>",
    re.I,
)
_HELD = re.compile("\ue000(\\d+)\ue001")


def plain_inline(line: str) -> str:
    r"""Return a line without emphasis, links, images, tags and escapes; code spans keep their words, unmarked.

    >>> plain_inline("A **bold** [link](http://x) to `a_b*c*` and 5 \\\\* 3")
    'A bold link to a_b*c* and 5 * 3'
    """
    if not re.search(r"[*_`\[\\<]", line):
        return line
    held: list[str] = []
    line = _CODE_SPAN.sub(partial(_hold, held, 2), line)
    line = _ESCAPE.sub(partial(_hold, held, 1), line)
    line = _LINK.sub(r"\1", _IMAGE.sub("", line))
    line = _TAG.sub(lambda tag: " " if tag.group().lower().startswith(("<br", "</div", "</p")) else "", line)
    for _ in range(2):  # emphasis inside emphasis
        line = _UNDERSCORE.sub(r"\2", _STRONG.sub(r"\2", line))
    line = _STRAY_STRONG.sub("", line)
    return _HELD.sub(lambda match: held[int(match.group(1))], line)


def _hold(held: list[str], group: int, match: re.Match[str]) -> str:
    """Set aside what must not be read as markup."""
    held.append(match.group(group).strip() if group == 2 else match.group(group))
    return f"\ue000{len(held) - 1}\ue001"
