"""Fixtures of tests of every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def stand_in_credentials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give boto3 credentials for the Bedrock stand-in, and hide the machine's own AWS configuration from it."""
    folder = tmp_path_factory.mktemp("aws")
    hidden = ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK")
    with pytest.MonkeyPatch.context() as patch:
        for name in hidden:
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIASTANDIN")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
        yield
