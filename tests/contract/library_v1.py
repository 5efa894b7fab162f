"""A library of schema version 1, as it was made before files, layouts and versions of sources were stored."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_KEPT = {
    "meta": "only, library_id, stamp",
    "generations": "number, token",
    "documents": "id, title, media_type, page_unit, characters, added_at, pages, lines, text",
    "sources": "number, course, uri, name, tags, document_id",
    "chunks": 'key, id, document_id, position, embed_hash, line, "start", "end", page_start, page_end, heading_path, '
    "headings, text, vector",
}


def write_version_1(path: Path, newer: Path) -> None:
    """Write at `path` what the library at `newer` holds, by the statements of version 1."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    for statement in STATEMENTS:
        connection.execute(statement)
    connection.execute("ATTACH ? AS newer", (str(newer),))
    for table, columns in _KEPT.items():
        connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM newer.{table}")
    connection.close()


STATEMENTS = (
    """CREATE TABLE meta (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        library_id TEXT NOT NULL,
        stamp TEXT NOT NULL
    )""",
    """CREATE TABLE generations (
        number INTEGER PRIMARY KEY,
        token TEXT NOT NULL
    )""",
    """CREATE TABLE documents (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        media_type TEXT NOT NULL,
        page_unit TEXT NOT NULL,
        characters INTEGER NOT NULL,
        added_at TEXT NOT NULL,
        pages TEXT NOT NULL,
        lines BLOB NOT NULL,
        text TEXT NOT NULL
    )""",
    """CREATE TABLE sources (
        number INTEGER PRIMARY KEY,
        course TEXT NOT NULL,
        uri TEXT NOT NULL,
        name TEXT NOT NULL,
        tags TEXT NOT NULL,
        document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        UNIQUE (course, uri)
    )""",
    "CREATE INDEX sources_document ON sources (document_id)",
    """CREATE TABLE chunks (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        embed_hash TEXT NOT NULL,
        line INTEGER NOT NULL,
        "start" INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        page_start INTEGER,
        page_end INTEGER,
        heading_path TEXT NOT NULL,
        headings TEXT NOT NULL,
        text TEXT NOT NULL,
        vector BLOB NOT NULL,
        UNIQUE (document_id, position)
    )""",
    "CREATE INDEX chunks_embed_hash ON chunks (embed_hash)",
    # Keys removed in a generation: an index in memory follows by these instead of being rebuilt.
    """CREATE TABLE tombstones (
        generation INTEGER NOT NULL,
        key INTEGER NOT NULL,
        PRIMARY KEY (generation, key)
    ) WITHOUT ROWID""",
    """CREATE VIRTUAL TABLE chunk_search USING fts5(
        headings, text,
        content = 'chunks', content_rowid = 'key',
        tokenize = 'porter unicode61 remove_diacritics 2'
    )""",
    # A view of the words in chunk_search; holds nothing of its own.
    "CREATE VIRTUAL TABLE chunk_words USING fts5vocab(chunk_search, row)",
    """CREATE TRIGGER chunk_added AFTER INSERT ON chunks BEGIN
        INSERT INTO chunk_search (rowid, headings, text) VALUES (new.key, new.headings, new.text);
    END""",
    """CREATE TRIGGER chunk_removed AFTER DELETE ON chunks BEGIN
        INSERT INTO chunk_search (chunk_search, rowid, headings, text)
            VALUES ('delete', old.key, old.headings, old.text);
        INSERT INTO tombstones (generation, key)
            VALUES ((SELECT coalesce(max(number), 0) + 1 FROM generations), old.key);
    END""",
    """CREATE TRIGGER chunk_changed BEFORE UPDATE ON chunks BEGIN
        SELECT raise(ABORT, 'a chunk is replaced, never changed');
    END""",
    "PRAGMA application_id = 1330659915",
    "PRAGMA user_version = 1",
)
