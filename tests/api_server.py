"""The API on a real server on loopback, over a small library, with assistants that do as they are told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn

from api.app import create_app
from api.state import State
from ingest.pipeline import Ingestor
from ingest.sources import find_sources
from rag.access.keys import ApiKey, Permission, new_key
from rag.adapters.sqlite_library import SqliteLibrary
from rag.answer import Assistant
from rag.asked import Retrieved
from rag.settings import Settings
from rag.text.blocks import chunker_name
from rag.types import Answer, AnswerStatement, LibraryStamp, Unverified
from tests.fakes import HashEmbedder

LENS = "What is a lens?"
TEXTS = {
    "physics": {
        "optics.md": "# Lenses\n\nA lens is a body of glass that gathers light.\n",
        "waves.md": "# Waves\n\nA wave is a disturbance that travels.\n",
    },
    "biology": {"cells.md": "# Cells\n\nA cell is the smallest unit of life.\n"},
}
Step = Unverified | AnswerStatement | Answer | Exception | Callable[[], object]


def open_small(settings: Settings) -> Assistant:
    """Return an assistant over the texts, which are ingested if they are not there yet."""
    embedder = HashEmbedder()
    stamp = LibraryStamp(embedder.fingerprint, chunker_name(settings.chunk_characters))
    library = SqliteLibrary(settings.library_path, stamp)
    if not library.documents():
        for course, texts in TEXTS.items():
            folder = settings.home / course
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in texts.items():
                (folder / name).write_text(text)
            Ingestor(library, embedder, settings).ingest(find_sources([str(folder)]), course)
    return Assistant(library, embedder, settings)


class Scripted(Assistant):
    """Streams and answers what it is told to: what can be called is called, an exception is raised."""

    script: Sequence[Step] = ()

    def stream_answer(self, retrieved: Retrieved) -> Iterator[Unverified | AnswerStatement | Answer]:
        for one in self.script:
            if isinstance(one, Exception):
                raise one
            if isinstance(one, Unverified | AnswerStatement | Answer):
                yield one
            else:
                one()

    def answer(self, retrieved: Retrieved) -> Answer:
        *_, last = self.stream_answer(retrieved)
        assert isinstance(last, Answer)
        return last


def scripted(*script: Step) -> Callable[[Settings], Assistant]:
    """Return what opens an assistant with a script."""

    def opened(settings: Settings) -> Assistant:
        small = open_small(settings)
        made = Scripted(small.library, small.embedder, settings)
        made.script = script
        return made

    return opened


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    url: str
    state: State

    def key(self, name: str, permission: Permission = Permission.ASK, courses: tuple[str, ...] = ()) -> str:
        """Return the token of a new key, whose learner has its name."""
        return self.made(name, permission, courses)[1]

    def made(self, name: str, permission: Permission, courses: tuple[str, ...] = ()) -> tuple[ApiKey, str]:
        key, token = new_key(name, permission, datetime.now(UTC), courses)
        self.state.keys.add(key)
        return key, token

    def client(self, token: str = "") -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)


@contextmanager
def serving(
    home: Path, *, auth: bool = True, open_assistant: Callable[[Settings], Assistant] = open_small,
    ready: bool = True, **settings: object,
) -> Iterator[Served]:  # fmt: skip
    """Run the API on a free port until the block ends."""
    app = create_app(Settings(home=home, **settings), auth=auth, open_assistant=open_assistant)  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started or not thread.is_alive())
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        if ready:
            wait_until(lambda: httpx.get(f"{url}/readyz").status_code == 200)
        yield Served(url, app.state.openbook)
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


def wait_until(holds: Callable[[], object], timeout_s: float = 30) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
