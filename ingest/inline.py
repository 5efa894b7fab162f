"""Makes inline Markdown and HTML plain: words stay, marks go."""

from __future__ import annotations

import re

_BACKTICKS = re.compile(r"`+")
_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()]*\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
_STRONG = re.compile(r"(?<![\w*\\])(\*{1,3})(?=[^\s*])([^*]+?)(?<=\S)\1(?![\w*])")
_UNDERSCORE = re.compile(r"(?<![\w\\])(__?)(?=[^\s_])([^_]+?)(?<=\S)\1(?!\w)")
_STRAY_STRONG = re.compile(  # not the stars of "2 ** 3" and "f(*args, **kwargs)"
    r"^\s*\*\*(?=\s|$)|(?<=\s)\*\*$|(?<=\S)\*\*(?=\s|$)|(?:^|(?<=\s))\*\*(?!\w+[,)])(?=\S)"
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_TAG = re.compile(
    r"</?(?:a|b|br|div|em|font|i|img|p|small|span|strong|sub|sup|u|center|details|summary|section|hr)"
    r"(?:\s+(?:[\w:-]+\s*=[^<>]{0,300}|open|hidden))?\s*/?>",  # not the "<b and c>" of "a<b and c>d"
    re.I,
)
_HELD = re.compile("\ue000(\\d+)\ue001")
_HOLDERS = str.maketrans("", "", "\ue000\ue001")


def plain_inline(line: str) -> str:
    r"""Return a line without emphasis, links, images, tags and escapes; code spans keep their words, unmarked.

    >>> plain_inline("A **bold** [link](http://x) to `a_b*c*` and 5 \\\\* 3")
    'A bold link to a_b*c* and 5 * 3'
    """
    if not re.search(r"[*_`\[\\<]", line):
        return line
    held: list[str] = []
    line = _hold_code(held, line.translate(_HOLDERS))
    line = _ESCAPE.sub(lambda escape: _hold(held, escape.group(1)), line)
    line = _LINK.sub(r"\1", _IMAGE.sub("", line))
    line = _TAG.sub(lambda tag: " " if tag.group().lower().startswith(("<br", "</div", "</p")) else "", line)
    for _ in range(2):  # emphasis inside emphasis
        line = _UNDERSCORE.sub(r"\2", _STRONG.sub(r"\2", line))
    line = _STRAY_STRONG.sub("", line)
    return _HELD.sub(lambda match: held[int(match.group(1))], line)


def _hold_code(held: list[str], line: str) -> str:
    """Set aside code spans: a run of backticks, up to the next run as long. Linear, whatever the runs are."""
    runs = [match.span() for match in _BACKTICKS.finditer(line)]
    later: dict[int, int] = {}
    closing = [0] * len(runs)  # for each run the next one of its length, 0 for none
    for at in range(len(runs) - 1, -1, -1):
        length = runs[at][1] - runs[at][0]
        closing[at], later[length] = later.get(length, 0), at
    parts, done, at = [], 0, 0
    while at < len(runs):
        if close := closing[at]:
            code = line[runs[at][1] : runs[close][0]].strip()
            parts += [line[done : runs[at][0]], _hold(held, code)]
            done, at = runs[close][1], close
        at += 1
    return "".join([*parts, line[done:]])


def _hold(held: list[str], text: str) -> str:
    """Set aside what must not be read as markup."""
    held.append(text)
    return f"\ue000{len(held) - 1}\ue001"
