"""The plans of Microsoft Defender for Cloud."""

from __future__ import annotations

from types import MappingProxyType

from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.translate import Form


class Pricing(ArmHandler):
    """A plan of a subscription, which is there from the start, free, and can't be deleted.

    So it can't be made either: azure-native asks whether there is one before it makes one, and takes over
    what it finds only where the API has no deletion, which this one has for single machines (provider 3.29,
    `CanCreate` and `isSingleton`). A program imports it, by the option `import` or by `pulumi import`.

    Nothing is protected or found. Not checked: what extensions are given, whether another plan is being
    changed, and plans of single machines.
    """

    type = "azure-native:security:Pricing"
    path = "/{scopeId}/providers/Microsoft.Security/pricings/{pricingName}"
    api_version = "2024-01-01"
    form = Form(
        frozenset({"id", "name", "systemData", "type"}),
        inner={"extensions": Form(read_only=frozenset({"operationStatus"}))},
    )
    body = frozenset({"enforce", "extensions", "pricingTier", "subPlan"})
    needed = frozenset({"pricingTier"})
    name_input = "pricingName"
    chosen = frozenset({"subPlan"})
    assumed = MappingProxyType({"enforce": "False"})
    changing_outputs = frozenset({"enablementTime", "resourcesCoverageStatus"})
