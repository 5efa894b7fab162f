"""What the Bedrock stand-in computes beside chat: embeddings, reranking, grounding, retrieval."""

from __future__ import annotations

import math
import re
from typing import Any
from urllib.parse import unquote
from zlib import crc32

from rag.dev.bedrock_answers import words
from rag.dev.bedrock_call import Call, Json, Refused
from rag.dev.bedrock_scenarios import Fault

THRESHOLD = 0.7  # of the guardrail
_TITAN_LONGEST = 50_000  # characters
_COHERE_MOST = 96  # texts of a call
_UNITS = (
    "topicPolicyUnits", "contentPolicyUnits", "wordPolicyUnits", "sensitiveInformationPolicyUnits",
    "sensitiveInformationPolicyFreeUnits",
)  # fmt: skip
_KNOWN = (
    (
        "s3://course/bedrock.md",
        1,
        "A knowledge base keeps vectors of your documents and retrieves passages.",
    ),
    ("s3://course/bedrock.md", 2, "A guardrail blocks an answer whose grounding score is below the threshold."),
    ("s3://course/kinesis.md", 1, "A shard takes 1 MB a second or 1,000 records a second for writes."),
)


def invoke_model(call: Call) -> Json:
    """InvokeModel, for the embeddings of Titan v2 and Cohere."""
    if "titan-embed-text-v2" in call.path[0]:
        return _titan(call.body)
    if "cohere.embed" in call.path[0]:
        return _cohere(call.body, v4="embed-v4" in call.path[0])
    raise _invalid("The provided model identifier is invalid.")


def rerank(call: Call) -> Json:
    """Rerank: the share of the query's words that a source holds."""
    (query,) = call.body["queries"]
    wanted = words(query["textQuery"]["text"])
    texts = [source["inlineDocumentSource"]["textDocument"]["text"] for source in call.body["sources"]]
    scored = [{"index": at, "relevanceScore": _share(wanted, text)} for at, text in enumerate(texts)]
    most = call.body["rerankingConfiguration"]["bedrockRerankingConfiguration"].get("numberOfResults", len(texts))
    return {"results": sorted(scored, key=lambda one: -one["relevanceScore"])[:most]}


def apply_guardrail(call: Call) -> Json:
    """ApplyGuardrail with a contextual grounding policy: shares of words, and no number that the source lacks."""
    claim, source, query = (_qualified(call.body, name) for name in ("guard_content", "grounding_source", "query"))
    invented = set(re.findall(r"\d+", claim)) - set(re.findall(r"\d+", source))
    grounding = 0.0 if invented or call.scenario.blocked else _share(words(claim), source)
    # A claim is to the point if it holds one word in five of what was asked.
    relevance = min(_share(words(query), claim) * 5, 1.0)
    filters = [_filter("GROUNDING", grounding), _filter("RELEVANCE", relevance)]
    intervened = any(one["action"] == "BLOCKED" for one in filters)
    return {
        "usage": {**dict.fromkeys(_UNITS, 0), "contextualGroundingPolicyUnits": 1},
        "action": "GUARDRAIL_INTERVENED" if intervened else "NONE",
        "outputs": [],
        "assessments": [{"contextualGroundingPolicy": {"filters": filters}}],
    }


def retrieve(call: Call) -> Json:
    """Retrieve, from three passages that it knows."""
    search = call.body.get("retrievalConfiguration", {}).get("vectorSearchConfiguration", {})
    wanted = words(call.body["retrievalQuery"]["text"])
    found = sorted(((_share(wanted, text), uri, page, text) for uri, page, text in _KNOWN), key=lambda one: -one[0])
    return {"retrievalResults": [_result(*one) for one in found if one[0]][: search.get("numberOfResults", 5)]}


def get_inference_profile(call: Call) -> Json:
    """GetInferenceProfile, of an application inference profile."""
    models = [{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"}]
    return {
        "inferenceProfileName": "openbook", "inferenceProfileArn": unquote(call.path[0]), "models": models,
        "inferenceProfileId": "openbook", "status": "ACTIVE", "type": "APPLICATION",
    }  # fmt: skip


def embedding(text: str, dimension: int) -> list[float]:
    """Return the normalised counts of the words of a text, each hashed to a place with a sign."""
    counts = [0.0] * dimension
    for word in re.findall(r"\w+", text.lower()) or [text]:
        code = crc32(word.encode("utf-8", "replace"))
        counts[code % dimension] += 1.0 if code & (1 << 31) else -1.0
    length = math.hypot(*counts)
    return [count / length for count in counts] if length else [1.0, *counts[1:]]


def _titan(body: Json) -> Json:
    text = body["inputText"]
    if not text:
        raise _invalid("Malformed input request: expected minLength: 1, actual: 0, please reformat your input.")
    if len(text) > _TITAN_LONGEST:
        raise _invalid(f"Malformed input request: expected maxLength: {_TITAN_LONGEST}, actual: {len(text)}.")
    return {"embedding": embedding(text, body.get("dimensions", 1024)), "inputTextTokenCount": len(text) // 4}


def _cohere(body: Json, *, v4: bool) -> Json:
    texts = body["texts"]
    if not 1 <= len(texts) <= _COHERE_MOST or not all(texts) or "input_type" not in body:
        raise _invalid(f"Malformed input request: 1 to {_COHERE_MOST} texts that are not empty, and input_type.")
    vectors = [embedding(text, body.get("output_dimension", 1536) if v4 else 1024) for text in texts]
    return {"id": "1", "texts": texts, "embeddings": {"float": vectors} if v4 else vectors}


def _invalid(message: str) -> Refused:
    return Refused(Fault(400, "ValidationException", message))


def _qualified(body: Json, qualifier: str) -> str:
    texts = [block["text"] for block in body["content"]]
    found = [one["text"] for one in texts if qualifier in one.get("qualifiers", ())]
    if not found:
        raise _invalid(f"The contextual grounding policy needs content with the qualifier {qualifier}.")
    return "\n".join(found)


def _filter(kind: str, score: float) -> dict[str, Any]:
    low = score < THRESHOLD
    return {
        "type": kind,
        "threshold": THRESHOLD,
        "score": score,
        "action": "BLOCKED" if low else "NONE",
        "detected": low,
    }


def _result(score: float, uri: str, page: int, text: str) -> Json:
    return {
        "content": {"type": "TEXT", "text": text},
        "location": {"type": "S3", "s3Location": {"uri": uri}},
        "score": score,
        "metadata": {"x-amz-bedrock-kb-source-uri": uri, "x-amz-bedrock-kb-document-page-number": page},
    }


def _share(wanted: frozenset[str], text: str) -> float:
    return len(wanted & words(text)) / len(wanted) if wanted else 0.0
