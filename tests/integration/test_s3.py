"""S3 through the real boto3 over HTTP."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from ingest.pipeline import Ingestor
from ingest.report import IngestProgress, IngestReport
from ingest.sources import S3Access, SourceFile, find_sources, find_tree
from rag.errors import ConfigError, IngestError
from rag.settings import Settings
from rag.types import Scope
from tests.fakes import HashEmbedder
from tests.integration.course_folder import course_text, opened, settings_at
from tests.s3 import BUCKET, Store, moto_server, scripted_server

Fetched: TypeAlias = Callable[[], list[str]]


@pytest.fixture(autouse=True)
def _no_waiting(stand_in_credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.fixture(scope="module")
def server(stand_in_credentials: None) -> Iterator[Store]:
    with moto_server() as url:
        yield Store(url)


@pytest.fixture
def store(server: Store) -> Store:
    server.empty()
    return server


@pytest.fixture
def fetched(caplog: pytest.LogCaptureFixture) -> Fetched:
    """Return the keys that were fetched from the server since it was last called."""
    caplog.set_level(logging.INFO, "werkzeug")

    def take() -> list[str]:
        lines = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return sorted(found[1] for line in lines if (found := re.search(rf"GET /{BUCKET}/(\S+) HTTP", line)))

    return take


def settings_of(home: Path, access: S3Access) -> Settings:
    return settings_at(home, s3_endpoint_url=access.endpoint_url, aws_region=access.region)


def found(store: Store, *addresses: str) -> dict[str, SourceFile]:
    return {file.name: file for file in find_sources(addresses, store.access).files}


def reason(access: S3Access, address: str = f"s3://{BUCKET}/") -> str:
    ((place, told),) = find_sources([address], access).failed
    assert place == address
    return told


def sync(store: Store, home: Path, address: str) -> IngestReport:
    embedder = HashEmbedder()
    with opened(home, embedder) as library:
        return Ingestor(library, embedder, settings_of(home, store.access)).sync(address)


def test_a_prefix_is_a_folder_whose_objects_are_named_by_their_keys_below_it(store: Store) -> None:
    store.put(**{"week1/a.md": "a", "week1/sub/b.txt": "b", "week10/c.md": "c", "week1.md": "d"})
    assert (
        list(found(store, f"s3://{BUCKET}/week1"))
        == list(found(store, f"s3://{BUCKET}/week1/"))
        == ["a.md", "sub/b.txt"]
    )
    assert len(found(store, f"s3://{BUCKET}")) == 4
    assert found(store, f"s3://{BUCKET}/week1")["a.md"].uri == f"s3://{BUCKET}/week1/a.md"


def test_hidden_objects_folders_and_other_types_are_skipped(store: Store) -> None:
    store.put(**{"p/a.md": "a", "p/.git/b.md": "b", "p/.c.md": "c", "p/d.png": "d", "p/": "", "p/e.md/": ""})
    assert list(found(store, f"s3://{BUCKET}/p")) == ["a.md"]


def test_an_object_that_is_named_itself_is_taken_whatever_its_type_so_that_it_is_reported(store: Store) -> None:
    store.put(**{"p/slides.key": "a", "p/slides.key.md": "b"})
    assert list(found(store, f"s3://{BUCKET}/p/slides.key")) == ["slides.key"]


def test_a_prefix_without_course_texts_is_reported(store: Store) -> None:
    store.put(**{"p/d.png": "d"})
    assert "no course texts" in reason(store.access, f"s3://{BUCKET}/p")
    assert "no course texts" in reason(store.access, f"s3://{BUCKET}/gone")
    assert find_tree(f"s3://{BUCKET}/gone", store.access).files == ()


@pytest.mark.parametrize(
    "key", ["a b.md", "ä/ß 光.md", "100%25 #1?.md", 'it\'s & "q"=1;+.md', "*[x].md", "x/../y.md", "a//b.md", "\x01.md"]
)
def test_keys_may_hold_any_character(store: Store, key: str) -> None:
    store.put(**{f"p/{key}": key})
    ((name, file),) = found(store, f"s3://{BUCKET}/p").items()
    assert name == key
    assert file.read(1.0).decode() == key


def test_listings_of_many_pages_are_read_to_their_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "3")
    store.put(**{f"p/{number}.md": "text" for number in range(8)})
    assert len(found(store, f"s3://{BUCKET}/p")) == 8


def test_a_sync_fetches_only_what_is_new_or_changed_and_forgets_what_is_gone(
    store: Store, tmp_path: Path, fetched: Fetched
) -> None:
    store.put(**{f"p/{number}.md": course_text(number) for number in range(4)}, **{"p2/x.md": course_text(9)})
    assert sync(store, tmp_path, f"s3://{BUCKET}/p2").added == 1
    assert sync(store, tmp_path, f"s3://{BUCKET}/p").added == 4
    assert len(fetched()) == 5
    store.put(**{"p/1.md": course_text(50), "p/new.md": course_text(51)})
    store.put(**{"p/2.md": course_text(2)})
    store.delete("p/3.md")
    report = sync(store, tmp_path, f"s3://{BUCKET}/p")
    assert report.unchanged == 2
    assert report.settled == (("changed", "1.md"), ("added", "new.md"), ("removed", "3.md"))
    assert fetched() == ["p/1.md", "p/new.md"]
    with opened(tmp_path) as library:
        assert {info.name for info in library.documents(Scope())} == {"0.md", "1.md", "2.md", "new.md", "x.md"}
    store.delete("p/0.md")
    for name in ("1", "2", "new"):
        store.delete(f"p/{name}.md")
    assert sync(store, tmp_path, f"s3://{BUCKET}/p").removed == 4


def test_an_ingest_that_was_cut_off_fetches_only_the_rest_when_it_is_run_again(
    store: Store, tmp_path: Path, fetched: Fetched
) -> None:
    store.put(**{f"{number:02}.md": course_text(number, 60) for number in range(16)})

    def cut(step: IngestProgress) -> None:
        if step.done >= 4:
            raise KeyboardInterrupt

    embedder = HashEmbedder()
    with opened(tmp_path, embedder) as library:
        ingestor = Ingestor(library, embedder, settings_of(tmp_path, store.access))
        with pytest.raises(KeyboardInterrupt):
            ingestor.ingest(find_sources([f"s3://{BUCKET}"], store.access), progress=cut)
        kept = {info.name for info in library.documents()}
        fetched()
        report = ingestor.ingest(find_sources([f"s3://{BUCKET}"], store.access))
    assert 4 <= len(kept) < 16
    assert (report.unchanged, report.added) == (len(kept), 16 - len(kept))
    assert kept.isdisjoint(fetched())


def test_an_object_that_was_rewritten_with_the_same_text_is_unchanged_and_not_fetched_for_it_again(
    store: Store, tmp_path: Path, fetched: Fetched
) -> None:
    store.put(**{"a.md": course_text(1)})
    sync(store, tmp_path, f"s3://{BUCKET}")
    with opened(tmp_path) as library:
        (source,) = library.documents()[0].sources
        library.add_source(library.documents()[0].id, type(source)(source.course, source.uri, source.name, (), "old"))
    assert sync(store, tmp_path, f"s3://{BUCKET}").unchanged == 1
    fetched()
    assert sync(store, tmp_path, f"s3://{BUCKET}").unchanged == 1
    assert fetched() == []


def test_an_object_that_is_too_large_is_reported_and_not_fetched(store: Store, fetched: Fetched) -> None:
    store.put(**{"a.md": b"x" * 20_001})
    (file,) = found(store, f"s3://{BUCKET}").values()
    with pytest.raises(IngestError, match=r"larger than 0\.02 MB"):
        file.read(0.02)
    assert fetched() == []


def test_an_object_that_changed_or_went_after_it_was_listed_is_reported(store: Store, tmp_path: Path) -> None:
    store.put(**{"a.md": course_text(1), "b.md": course_text(2), "c.md": course_text(3)})
    sources = find_sources([f"s3://{BUCKET}"], store.access)
    store.put(**{"a.md": course_text(4)})
    store.delete("b.md")
    embedder = HashEmbedder()
    with opened(tmp_path, embedder) as library:
        report = Ingestor(library, embedder, settings_of(tmp_path, store.access)).ingest(sources)
    assert report.added == 1
    reasons = dict(report.failed)
    assert "changed after" in reasons[f"s3://{BUCKET}/a.md"]
    assert "gone" in reasons[f"s3://{BUCKET}/b.md"]


def test_a_bucket_that_is_not_there_is_told(store: Store) -> None:
    assert "NoSuchBucket" in reason(store.access, "s3://no-such-bucket/p")
    with pytest.raises(IngestError, match="check the name of the bucket"):
        find_tree("s3://no-such-bucket/p", store.access)


def test_missing_credentials_a_missing_profile_and_a_server_that_is_not_there_are_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "OPENBOOK_S3_ENDPOINT_URL" in reason(S3Access("us-east-1", "", "http://127.0.0.1:9"))
    assert "OPENBOOK_S3_ENDPOINT_URL" in reason(S3Access("us-east-1", "", "127.0.0.1"))
    assert "OPENBOOK_AWS_PROFILE" in reason(S3Access("us-east-1", "nobody", store.access.endpoint_url))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert "aws configure" in reason(store.access)


def test_an_address_without_a_bucket_is_refused(store: Store) -> None:
    with pytest.raises(ConfigError, match="s3://BUCKET"):
        find_sources(["s3://"], store.access)


def xml(root: str, **values: str) -> bytes:
    return (f"<{root}>" + "".join(f"<{name}>{text}</{name}>" for name, text in values.items()) + f"</{root}>").encode()


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (403, "AccessDenied", "docs/s3.md"),
        (403, "InvalidAccessKeyId", "renew the AWS credentials"),
        (400, "ExpiredToken", "renew the AWS credentials"),
        (503, "SlowDown", "run the same command again"),
    ],
)
def test_what_s3_refuses_is_told_with_its_own_words_and_what_to_do(status: int, code: str, told: str) -> None:
    body = xml("Error", Code=code, Message="You may not")
    with scripted_server((status, body, len(body))) as access:
        refusal = reason(access)
    assert f"{code}: You may not; " in refusal
    assert told in refusal


def listing(size: int) -> tuple[int, bytes, int]:
    entry = xml("Contents", Key="a.md", ETag="e", Size=str(size)).decode()
    body = xml("ListBucketResult", IsTruncated="false", KeyCount="1").decode()
    body = body.replace("</ListBucketResult>", f"{entry}</ListBucketResult>")
    return 200, body.encode(), len(body)


def test_a_download_that_breaks_off_is_made_again() -> None:
    with scripted_server(listing(9), (200, b"# He", 9), (200, b"# Heading", 9)) as access:
        (file,) = find_sources([f"s3://{BUCKET}"], access).files
        assert file.read(1.0) == b"# Heading"


def test_a_download_that_always_breaks_off_is_reported_and_never_taken_for_the_whole() -> None:
    with scripted_server(listing(9), *[(200, b"# He", 9)] * 3) as access:
        (file,) = find_sources([f"s3://{BUCKET}"], access).files
        with pytest.raises(IngestError, match="run the same command again"):
            file.read(1.0)
