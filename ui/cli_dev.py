"""Tools for development: `openbook dev`."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli_output import show_hanging

dev_app = typer.Typer(add_completion=False, no_args_is_help=True, help="Tools for development.")


@dev_app.callback()
def _dev() -> None:
    """Tools for development."""


@dev_app.command("fake-bedrock")
def fake_bedrock(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 8199,
    scenario: Annotated[str, typer.Option(help="What goes wrong; another name shows which there are.")] = "normal",
) -> None:
    """Run a stand-in for Amazon Bedrock on this machine, to try the Bedrock path without an account."""
    from rag.dev.fake_bedrock import serve

    try:
        serve(port, scenario, _show_settings)
    except KeyboardInterrupt:
        raise typer.Exit from None


def _show_settings(url: str) -> None:
    for line in (
        f"A stand-in for Amazon Bedrock listens at {url}. Set in another terminal:",
        f"  export OPENBOOK_BEDROCK_ENDPOINT_URL={url} OPENBOOK_AWS_REGION=us-east-1",
        "  export AWS_ACCESS_KEY_ID=stand-in AWS_SECRET_ACCESS_KEY=stand-in",
        "  export OPENBOOK_CHAT_MODEL=bedrock_converse:us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ):
        show_hanging(line)
