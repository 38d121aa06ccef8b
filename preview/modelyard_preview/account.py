"""The preview of an account: resources, findings and cost. It has neither pools nor stores to come back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.account.load import StackSpec, is_account
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import Graph
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Report
from modelyard_preview.analyses import account_cost
from modelyard_preview.changes import Changes
from modelyard_preview.cost.model import Cost
from modelyard_preview.environment import SCHEMA, Base, Preview, preview_environment, run_environment

if TYPE_CHECKING:
    from modelyard.account.spec import AwsAccount


@dataclass(frozen=True, slots=True)
class AccountPreview:
    """What an account would have."""

    account: AwsAccount
    graph: Graph
    policy: Report
    cost: Cost
    changes: Changes | None = None
    """What an `up` would do to what a base has; none without a base."""

    def as_json(self) -> dict[str, Any]:
        """The document of schema modelyard.preview/1: without an environment, energy and recovery."""
        return {
            "schema": SCHEMA,
            "environment": None,
            "account": self.account.name,
            "cloud": self.account.cloud,
            "resources": self.graph.as_json(),
            **self.policy.as_json(),
            "cost": self.cost.as_json(),
            "energy": None,
            "recovery": None,
            "changes": self.changes.as_json() if self.changes else None,
        }


def preview_stack(spec: StackSpec, *, program: Path, base: Base | None = None) -> Preview | AccountPreview:
    """Everything that is known of an environment or an account before it exists; with a base, what changes.

    Raises:
        InputError: the program raises something, or can't be run here.
    """
    if not is_account(spec):
        return preview_environment(spec, program=program, base=base)
    return account_preview_of(spec, run_environment(spec, program=program).graph, base)


def account_preview_of(account: AwsAccount, graph: Graph, base: Base | None = None) -> AccountPreview:
    """Everything that can be said of an account by its resources; with a base, what changes."""
    cost = account_cost(graph, account)
    changes = base.changes_to(graph) if base else None
    return AccountPreview(account, graph, evaluate(graph, all_rules()), cost, changes)
