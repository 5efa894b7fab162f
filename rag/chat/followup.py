"""Makes a follow-up question standalone by a chat model, where rules say that it is one.

Rules decide, since a small model carries the old topic also into a question that has one of its own.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence

from langchain_core.messages import HumanMessage, SystemMessage

from rag.chat.prompt import FOLLOW_UP, conversation
from rag.chat.stream import ModelStream
from rag.conversation.followup import Nearness, standalone
from rag.errors import ModelError
from rag.text.terms import stems
from rag.types import Turn

_MOST_WORDS = 60
_log = logging.getLogger(__name__)


def standalone_by_model(
    model: ModelStream, question: str, history: Sequence[Turn], nearness: Nearness | None = None
) -> tuple[str, Mapping[str, int]]:
    """Return the question so that it can be understood without `history` (oldest first), and the tokens used.

    Where the model fails, or brings in words that nobody said, the question is made standalone by rules.
    """
    by_rules = standalone(question, history, nearness)
    if by_rules == standalone(question, ()):
        return by_rules, {}
    usage: Counter[str] = Counter()
    told = conversation(question, history)
    try:
        reply = model.text([SystemMessage(FOLLOW_UP), HumanMessage(told)], usage)
    except ModelError as error:
        _log.warning("The follow-up is read by rules, since the chat model failed: %s", error)
        return by_rules, usage
    rewritten = " ".join(reply.split()).strip("\"'` ")
    if not stems(rewritten) or len(rewritten.split()) > _MOST_WORDS or stems(rewritten) - stems(told):
        _log.info("The follow-up is read by rules, since the chat model gave no question made of what was said")
        return by_rules, usage
    return rewritten, usage
