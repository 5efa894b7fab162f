"""Settings: the only reader of the environment.

Every field is set by `OPENBOOK_<NAME>` in the environment or in a `.env` file in the working
folder. Built once per entrypoint and passed down.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import ConfigError

EXTRACTIVE = "extractive"
LIBRARY = "library"
SHIPPED = "shipped"
READER = "reader"


class Settings(BaseSettings):
    """What can be set."""

    model_config = SettingsConfigDict(env_prefix="OPENBOOK_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(default=Path("~/.openbook"), description="Folder of the library and its caches.")
    database_url: SecretStr = Field(
        default=SecretStr(""),
        description="Database of conversations: empty for state.db in OPENBOOK_HOME, or postgresql://USER@HOST/NAME.",
    )
    embedder: str = Field(
        default="minilm-int8",
        description="Embedder: minilm-int8 (ONNX, in-process) or sentence-transformers:FOLDER_OR_CACHED_NAME.",
    )
    reader: str = Field(
        default="none",
        description="What reads question and statement together: none, shipped, or the folder of a reader"
        " (docs/decisions/0008-reader-shipped.md).",
        min_length=1,
    )
    retriever: str = Field(
        default=LIBRARY,
        description="Where answers come from: library, or knowledge_base:ID of Bedrock (docs/bedrock.md).",
        min_length=1,
    )
    reranker: str = Field(
        default=READER,
        description="What orders the passages that were found: reader (where one is set), none, or bedrock:MODEL"
        " (cohere.rerank-v3-5:0, amazon.rerank-v1:0).",
        min_length=1,
    )
    course: str = Field(default="default", description="Course that ingest adds to when none is named.", min_length=1)
    top_k: int = Field(default=8, ge=1, le=100, description="Passages retrieved for a question.")
    candidates: int = Field(default=50, ge=1, le=1000, description="Chunks taken from each ranking before fusion.")
    chunk_characters: int = Field(default=900, ge=200, le=4000, description="Longest chunk, in characters.")
    max_file_mb: float = Field(default=32.0, gt=0, description="Larger files are refused.")
    max_pages: int = Field(default=5000, ge=1, description="Files with more pages or slides are refused.")
    ocr_language: str = Field(
        default="eng",
        description="Language of scanned pages, as Tesseract names it (deu, eng+fra); empty: they are not read.",
    )
    parse_timeout_s: float = Field(default=300.0, gt=0, description="Files that take longer to read are refused.")
    parse_memory_mb: int = Field(
        default=1024, ge=64, description="Files that take more memory to read are refused; on Linux only."
    )
    parse_workers: int = Field(
        default=0, ge=0, description="Processes that read files side by side; 0: one less than the cores, at most four."
    )
    max_question_characters: int = Field(default=2000, ge=50, description="Longer questions are refused.")
    exact_search_limit: int = Field(
        default=200_000, ge=0, description="Above this number of chunks the vector index is approximate (HNSW)."
    )
    judge: str = Field(
        default="", description="Language model that judges answers in evals, as provider:model; none is needed."
    )
    judge_base_url: str = Field(default="", description="Server of that model, where it is not the provider's own.")
    threads: int = Field(default=0, ge=0, description="Threads for embedding; 0 means one per available core.")

    chat_model: str = Field(
        default=EXTRACTIVE,
        description="What answers: extractive (no language model), local:NAME, bedrock_converse:MODEL, ollama:MODEL,"
        " openai:MODEL, or another provider:MODEL of LangChain's.",
        min_length=1,
    )
    chat_base_url: str = Field(default="", description="Server of the chat model, where it is not the provider's own.")
    chat_timeout_s: float = Field(default=60.0, gt=0, description="How long a chat model may be silent, in seconds.")
    chat_max_tokens: int = Field(default=700, ge=50, description="Longest reply of a chat model.")
    chat_context_characters: int = Field(
        default=0,
        ge=0,
        description="Characters of passages that a chat model reads; 0 means 500 for a local model, else 8,000.",
    )
    chat_min_confidence: float = Field(
        default=0.15,  # on the dev questions: 4 percent of the answerable ones and 27 of the others lie below
        ge=0,
        le=1,
        description="Below this confidence of the extractive answerer a question is refused without a chat model.",
    )
    grounding: str = Field(
        default="plain",
        description="What holds the sentences of a chat model against their sources: plain, or bedrock, which asks a"
        " guardrail about those that pass the plain check.",
        min_length=1,
    )
    price_table: dict[str, tuple[float, float]] = Field(
        default_factory=dict,
        description="US dollars for 1,000 tokens read and 1,000 written, by chat model, as JSON; none: cost unknown.",
    )

    aws_region: str = Field(default="", description="Region of Bedrock and S3; empty: as boto3 finds it.")
    aws_profile: str = Field(default="", description="Profile of the AWS credentials; empty: as boto3 finds them.")
    bedrock_endpoint_url: str = Field(default="", description="Bedrock's address, where it is not that of the region.")
    s3_endpoint_url: str = Field(default="", description="S3's address, where it is not that of the region.")
    guardrail_id: str = Field(default="", description="Bedrock guardrail applied to what is asked and answered.")
    guardrail_version: str = Field(default="", description="Version of that guardrail.")

    models_home: Path = Field(default=Path("~/.openbook/models"), description="Folder of downloaded local models.")
    local_context_tokens: int = Field(default=4096, ge=512, description="Tokens that a local model reads and writes.")
    local_idle_s: float = Field(default=300.0, ge=0, description="Seconds after which an idle local model is unloaded.")
    local_queue: int = Field(default=4, ge=0, description="Questions that may wait for a busy local model.")

    api_rate: str = Field(default="120/minute", description="Requests that a key of the API may make, as 5/second.")
    api_threads: int = Field(default=4, ge=1, description="Questions that the API answers at once; others wait.")
    api_wait_s: float = Field(default=10.0, gt=0, description="How long a question to the API waits for others.")
    api_max_body_kb: int = Field(default=64, ge=1, description="Larger requests to the API are refused.")
    api_stream_kept_s: float = Field(
        default=60.0, ge=0, description="How long a streamed answer can be read again after its end."
    )

    @property
    def library_path(self) -> Path:
        """The SQLite file of the library."""
        return self.home.expanduser() / "library.db"

    @property
    def state(self) -> Path | str:
        """The database of conversations: a file of SQLite, or a URL."""
        return self.database_url.get_secret_value() or self.home.expanduser() / "state.db"

    @property
    def answers_by_chat(self) -> bool:
        """Whether a language model answers."""
        return self.chat_model != EXTRACTIVE


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        ConfigError: a value is not valid; the message names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"OPENBOOK_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise ConfigError("Invalid settings. " + "; ".join(lines)) from error


def without_reader(settings: Settings) -> Settings:
    """Return the settings for answers that no reader has a part in."""
    reranker = "none" if settings.reranker == READER else settings.reranker
    return settings.model_copy(update={"reader": "none", "reranker": reranker})
