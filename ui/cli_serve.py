"""`openbook serve`: the REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import ConfigError
from ui.cli_options import read_settings

if TYPE_CHECKING:
    from rag.settings import Settings

_LOG = "%(asctime)s %(levelname)s %(request_id)s %(message)s"


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8000,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Ask for no key; on loopback only.")] = False,
    grace: Annotated[int, typer.Option(min=0, metavar="SECONDS", help="How long a stop waits for answers.")] = 30,
) -> None:
    """Serve the REST API; the first start makes an admin key and prints it, once."""
    import uvicorn

    from api.app import create_app
    from api.caller import is_loopback

    if no_auth and not is_loopback(host):
        raise ConfigError(
            f"--no-auth on {host} would let anyone in who can reach it. Leave --no-auth away, or listen on 127.0.0.1."
        )
    settings = read_settings()
    app = create_app(settings, auth=not no_auth)
    if not no_auth:
        _make_first_key(settings)
    _log_with_request_ids()
    # uvicorn's own log of requests would hold the questions of GET /v1/search.
    uvicorn.run(
        app, host=host, port=port, access_log=False, ws="none", server_header=False, log_config=None,
        timeout_graceful_shutdown=grace,
    )  # fmt: skip


def _make_first_key(settings: Settings) -> None:
    """Make an admin key where there has never been a key, and print it."""
    import sys
    from datetime import UTC, datetime

    from rag.access.keys import Permission, new_key
    from rag.adapters.terminal import err
    from rag.bootstrap import make_api_keys

    key, token = new_key("admin", Permission.ADMIN, datetime.now(UTC))
    store = make_api_keys(settings)
    try:
        made = store.add_first(key)
    finally:
        store.close()
    if made:
        sys.stdout.write(f"{token}\n")
        sys.stdout.flush()
        err().print("This is the first key, of scope admin. Keep it now: it is not shown again.")


def _log_with_request_ids() -> None:
    import logging

    from api.guard import WithRequestId

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(_LOG))
    handler.addFilter(WithRequestId())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in ("api", "uvicorn"):
        logging.getLogger(name).setLevel(logging.INFO)
