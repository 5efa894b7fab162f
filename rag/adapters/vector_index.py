"""Vectors searched by inner product through FAISS: exactly, or by a graph where there are very many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import faiss as typed_faiss
import numpy as np
from numpy.typing import NDArray

from rag.adapters.library_scope import Keys, KeySet
from rag.ports import Vectors
from rag.types import Hit

faiss: Any = typed_faiss  # its type stubs lack what its Python layer adds: downcasts, selectors from arrays

# HNSW (Malkov and Yashunin 2016, https://arxiv.org/abs/1603.09320): links of a node, and candidates kept while a
# node is added and while a question is asked.
HNSW_LINKS = 32
HNSW_ADD_CANDIDATES = 200
HNSW_SEARCH_CANDIDATES = 128


class VectorIndex:
    """Vectors by the key of their chunk.

    A graph cannot forget: its removed keys stay as `dead`, are passed through and never returned.
    Not safe for one thread adding or removing while another searches.

    Args:
        dimension: of the vectors.
        approximate: whether a graph (HNSW) is searched rather than every vector.
        exact_scope: up to so many allowed keys, a graph's vectors are searched exactly.
    """

    def __init__(self, dimension: int, *, approximate: bool, exact_scope: int) -> None:
        self.dimension = dimension
        self.approximate = approximate
        self.dead: set[int] = set()
        self._exact_scope = exact_scope
        self._faiss: Any = faiss.IndexIDMap2(_new_graph(dimension) if approximate else faiss.IndexFlatIP(dimension))
        self._live: KeySet | None = None

    @classmethod
    def deserialise(cls, payload: NDArray[np.uint8], dead: set[int], exact_scope: int) -> VectorIndex:
        """Return the index that `serialise` wrote.

        Raises:
            ValueError: the payload holds something else.
        """
        try:
            found = faiss.deserialize_index(payload)
        except RuntimeError as error:
            raise ValueError(f"FAISS cannot read it: {error}") from error
        inner = faiss.downcast_index(found.index) if isinstance(found, faiss.IndexIDMap2) else None
        is_ours = isinstance(inner, faiss.IndexFlat | faiss.IndexHNSWFlat)
        if not is_ours or found.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise ValueError(f"it holds a {type(inner or found).__name__}")
        index = cls(found.d, approximate=isinstance(inner, faiss.IndexHNSWFlat), exact_scope=exact_scope)
        index._faiss, index.dead = found, dead
        return index

    def serialise(self) -> NDArray[np.uint8]:
        """Return the index without `dead` as bytes."""
        payload: NDArray[np.uint8] = faiss.serialize_index(self._faiss)
        return payload

    def __len__(self) -> int:
        return int(self._faiss.ntotal) - len(self.dead)

    @property
    def keys(self) -> Keys:
        """The keys in ascending order, the dead among them, as `(n,) int64`."""
        keys: Keys = faiss.vector_to_array(self._faiss.id_map)
        return keys

    @property
    def dead_share(self) -> float:
        """The share of vectors that are kept but removed."""
        return len(self.dead) / max(1, int(self._faiss.ntotal))

    def add(self, keys: Keys, vectors: Vectors) -> None:
        """Add `vectors` `(n, d) float32` under `keys` `(n,) int64`, ascending and above all that are there."""
        if len(keys):
            self._faiss.add_with_ids(np.ascontiguousarray(vectors), keys)
            self._live = None

    def remove(self, keys: Keys) -> None:
        """Forget `keys`; those that are not there do not matter."""
        there = np.intersect1d(keys, self.keys)
        if not len(there):
            return
        if self.approximate:
            self.dead.update(there.tolist())
            self._live = None
        else:
            self._faiss.remove_ids(faiss.IDSelectorBatch(there))

    def search(self, vector: Vectors, limit: int, allowed: KeySet | None = None) -> list[Hit]:
        """Return the `limit` keys of highest inner product with `vector` `(d,)` among `allowed`, best first."""
        limit = min(limit, len(self) if allowed is None else len(allowed))
        if limit <= 0 or not len(self):
            return []
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, self.dimension)
        with _one_thread():
            if self.approximate and allowed is not None and len(allowed) <= self._exact_scope:
                scores, keys = self._search_vectors_of_graph(query, limit, allowed)
            else:
                scores, keys = self._faiss.search(query, limit, params=self._parameters(limit, allowed))
        hits = [Hit(int(key), float(score)) for key, score in zip(keys[0], scores[0], strict=True) if key >= 0]
        return sorted(hits, key=lambda hit: (-hit.score, hit.key))

    def _parameters(self, limit: int, allowed: KeySet | None) -> Any:
        if self.approximate:
            candidates = max(HNSW_SEARCH_CANDIDATES, 2 * limit)
            live = self._live_keys() if allowed is None else allowed
            return faiss.SearchParametersHNSW(efSearch=candidates, **_selector(live))
        return faiss.SearchParameters(**_selector(allowed))

    def _live_keys(self) -> KeySet | None:
        """Return the keys that are not dead; None if none is. A selector then costs nothing."""
        if self.dead and self._live is None:
            self._live = KeySet(np.setdiff1d(self.keys, np.fromiter(self.dead, dtype=np.int64)))
        return self._live

    def _search_vectors_of_graph(self, query: Vectors, limit: int, allowed: KeySet) -> tuple[Any, Any]:
        """Search the allowed vectors one by one: a graph walk finds few of a small set."""
        keys = self.keys
        places = np.flatnonzero(np.isin(keys, allowed.keys))
        storage = faiss.downcast_index(faiss.downcast_index(self._faiss.index).storage)
        parameters = faiss.SearchParameters(**_selector(KeySet(places)))
        scores, found = storage.search(query, limit, params=parameters)
        return scores, np.where(found >= 0, keys[found], -1)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Search in this thread alone.

    OpenMP's threads wait for the slowest: over 100,000 vectors on two busy cores a search took 48 ms with two
    threads and 5 ms with one. The setting is this thread's own; adding to a graph keeps all threads.
    """
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


def _selector(allowed: KeySet | None) -> dict[str, Any]:
    return {} if allowed is None else {"sel": faiss.IDSelectorBitmap(allowed.bitmap)}


def _new_graph(dimension: int) -> Any:
    graph = faiss.IndexHNSWFlat(dimension, HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction = HNSW_ADD_CANDIDATES
    return graph
