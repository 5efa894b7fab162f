"""What the Bedrock stand-in finds in a Converse request: the question, the passages and the shape wanted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.dev.bedrock_call import Json

_TAGGED = re.compile(r"<(passage|source|document|search_result)\b([^>]*)>(.*?)</\1>", re.DOTALL)
_NUMBERED = re.compile(r"^\[(\d+)\][ \t]*(.*?)(?=^\[\d+\]|\n[ \t]*\n|\Z)", re.DOTALL | re.MULTILINE)
_QUESTION = re.compile(r"<question>\s*(.*?)\s*</question>|^(?:last )?question:\s*(.+?)\s*$", re.S | re.M | re.I)


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage of the prompt. `title` and `source` are set where it is a search result with citations."""

    number: int
    text: str
    title: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request, read.

    Attributes:
        tool: name of the tool whose input is wanted, "" where there is none.
        schema: of the reply, None where it may be prose.
        cites: whether passages are search results to be cited as such.
        asked: all that the user says.
    """

    question: str
    passages: tuple[Shown, ...]
    tool: str = ""
    schema: Json | None = None
    cites: bool = False
    asked: str = ""


def read_prompt(request: Json) -> Prompt:
    """Read a Converse request: search results, tagged passages or, where there are none, lines that begin with [n]."""
    blocks = [block for message in request["messages"] if message["role"] == "user" for block in message["content"]]
    whole = "\n\n".join(_texts(blocks))
    results = tuple(_search_results(blocks))
    tool, schema = _wanted(request, whole)
    return Prompt(_question(whole), results or _passages(whole), tool, schema, bool(results) and schema is None, whole)


def _texts(blocks: list[Json]) -> Iterator[str]:
    for block in blocks:
        if "guardContent" in block:
            yield block["guardContent"]["text"]["text"]
        elif "text" in block:
            yield block["text"]


def _search_results(blocks: list[Json]) -> Iterator[Shown]:
    results = [block["searchResult"] for block in blocks if "searchResult" in block]
    for number, result in enumerate(results, 1):
        text = "\n".join(item["text"] for item in result["content"])
        yield Shown(number, text, result["title"], result["source"])


def _passages(whole: str) -> tuple[Shown, ...]:
    if tagged := list(_TAGGED.finditer(whole)):
        numbers = [re.search(r"\d+", found[2]) for found in tagged]
        return tuple(
            Shown(int(number[0]) if number else at, found[3].strip())
            for at, (number, found) in enumerate(zip(numbers, tagged, strict=True), 1)
        )
    return tuple(Shown(int(found[1]), found[2].strip()) for found in _NUMBERED.finditer(whole))


def _question(whole: str) -> str:
    rest = _TAGGED.sub("", whole)
    if found := list(_QUESTION.finditer(rest)):
        return found[-1][1] or found[-1][2]
    return next((line.strip() for line in reversed(rest.splitlines()) if line.strip()), "")


def _wanted(request: Json, whole: str) -> tuple[str, Json | None]:
    """Return the tool and the schema: of a tool, of the output format, or any if the prompt asks for JSON."""
    for tool in request.get("toolConfig", {}).get("tools", ()):
        if "toolSpec" in tool:
            return tool["toolSpec"]["name"], tool["toolSpec"]["inputSchema"]["json"]
    if text_format := request.get("outputConfig", {}).get("textFormat"):
        return "", json.loads(text_format["structure"]["jsonSchema"]["schema"])
    asked = " ".join([whole, *(block.get("text", "") for block in request.get("system", ()))])
    return "", {"properties": {"statements": {"type": "array"}}} if "json" in asked.lower() else None
