"""What a verdict is compared with: an earlier report, or the resources of the base, judged now."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from modelyard.errors import InputError, Problem
from modelyard_cli.subjects import Choice
from modelyard_policies.assessment import Assessment, Base
from modelyard_policies.comparison.base import BaseError, base_of
from modelyard_policies.graph import Graph
from modelyard_policies.reports.document import SCHEMA

Judge = Callable[[Graph], Assessment]
"""Judges a graph as the run's own is judged."""

_LARGEST = 64 << 20
_ALLOWED = (
    "what `modelyard check --format json`, `pulumi preview --json`, `pulumi stack export` or "
    "`modelyard preview --format json` wrote, or the YAML of an environment"
)


def read_base(reference: str, judge: Judge) -> Base:
    """The base of a file. Raises InputError."""
    if Path(reference).suffix in {".yaml", ".yml"}:
        from modelyard_preview.figures import figures_of_subject, values

        subject = Choice(environment=reference).load()
        figures = values(figures_of_subject(subject))
        return _judged(reference, judge(subject.graph), figures, subject.name)
    document = _report(reference)
    if document is not None and document.get("schema") == SCHEMA:
        try:
            return base_of(document, reference)
        except BaseError as error:
            raise _refused(reference, f"the report can't be read: {error}") from None
    from modelyard_preview.documents import read_document
    from modelyard_preview.figures import figures_of, values

    try:
        read = read_document(reference, option="--base")
    except InputError as error:
        raise InputError([replace(problem, allowed=_ALLOWED) for problem in error.problems]) from None
    return _judged(reference, judge(read.graph), values(figures_of(document or {})), read.name)


def about(base: Base, name: str) -> Iterator[str]:
    """What has to be known of a base beside `name`: that it is of another stack. Either may be called without
    its project.
    """
    whole = "/" in base.of and "/" in name
    ours, theirs = (name, base.of) if whole else (name.rpartition("/")[2], base.of.rpartition("/")[2])
    if base.of and ours != theirs:
        yield f"the base is of {base.of}, and this is {name}: only what both have is compared"


def _judged(name: str, found: Assessment, figures: dict[str, float | None], of: str) -> Base:
    return Base(name, found.findings, frozenset(found.rules), figures, of)


def _report(reference: str) -> dict[str, Any] | None:
    """The JSON object of a file; None for whatever isn't one, which is told when it is read as a document."""
    try:
        with Path(reference).open("rb") as stream:
            found = json.loads(stream.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def _refused(reference: str, message: str) -> InputError:
    allowed = f"JSON of {SCHEMA}, a preview, or a state"
    mend = "write it anew with `modelyard check ENV --format json`"
    return InputError([Problem("--base", reference, message, allowed, mend, reference)])
