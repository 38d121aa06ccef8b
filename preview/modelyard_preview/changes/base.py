"""What a preview is compared with: an environment as it was, an earlier preview, or a stack's state."""

from __future__ import annotations

from pathlib import Path

from modelyard.account.load import load_stack
from modelyard_policies.graph import Graph
from modelyard_preview.documents import read_document
from modelyard_preview.environment import run_environment
from modelyard_preview.program import find_program


def read_base(reference: str, *, of_environment: str | None) -> Graph:
    """The graph to compare with.

    `reference` names JSON: what `modelyard preview --format json`, `pulumi preview --json` or `pulumi stack
    export` wrote. To compare an environment with, whose name or file is `of_environment`, it may also be the
    YAML of an environment or an account, for which the same program is run. Raises InputError.
    """
    if of_environment is None or Path(reference).suffix == ".json":
        return read_document(reference, option="--base").graph
    return run_environment(load_stack(reference), program=find_program(of_environment)).graph
