"""What every adapter of the `Embedder` port does. Inherit `EmbedderContract` and give it an `embedder`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.ports import Embedder

TEXTS = (
    "Refraction bends light at the boundary of two media.",
    "Inflation lowers what money buys.",
    "A shard takes one megabyte a second.",
    "x",
    "Über die Größe: naïve façade, 数学, مرحبا, 🦉.",
)
TOLERANCE = 1e-5


class EmbedderContract:
    @pytest.fixture
    def embedder(self) -> Embedder:
        raise NotImplementedError

    def test_the_fingerprint_names_model_revision_and_dimension_and_does_not_change(self, embedder: Embedder) -> None:
        fingerprint = embedder.fingerprint
        assert fingerprint.name
        assert fingerprint.revision
        assert fingerprint.dimension > 0
        assert fingerprint == embedder.fingerprint

    def test_vectors_are_float32_rows_of_the_dimension_of_the_fingerprint(self, embedder: Embedder) -> None:
        vectors = embedder.embed(TEXTS)
        assert vectors.shape == (len(TEXTS), embedder.fingerprint.dimension)
        assert vectors.dtype == np.float32

    def test_no_texts_give_no_rows_of_the_same_dimension(self, embedder: Embedder) -> None:
        vectors = embedder.embed([])
        assert vectors.shape == (0, embedder.fingerprint.dimension)
        assert vectors.dtype == np.float32

    def test_rows_are_normalised(self, embedder: Embedder) -> None:
        assert embedder.fingerprint.normalised
        assert np.linalg.norm(embedder.embed(TEXTS), axis=1) == pytest.approx(1.0, abs=TOLERANCE)

    def test_rows_follow_the_order_of_the_texts_whatever_their_lengths(self, embedder: Embedder) -> None:
        mixed = [TEXTS[0] * 9, TEXTS[3], TEXTS[1] * 4, TEXTS[2]]
        forwards, backwards = embedder.embed(mixed), embedder.embed(mixed[::-1])
        assert np.abs(forwards - backwards[::-1]).max() < TOLERANCE

    def test_a_vector_does_not_depend_on_the_texts_beside_it(self, embedder: Embedder) -> None:
        alone = np.vstack([embedder.embed([text]) for text in TEXTS])
        crowd = embedder.embed([*TEXTS, "Something much longer stands here as well. " * 60])[: len(TEXTS)]
        assert np.abs(alone - crowd).max() < TOLERANCE

    def test_the_same_text_gives_the_same_vector_again(self, embedder: Embedder) -> None:
        assert np.array_equal(embedder.embed([TEXTS[0]]), embedder.embed([TEXTS[0]]))

    def test_a_text_is_most_similar_to_itself(self, embedder: Embedder) -> None:
        vectors = embedder.embed(TEXTS)
        assert (vectors @ vectors.T).argmax(axis=1).tolist() == list(range(len(TEXTS)))

    def test_a_very_long_text_gives_one_vector(self, embedder: Embedder) -> None:
        vector = embedder.embed(["light " * 100_000])
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=TOLERANCE)

    def test_an_empty_text_gives_a_finite_vector(self, embedder: Embedder) -> None:
        assert np.isfinite(embedder.embed(["", " \n"])).all()

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(texts=st.lists(st.text(max_size=80), max_size=3))
    def test_any_unicode_gives_normalised_vectors(self, embedder: Embedder, texts: list[str]) -> None:
        vectors = embedder.embed(texts)
        assert vectors.shape == (len(texts), embedder.fingerprint.dimension)
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(texts)), abs=TOLERANCE)
