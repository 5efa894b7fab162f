"""Settings: the only reader of the environment.

Every field is set by `OPENBOOK_<NAME>` in the environment or in a `.env` file in the working
folder. Built once per entrypoint and passed down.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import ConfigError


class Settings(BaseSettings):
    """What can be set."""

    model_config = SettingsConfigDict(env_prefix="OPENBOOK_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(default=Path("~/.openbook"), description="Folder of the library and its caches.")
    embedder: str = Field(
        default="minilm-int8",
        description="Embedder: minilm-int8 (ONNX, in-process) or sentence-transformers:FOLDER_OR_CACHED_NAME.",
    )
    course: str = Field(default="default", description="Course that ingest adds to when none is named.", min_length=1)
    top_k: int = Field(default=8, ge=1, le=100, description="Passages retrieved for a question.")
    candidates: int = Field(default=50, ge=1, le=1000, description="Chunks taken from each ranking before fusion.")
    chunk_characters: int = Field(default=900, ge=200, le=4000, description="Longest chunk, in characters.")
    max_file_mb: float = Field(default=32.0, gt=0, description="Larger files are refused.")
    max_question_characters: int = Field(default=2000, ge=50, description="Longer questions are refused.")
    exact_search_limit: int = Field(
        default=200_000, ge=0, description="Above this number of chunks the vector index is approximate (HNSW)."
    )
    judge: str = Field(
        default="", description="Language model that judges answers in evals, as provider:model; none is needed."
    )
    judge_base_url: str = Field(default="", description="Server of that model, where it is not the provider's own.")
    threads: int = Field(default=0, ge=0, description="Threads for embedding; 0 means one per available core.")

    @property
    def library_path(self) -> Path:
        """The SQLite file of the library."""
        return self.home.expanduser() / "library.db"


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
