"""What one running application holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import Request

from api.metrics import Metrics
from api.rates import Rates
from api.streams import Streams
from api.work import Opening, Workroom
from rag.access.ports import ApiKeys
from rag.ports import Conversations
from rag.settings import Settings


@dataclass(slots=True)
class State:
    """Made with the application; the stores are opened when it starts."""

    settings: Settings
    auth: bool
    metrics: Metrics
    rates: Rates
    workroom: Workroom
    opening: Opening
    streams: Streams
    conversations: Conversations = field(init=False)
    keys: ApiKeys = field(init=False)


def state_of(request: Request) -> State:
    """Return the state of the application that a request came to."""
    state: State = request.app.state.openbook
    return state
