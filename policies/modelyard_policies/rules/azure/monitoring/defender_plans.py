"""Microsoft Defender for Cloud watches servers, containers, storage and key vaults.

Plans are a subscription's: they are missed in the stack that says it is the account's, and judged wherever
one is set. The older plans for Kubernetes and for registries are part of Containers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.aws.types import STACK
from modelyard_policies.azure.types import DEFENDER_PRICING
from modelyard_policies.declared import is_account_stack
from modelyard_policies.graph.types import AZURE
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, each, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class DefenderPlans(Options):
    """Which plans there have to be."""

    rule: ClassVar[str] = "defender-plans"
    plans: tuple[str, ...] = option(
        words(),
        ("VirtualMachines", "Containers", "StorageAccounts", "KeyVaults"),
        "Plans of Microsoft Defender for Cloud that have to be on, by their names in Azure's API",
    )


RULE = Rule(
    id="defender-plans",
    code="LM7",
    title="Microsoft Defender for Cloud is on for servers, containers, storage and key vaults",
    severity=Severity.MEDIUM,
    resources=(STACK, DEFENDER_PRICING),
    reads=(DEFENDER_PRICING,),
    options=DefenderPlans,
    why="Nobody is told of a stolen key that is used from elsewhere, or of a miner among the jobs.",
    mend="Give the account's stack a Pricing with pricingTier Standard for each plan in the option plans.",
    maps_to={
        "checkov": ["CKV_AZURE_55", "CKV_AZURE_84", "CKV_AZURE_85", "CKV_AZURE_86", "CKV_AZURE_87"],
        "cis_azure": ["3.1.3.1", "3.1.4.1", "3.1.5.1", "3.1.8.1"],
        "azure_policy": [
            "4da35fc9-c9e7-4960-aec9-797fe7d9051d",
            "1c988dd6-ade4-430f-a608-2a3e5b0a6d38",
            "640d2586-54d2-465f-877f-9ffc1d2109f4",
            "0e6763cc-5078-4e64-889d-ff4d9a839047",
        ],
        "mcsb": ["LT-1"],
    },
    snippet="""\
for plan in ("VirtualMachines", "Containers", "StorageAccounts", "KeyVaults"):
    azure.security.Pricing(
        plan,
        pricing_name=plan,
        pricing_tier="Standard",
        scope_id="subscriptions/00000000-0000-0000-0000-000000000000",
    )
""",
)


@RULE.applies
def is_asked_for(resource: Resource, graph: GraphView) -> bool:
    """A stack has to have plans only if it is the account's; of plans, those that there have to be count."""
    if resource.type == STACK:
        return is_account_stack(graph, AZURE)
    return _name(resource) in map(str.lower, graph.options(DefenderPlans).plans)


@RULE.check
def plans_are_on(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the stack for having each plan, and each plan for being on."""
    if resource.type == STACK:
        yield from each(graph.options(DefenderPlans).plans, lambda plan: _missing(resource, plan, graph))
    elif resource.text("pricingTier").strip().lower() != "standard":
        yield resource.failure("pricingTier", f"is {resource.shown('pricingTier')}, not Standard")


def _missing(stack: Resource, plan: str, graph: GraphView) -> Iterator[Failure]:
    if not some(graph.of_type(DEFENDER_PRICING), lambda pricing: _name(pricing) == plan.lower()):
        yield stack.failure("", f"no Pricing turns on the Defender plan {plan}")


def _name(pricing: Resource) -> str:
    return pricing.text("pricingName").strip().lower()
