"""How many requests a key may make."""

from __future__ import annotations

import math
import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from api.problems import Problem
from rag.errors import ConfigError


class Rates:
    """Counts requests by key over a sliding window, in this process.

    Args:
        rate: such as 60/minute.

    Raises:
        ConfigError: it cannot be read.
    """

    def __init__(self, rate: str) -> None:
        try:
            self._rate = parse(rate)
        except ValueError as error:
            raise ConfigError(f"OPENBOOK_API_RATE: '{rate}' is no rate. One is 60/minute, or 5/second.") from error
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def count(self, key_id: str) -> None:
        """Count a request. Raises `Problem` where there were too many."""
        if not self._limiter.hit(self._rate, key_id):
            wait_s = self._limiter.get_window_stats(self._rate, key_id).reset_time - time.time()
            raise Problem(
                "too-many-requests", f"This key may make {self._rate}.", retry_after_s=max(1, math.ceil(wait_s))
            )
