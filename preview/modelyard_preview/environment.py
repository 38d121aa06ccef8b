"""The preview of an environment: its program, run in process, and what can be said of the result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.account.load import StackSpec, config_of
from modelyard.environment.clouds import Environment
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import Graph
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Report
from modelyard_preview.analyses import analyse
from modelyard_preview.changes import Changes, compare
from modelyard_preview.engine import RunResult, run_program
from modelyard_preview.program import project_around
from modelyard_preview.program_faults import program_faults

if TYPE_CHECKING:
    from modelyard_preview.cost.model import Cost
    from modelyard_preview.energy import Energy
    from modelyard_preview.recovery import Recovery

SCHEMA = "modelyard.preview/1"


@dataclass(frozen=True, slots=True)
class Base:
    """What a preview is compared with."""

    name: str
    graph: Graph

    def changes_to(self, graph: Graph) -> Changes:
        """What an `up` of that graph would do to it."""
        return compare(self.graph, graph, self.name)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an environment would be."""

    environment: Environment
    graph: Graph
    policy: Report
    cost: Cost
    energy: Energy
    recovery: Recovery
    changes: Changes | None = None
    """What an `up` would do to what a base has; none without a base."""

    def as_json(self) -> dict[str, Any]:
        """The document of schema modelyard.preview/1."""
        return {
            "schema": SCHEMA,
            "environment": self.environment.name,
            "account": None,
            "cloud": self.environment.cloud,
            "resources": self.graph.as_json(),
            **self.policy.as_json(),
            "cost": self.cost.as_json(),
            "energy": self.energy.as_json(),
            "recovery": self.recovery.as_json(),
            "changes": self.changes.as_json() if self.changes else None,
        }


def run_environment(environment: StackSpec, *, program: Path) -> RunResult:
    """Run the program of an environment, or of an account, without creating anything.

    Raises:
        InputError: the program raises something, or can't be run here.
    """
    project, root = project_around(program)
    with program_faults(program):
        return run_program(
            program,
            project=project,
            stack=environment.name,
            config=config_of(environment),
            root=root,
            cloud=environment.cloud,
        )


def preview_environment(environment: Environment, *, program: Path, base: Base | None = None) -> Preview:
    """Everything that is known of an environment before it exists; with a base, what changes.

    Raises:
        InputError: the program raises something, or can't be run here.
    """
    return preview_of(environment, run_environment(environment, program=program).graph, base)


def preview_of(environment: Environment, graph: Graph, base: Base | None = None) -> Preview:
    """Everything that can be said of an environment by its resources; with a base, what changes."""
    analyses = analyse(graph, environment)
    return Preview(
        environment=environment,
        graph=graph,
        policy=evaluate(graph, all_rules()),
        cost=analyses.cost,
        energy=analyses.energy,
        recovery=analyses.recovery,
        changes=base.changes_to(graph) if base else None,
    )
