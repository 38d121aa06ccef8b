"""The preview of any stack: resources, findings and what is priced of them.

What a stack is for, how much it is used and what has to come back isn't known of it, as it is of an
environment: so there is neither energy nor recovery, and of the cost the part that the resources tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modelyard.account.load import is_account
from modelyard_policies.engine import evaluate
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Report
from modelyard_preview.account import AccountPreview, account_preview_of
from modelyard_preview.analyses import stack_cost
from modelyard_preview.changes import Changes
from modelyard_preview.cost.model import Cost
from modelyard_preview.environment import SCHEMA, Base, Preview, preview_of
from modelyard_preview.subjects import Subject


@dataclass(frozen=True, slots=True)
class StackPreview:
    """What a stack would have, or has."""

    subject: Subject
    policy: Report
    cost: Cost
    changes: Changes | None = None
    """What an `up` would do to what a base has; none without a base."""

    def as_json(self) -> dict[str, Any]:
        """The document of schema modelyard.preview/1: without energy and recovery."""
        return {
            "schema": SCHEMA,
            **self.subject.as_json(),
            "resources": self.subject.graph.as_json(),
            **self.policy.as_json(),
            "cost": self.cost.as_json(),
            "energy": None,
            "recovery": None,
            "changes": self.changes.as_json() if self.changes else None,
        }


def preview_subject(subject: Subject, base: Base | None = None) -> Preview | AccountPreview | StackPreview:
    """Everything that is known of a subject; with a base, what changes."""
    spec, graph = subject.spec, subject.graph
    if spec is None:
        changes = base.changes_to(graph) if base else None
        cost = stack_cost(graph, subject.region)
        return StackPreview(subject, evaluate(graph, all_rules()), cost, changes)
    if is_account(spec):
        return account_preview_of(spec, graph, base)
    return preview_of(spec, graph, base)
