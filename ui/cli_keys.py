"""`openbook keys`: who may use the API."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from rag.access.keys import ApiKey, Permission, new_key
from rag.errors import ConfigError
from rag.types import LOCAL
from ui.cli_options import AsJson, read_settings

if TYPE_CHECKING:
    from rag.access.ports import ApiKeys

keys_app = typer.Typer(add_completion=False)


@keys_app.callback()
def _keys(context: typer.Context, json: AsJson = False) -> None:
    """List, create and revoke keys of the API; without a command, list them."""
    if context.invoked_subcommand is None:
        list_keys(json)


@keys_app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What you call it.", show_default=False)],
    scope: Annotated[
        Permission,
        typer.Option("--scope", help="ask: questions and own conversations; manage: also metrics; admin: all."),
    ],
    course: Annotated[
        list[str] | None,
        typer.Option("--course", "-c", help="Only this course; may be repeated.", show_default=False),
    ] = None,
    learner: Annotated[
        str,
        typer.Option(
            "--learner",
            help="Whose conversations it sees, instead of those of a learner called NAME.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Make a key and print it, once: only its hash is kept."""
    from rag.adapters.terminal import err

    name = name.strip()
    if not name or not name.isprintable():
        raise ConfigError("A key needs a name that can be printed, such as slack-bot.")
    if name == LOCAL and not learner:
        raise ConfigError(
            f"A key called '{LOCAL}' would see the conversations of this terminal. Take another name, or say so: "
            f"--learner {LOCAL}"
        )
    key, token = new_key(name, scope, datetime.now(UTC), tuple(dict.fromkeys(course or ())), learner)
    with open_keys() as store:
        store.add(key)
    sys.stdout.write(f"{token}\n")
    err().print("Keep it now: it is not shown again.", style="dim")


@keys_app.command("list")
def list_keys(json: AsJson = False) -> None:
    """List keys with what they may do and when they were used last."""
    from ui.cli_output import show_json

    with open_keys() as store:
        found = store.listed()
    show_json([_shown(one) for one in found]) if json else _show_keys(found)


@keys_app.command("revoke")
def revoke_key(
    wanted: Annotated[str, typer.Argument(metavar="ID_OR_NAME", show_default=False)],
) -> None:
    """End a key for good; what uses it is refused from the next request on."""
    from ui.cli_output import show_hanging

    with open_keys() as store:
        found = [one for one in store.listed() if one.revoked_at is None and wanted in (one.id, one.name)]
        if not found:
            raise ConfigError(f"There is no key '{wanted}' in force. `openbook keys` lists names and ids.")
        store.revoke(found[0].id, datetime.now(UTC))
    show_hanging(f"Revoked {found[0].name} ({found[0].id}).")


@contextmanager
def open_keys() -> Iterator[ApiKeys]:
    """Yield the stored keys."""
    from rag.bootstrap import make_api_keys

    keys = make_api_keys(read_settings())
    try:
        yield keys
    finally:
        keys.close()


def _shown(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scope": key.permission.value,
        "courses": key.courses,
        "learner": key.learner,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }


def _show_keys(found: Sequence[ApiKey]) -> None:
    from rich.text import Text

    from rag.adapters.terminal import out
    from ui.cli_output import columns, show_hanging

    if not found:
        show_hanging("No keys. `openbook keys create NAME --scope ask` makes one.", style="yellow")
        return
    table = columns("id", "name", "scope", "courses", "learner", "created", "last used", fold=("name", "courses"))
    for one in found:
        used = "revoked" if one.revoked_at else _local(one.last_used_at) if one.last_used_at else "never"
        table.add_row(
            Text(one.id, "cyan"), Text(one.name), one.permission.value, Text(", ".join(one.courses) or "all"),
            Text(one.learner), _local(one.created_at), used,
        )  # fmt: skip
    out().print(table)


def _local(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M}"
