"""Pages of HTML: one file each, with its style inside, that loads nothing and in which all text stays text."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def render(template: str, **values: object) -> str:
    """Fill a template of `evals/report/templates`; every value is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = (_TEMPLATES / "page.js").read_text("utf-8")
    ours = {"script": Markup(script), "script_hash": _source_hash(script)}  # noqa: S704 - a file of this package
    return environment.get_template(template).render(values | ours) + "\n"


def _source_hash(script: str) -> str:
    """Return what lets a content security policy admit this script and no other: https://www.w3.org/TR/CSP3/."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
