"""Grounding by a Bedrock guardrail with a contextual grounding policy, through ApplyGuardrail.

boto3 is called directly: langchain-aws drops the qualifiers that say which text is source, query and claim.
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-contextual-grounding-check.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rag.adapters.bedrock_client import Retries, make_client
from rag.adapters.bedrock_errors import translated
from rag.errors import ConfigError, ModelError
from rag.settings import Settings
from rag.types import Grounding

_LONGEST_QUERY = 1000  # characters


class BedrockGrounding:
    """A `GroundingScorer` on Bedrock.

    The policy also judges whether a claim is relevant to a question. The port gives no question, so the claim
    stands for it, and `RELEVANCE` says nothing; `about` returns a scorer that judges both.

    Args:
        client: of bedrock-runtime.
        guardrail: id or ARN of the guardrail.
        version: of it; "DRAFT" is the one being edited.
    """

    name = "bedrock-guardrail"

    def __init__(self, client: Any, guardrail: str, version: str, question: str = "") -> None:
        self._client, self._guardrail, self._version, self._question = client, guardrail, version, question

    @classmethod
    def named(cls, settings: Settings, retries: Retries = Retries()) -> BedrockGrounding:
        """Make a client by the settings.

        Raises:
            ConfigError: no guardrail is set.
            ModelError: no region, no such profile.
        """
        if not settings.guardrail_id:
            raise ConfigError("Grounding by Bedrock needs a guardrail. Set OPENBOOK_GUARDRAIL_ID.")
        client = make_client(settings, "bedrock-runtime", retries)
        return cls(client, settings.guardrail_id, settings.guardrail_version or "DRAFT")

    def about(self, question: str) -> BedrockGrounding:
        """Return a scorer that also asks of a claim whether it is relevant to `question`."""
        return BedrockGrounding(self._client, self._guardrail, self._version, question)

    def score(self, claim: str, sources: Sequence[str]) -> Grounding:
        """Return the guardrail's grounding score, and whether it lets the claim through."""
        if not sources or not claim.strip():
            return Grounding(0.0, supported=False, reason="nothing is cited")
        content = [
            *(_text(source, "grounding_source") for source in sources if source.strip()),
            _text((self._question or claim)[:_LONGEST_QUERY], "query"),
            _text(claim, "guard_content"),
        ]
        with translated(f"guardrail {self._guardrail}"):
            reply = self._client.apply_guardrail(
                guardrailIdentifier=self._guardrail,
                guardrailVersion=self._version,
                source="OUTPUT",
                content=content,
                outputScope="FULL",  # else a filter that found nothing, and its score, may be left out
            )
        return self._judged(reply)

    def _judged(self, reply: Mapping[str, Any]) -> Grounding:
        filters = {
            one["type"]: one
            for assessment in reply["assessments"]
            for one in assessment.get("contextualGroundingPolicy", {}).get("filters", ())
        }
        if "GROUNDING" not in filters:
            raise ModelError(
                f"Guardrail {self._guardrail}, version {self._version}, has no contextual grounding policy. Add one "
                "with a threshold for grounding, or name another guardrail in OPENBOOK_GUARDRAIL_ID."
            )
        # A policy that only detects lets everything through; its threshold counts all the same.
        low = [
            f"{kind.lower()} {one['score']:.2f} is below {one['threshold']:.2f}"
            for kind, one in filters.items()
            if one["score"] < one["threshold"]
        ]
        stopped = reply["action"] == "GUARDRAIL_INTERVENED"
        reason = "; ".join(low) or ("another policy of the guardrail stopped it" if stopped else "")
        return Grounding(float(filters["GROUNDING"]["score"]), not reason, reason)


def _text(text: str, qualifier: str) -> dict[str, Any]:
    return {"text": {"text": text, "qualifiers": [qualifier]}}
