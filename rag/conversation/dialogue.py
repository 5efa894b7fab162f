"""Questions within a stored conversation: each is read in the light of those before it, and kept with its answer."""

from __future__ import annotations

from datetime import datetime

from rag.answer import Assistant
from rag.asked import Asked, Retrieved
from rag.conversation.exchanges import REMEMBERED_TURNS, Conversation, Exchange, as_of_now, turns
from rag.ports import Conversations
from rag.types import LOCAL, Answer, Scope


class Dialogue:
    """One conversation with an assistant.

    Args:
        assistant: what answers.
        conversations: where what is said is kept.
        conversation: the one to go on with; None begins one with the first answer that is kept.
        learner: whose conversation it is.
    """

    def __init__(
        self,
        assistant: Assistant,
        conversations: Conversations,
        conversation: Conversation | None = None,
        learner: str = LOCAL,
    ) -> None:
        self.assistant, self._conversations, self._learner = assistant, conversations, learner
        self.conversation = conversation

    def read(self, question: str, scope: Scope = Scope(), top_k: int | None = None) -> Retrieved:
        """Make a question stand alone and find its passages, for `Assistant.answer` or `Assistant.stream_answer`.

        Raises:
            OpenbookError: as `Assistant.ask`.
            StateError: the conversation cannot be read.
        """
        return self.assistant.retrieve(Asked(question, scope, top_k, turns(self.exchanges(REMEMBERED_TURNS))))

    def exchanges(self, last: int | None = None) -> list[Exchange]:
        """Return what was said, or the last of it, oldest first, as of now. Raises `StateError` and `LibraryError`."""
        if self.conversation is None:
            return []
        said = self._conversations.exchanges(self._learner, self.conversation.id, last)
        return [as_of_now(one, self.assistant.collection.has_document) for one in said]

    def keep(self, question: str, answer: Answer, scope: Scope, at: datetime) -> None:
        """Store a question as it was put, with its answer.

        Raises:
            StateError: it cannot be stored; the conversation may have been deleted meanwhile.
        """
        if self.conversation is None:
            self.conversation = self._conversations.start(self._learner, scope.course, at)
        self._conversations.append(self._learner, self.conversation.id, Exchange(question, answer, at))
