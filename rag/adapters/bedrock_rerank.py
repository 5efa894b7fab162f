"""Reranking on Bedrock: the Rerank operation, with Amazon's or Cohere's model.

boto3 is called without langchain-aws's `BedrockRerank`, whose documents do not hold what a passage does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rag.adapters.bedrock_client import Retries, make_client
from rag.adapters.bedrock_errors import translated
from rag.settings import Settings
from rag.types import Passage

_LONGEST = 32_000  # characters of a query, and of a source
_MOST = 1000  # sources


class BedrockReranker:
    """A `Reranker` on Bedrock.

    Args:
        client: of bedrock-agent-runtime.
        name: a model, such as `cohere.rerank-v3-5:0` or `amazon.rerank-v1:0`, or its ARN.
    """

    reads = 40  # of 100 texts or fewer, Bedrock charges for one query

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._name = client, name

    @classmethod
    def named(cls, settings: Settings, name: str, retries: Retries = Retries()) -> BedrockReranker:
        """Make a client by the settings.

        Raises:
            ModelError: no region, no such profile.
        """
        return cls(make_client(settings, "bedrock-agent-runtime", retries), name)

    def rerank(self, question: str, passages: Sequence[Passage], top_k: int) -> list[Passage]:
        """Return the `top_k` passages that answer best, best first, with the model's relevance, 0 to 1."""
        read = passages[:_MOST]
        if not read:
            return []
        with translated(self._name):
            reply = self._client.rerank(
                queries=[{"type": "TEXT", "textQuery": {"text": question[:_LONGEST]}}],
                sources=[_source(passage) for passage in read],
                rerankingConfiguration={
                    "type": "BEDROCK_RERANKING_MODEL",
                    "bedrockRerankingConfiguration": {
                        "numberOfResults": min(top_k, len(read)),
                        "modelConfiguration": {"modelArn": self._arn()},
                    },
                },
            )
        return [replace(read[found["index"]], relevance=found["relevanceScore"]) for found in reply["results"]]

    def _arn(self) -> str:
        if self._name.startswith("arn:"):
            return self._name
        meta = self._client.meta
        return f"arn:{meta.partition}:bedrock:{meta.region_name}::foundation-model/{self._name}"


def _source(passage: Passage) -> dict[str, Any]:
    text = {"type": "TEXT", "textDocument": {"text": passage.chunk.embed_text[:_LONGEST]}}
    return {"type": "INLINE", "inlineDocumentSource": text}
