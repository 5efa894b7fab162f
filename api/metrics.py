"""What Prometheus reads of the API."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "openbook_requests", "Requests.", ["method", "route", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "openbook_request_seconds", "Time until the reply was sent.", ["route"], buckets=_SECONDS,
            registry=self._registry,
        )  # fmt: skip
        self.answers = Counter(
            "openbook_answers", "Questions, by how they ended.", ["outcome"], registry=self._registry
        )
        self.working = Gauge("openbook_answers_in_work", "Questions being answered.", registry=self._registry)
        self.waiting = Gauge("openbook_answers_waiting", "Questions waiting for others.", registry=self._registry)

    def text(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        return generate_latest(self._registry)
