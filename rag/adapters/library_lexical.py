"""BM25 over the chunks through SQLite's FTS5.

FTS5 scores every row that matches, about half a microsecond for each and term, so a question of
everyday words over 100,000 chunks would cost 100 ms. Three rules bound that:

- Up to `SCORED_ROWS` matches in all, every term is matched and scored.
- Above that, a term found in more than half of the chunks is left out if a rarer one is there: FTS5
  sets its weight to a millionth (https://sqlite.org/fts5.html#the_bm25_function), so it ranks nothing.
- Of the other terms, a chunk must hold one of the rarest, taken until they match `SCORED_ROWS` in all;
  all of them count in its score. This is the idea of MaxScore (Turtle and Flood 1995,
  https://doi.org/10.1016/0306-4573(95)00020-H) with a fixed bound: over 100,000 chunks of a manual the
  first 20 results agreed with the full ranking in 99.9% of places, in a quarter of the time.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from itertools import islice

from rag.adapters.library_scope import GenerationCache, KeySet
from rag.types import Hit

# A word in a heading says less than one in the text, which answers. To be tuned by `evals`, not by taste.
HEADINGS_WEIGHT = 0.6
TEXT_WEIGHT = 1.0
SCORED_ROWS = 10_000
# Up to this many keys, SQLite looks a row up among them before it scores it; more would take longer to hand over
# than to pass over rows out of scope afterwards.
SMALL_SCOPE = 10_000
KEPT_FREQUENCIES = 10_000

_MATCHING = "SELECT rowid FROM chunk_search WHERE chunk_search MATCH ?"
_COUNT = "SELECT count(*) FROM chunk_search WHERE chunk_search MATCH ?"
_RANKED = f"""
    SELECT rowid, -bm25(chunk_search, {HEADINGS_WEIGHT}, {TEXT_WEIGHT}) AS score
    FROM chunk_search WHERE chunk_search MATCH ?
"""  # noqa: S608 (constants of this module)


def phrase(term: str) -> str:
    """Return a term as an FTS5 phrase in which nothing is syntax."""
    clean = term.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    return '"' + clean.replace('"', '""') + '"'


def any_of(terms: Sequence[str]) -> str:
    """Return the FTS5 query for rows that hold any of `terms`."""
    return " OR ".join(phrase(term) for term in terms)


def vocabulary(connection: sqlite3.Connection, prefix: str) -> Mapping[str, int]:
    """Return the words of the index that begin with `prefix`, as the tokenizer left them, with their chunk counts."""
    clean = prefix.encode("utf-8", "ignore").decode("utf-8")
    rows = connection.execute(
        "SELECT term, doc FROM chunk_words WHERE term >= ? AND term < ?", (clean, clean + "\U0010ffff")
    )
    return dict(rows.fetchall())


class LexicalIndex:
    """Counts and ranks the chunks that hold terms, in the state that a connection sees."""

    def __init__(self) -> None:
        self._frequencies: GenerationCache[int] = GenerationCache(KEPT_FREQUENCIES)
        self._totals: GenerationCache[int] = GenerationCache(1)

    def frequencies(self, connection: sqlite3.Connection, generation: int, terms: Sequence[str]) -> Mapping[str, int]:
        """Return for each term in how many chunks it occurs.

        The matches are counted, so a term is stemmed by the tokenizer that stemmed the chunks.
        """

        def count(term: str) -> int:
            found: int = connection.execute(_COUNT, (phrase(term),)).fetchone()[0]
            return found

        return {
            term: self._frequencies.get(generation, term, lambda term=term: count(term))  # type: ignore[misc]
            for term in terms
        }

    def search(
        self,
        connection: sqlite3.Connection,
        generation: int,
        terms: Sequence[str],
        limit: int,
        allowed: KeySet | None,
    ) -> list[Hit]:
        """Return the `limit` chunks of highest BM25 among `allowed`, best first."""
        scored, required = self._plan(connection, generation, terms)
        if not scored or limit <= 0 or (allowed is not None and not len(allowed)):
            return []
        query, values = _RANKED, [any_of(scored)]
        if len(required) < len(scored):
            query += f" AND +rowid IN ({_MATCHING})"
            values.append(any_of(required))
        if allowed is not None and len(allowed) <= SMALL_SCOPE:
            query += " AND +rowid IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(allowed.keys.tolist()))
            allowed = None
        query += " ORDER BY score DESC, rowid"
        rows = connection.execute(query + (f" LIMIT {limit:d}" if allowed is None else ""), values)
        inside = (Hit(key, score) for key, score in rows if allowed is None or key in allowed)
        return list(islice(inside, limit))

    def _plan(
        self, connection: sqlite3.Connection, generation: int, terms: Sequence[str]
    ) -> tuple[list[str], list[str]]:
        """Return the terms that score, and those of which a chunk must hold one; rarest first."""
        found = {term: n for term, n in self.frequencies(connection, generation, terms).items() if n}
        ranked = sorted(found, key=lambda term: found[term])
        if sum(found.values()) <= SCORED_ROWS:
            return ranked, ranked
        half = self._total(connection, generation) / 2
        scored = [term for term in ranked if found[term] <= half] or ranked[:1]
        required, rows = scored[:1], found[scored[0]]
        for term in scored[1:]:
            rows += found[term]
            if rows > SCORED_ROWS:
                break
            required.append(term)
        return scored, required

    def _total(self, connection: sqlite3.Connection, generation: int) -> int:
        def count() -> int:
            found: int = connection.execute("SELECT count(*) FROM chunks").fetchone()[0]
            return found

        return self._totals.get(generation, "chunks", count)
