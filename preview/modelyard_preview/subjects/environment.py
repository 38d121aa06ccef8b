"""An environment, or an account, of modelyard's own."""

from __future__ import annotations

from pathlib import Path

from modelyard.account.load import StackSpec, is_account, load_stack
from modelyard_preview.environment import run_environment
from modelyard_preview.program import find_program
from modelyard_preview.subjects.notes import Notes, Said
from modelyard_preview.subjects.subject import Kind, Subject


def from_environment(reference: str | Path) -> Subject:
    """The environment or account of a name or a file. Raises InputError."""
    spec = load_stack(reference)
    result = run_environment(spec, program=find_program(reference))
    return Subject(
        name=spec.name,
        kind=_kind_of(spec),
        graph=result.graph,
        cloud=spec.cloud,
        region=spec.regions.primary,
        spec=spec,
        notes=Notes(messages=tuple(Said(each.severity, each.text) for each in result.messages)),
    )


def _kind_of(spec: StackSpec) -> Kind:
    return "account" if is_account(spec) else "environment"
