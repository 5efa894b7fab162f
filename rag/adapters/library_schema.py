"""The tables of the SQLite library.

`chunks` is the truth; `chunk_search` (FTS5, external content) and `tombstones` follow it by triggers,
so that no path of the code can forget them. Each committed change is a row of `generations`; its
random token tells a vector index of this library from one of a copy that was restored and went on
differently. A library of an older schema is upgraded when it is opened (`UPGRADES`).
"""

from __future__ import annotations

APPLICATION_ID = 0x4F50424B  # "OPBK", in the header of the file (https://sqlite.org/pragma.html#pragma_application_id)
SCHEMA_VERSION = 2

_ORIGINALS = """CREATE TABLE originals (
    document_id TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    content BLOB NOT NULL
)"""

# Large columns stand last: SQLite reads a row from its start, and a listing needs no text.
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
        text TEXT NOT NULL,
        layout BLOB NOT NULL DEFAULT x''
    )""",
    # The files of documents that are shown page by page.
    _ORIGINALS,
    """CREATE TABLE sources (
        number INTEGER PRIMARY KEY,
        course TEXT NOT NULL,
        uri TEXT NOT NULL,
        name TEXT NOT NULL,
        tags TEXT NOT NULL,
        document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        version TEXT NOT NULL DEFAULT '',
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
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)

# What makes the next version of a schema, by version.
UPGRADES = {
    1: (
        "ALTER TABLE documents ADD COLUMN layout BLOB NOT NULL DEFAULT x''",
        "ALTER TABLE sources ADD COLUMN version TEXT NOT NULL DEFAULT ''",
        _ORIGINALS,
        "PRAGMA user_version = 2",
    ),
}
