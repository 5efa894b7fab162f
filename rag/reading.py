"""Reading question and statement together, remembered for a while."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from threading import Lock

import numpy as np

from rag.ports import Reader, Scores

_REMEMBERED = 20_000


class ReadMemory:
    """Remembers what was read of pairs; the oldest are forgotten first. May be used by many threads."""

    def __init__(self, reader: Reader, size: int = _REMEMBERED) -> None:
        self._reader, self._size = reader, size
        self._known: dict[tuple[str, str], float] = {}
        self._lock = Lock()

    def relevance(self, question: str, texts: Sequence[str]) -> Scores:
        """Return `(n,) float32`: the log-odds that each text answers, reading those not seen before."""
        with self._lock:
            found = {text: self._known[question, text] for text in texts if (question, text) in self._known}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        found |= zip(missing, self._reader.relevance(question, missing).tolist(), strict=True)
        with self._lock:
            self._known |= {(question, text): found[text] for text in missing}
            for key in list(islice(self._known, max(len(self._known) - self._size, 0))):
                del self._known[key]
        return np.array([found[text] for text in texts], np.float32)
