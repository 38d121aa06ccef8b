"""What is said of an environment beyond its policies, by whatever cloud it is on: cost, energy, recovery.

What a cloud's analyses are made of is imported when an environment on it is looked at, and no sooner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelyard.environment.only import is_aws

if TYPE_CHECKING:
    from modelyard.account.spec import AwsAccount
    from modelyard.environment.clouds import Environment
    from modelyard_policies.graph import Graph
    from modelyard_preview.cost.model import Cost
    from modelyard_preview.energy import Energy
    from modelyard_preview.recovery import Recovery


@dataclass(frozen=True, slots=True)
class Analyses:
    """What an environment costs, draws and comes back from."""

    cost: Cost
    energy: Energy
    recovery: Recovery


def analyse(graph: Graph, environment: Environment) -> Analyses:
    """Everything that can be said of an environment by its resources and by what it says itself."""
    if is_aws(environment):
        from modelyard_preview.aws.energy import describe_energy
        from modelyard_preview.aws.recovery import describe_recovery
        from modelyard_preview.cost.estimate import estimate_cost

        cost, energy = estimate_cost(graph, environment), describe_energy(environment)
        return Analyses(cost, energy, describe_recovery(graph, environment))
    from modelyard_preview.azure.cost.estimate import estimate_cost as estimate_azure_cost
    from modelyard_preview.azure.energy import describe_energy as describe_azure_energy
    from modelyard_preview.azure.recovery import describe_recovery as describe_azure_recovery

    return Analyses(
        estimate_azure_cost(graph, environment),
        describe_azure_energy(environment),
        describe_azure_recovery(graph, environment),
    )


def account_cost(graph: Graph, account: AwsAccount) -> Cost:
    """What an account costs: it has neither pools nor stores of a stated size."""
    from modelyard_preview.cost.estimate import estimate_account_cost

    return estimate_account_cost(graph, account.regions.primary)


def stack_cost(graph: Graph, region: str | None) -> Cost:
    """What is priced of any stack. `region` is where resources are that name none; None if it isn't known."""
    from modelyard_preview.cost.stack import estimate_stack_cost

    return estimate_stack_cost(graph, region)
