"""The plans of Microsoft Defender for Cloud (REST reference of Pricings, 2024-01-01; as of 2026-11).

Every plan stands in every subscription, free until somebody sets it. None can be deleted there, in Azure's
words of Azure/terraform-provider-azapi#818.
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import SUBSCRIPTION, ResourceId
from modelyard_sandbox.azure.manager.kinds import Kind, Write, envelope, filled
from modelyard_sandbox.azure.manager.shapes import many, mapping, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

PRICING = "Microsoft.Security/pricings"
SUB_PLANS: dict[str, tuple[str, ...]] = {
    "Api": ("P1", "P2", "P3", "P4", "P5"),
    "AppServices": (),
    "Arm": ("PerSubscription", "PerApiCall"),
    "CloudPosture": (),
    "ContainerRegistry": (),
    "Containers": (),
    "CosmosDbs": (),
    "Dns": (),
    "KeyVaults": ("PerKeyVault", "PerTransaction"),
    "KubernetesService": (),
    "OpenSourceRelationalDatabases": (),
    "SqlServerVirtualMachines": (),
    "SqlServers": (),
    "StorageAccounts": ("DefenderForStorageV2", "PerStorageAccount", "PerTransaction"),
    "VirtualMachines": ("P2", "P1"),
}
"""Which ways of paying each plan has; the first is what it means to name none."""
EXTENSIONS = {
    "CloudPosture": frozenset(
        {
            "AgentlessDiscoveryForKubernetes",
            "AgentlessVmScanning",
            "ApiPosture",
            "ContainerRegistriesVulnerabilityAssessments",
            "EntraPermissionsManagement",
            "SensitiveDataDiscovery",
        }
    ),
    "Containers": frozenset(
        {
            "AgentlessDiscoveryForKubernetes",
            "AgentlessVmScanning",
            "ContainerRegistriesVulnerabilityAssessments",
            "ContainerSensor",
        }
    ),
    "StorageAccounts": frozenset({"OnUploadMalwareScanning", "SensitiveDataDiscovery"}),
    "VirtualMachines": frozenset(
        {"AgentlessVmScanning", "FileIntegrityMonitoring", "MdeDesignatedSubscription"}
    ),
}
"""Extensions of the plans that have some."""
TRUTH = text("True", "False")


class Pricing(Kind):
    """A plan of a subscription."""

    type = PRICING
    api_versions = ("2022-03-01", "2023-01-01", "2024-01-01")
    parent_type = ""
    located = False
    patched = False
    shape = envelope(
        "Pricing",
        record(
            "PricingProperties",
            {
                "enforce": TRUTH,
                "extensions": many(
                    record(
                        "Extension",
                        {
                            "additionalExtensionProperties": mapping(text()),
                            "isEnabled": TRUTH,
                            "name": text(),
                        },
                        ("isEnabled", "name"),
                        ("operationStatus",),
                    )
                ),
                "pricingTier": text("Free", "Standard"),
                "subPlan": text(),
            },
            required=("pricingTier",),
            read_only=(
                *("deprecated", "enablementTime", "freeTrialRemainingTime", "inherited", "inheritedFrom"),
                *("replacedBy", "resourcesCoverageStatus"),
            ),
        ),
        required=("properties",),
    )

    @override
    def check_name(self, name: str) -> None:
        if name.lower() not in (plan.lower() for plan in SUB_PLANS):
            raise bad_request(
                "InvalidInputJson",
                f"The name '{name}' is not a valid name. Possible pricing bundle names: "
                f"{', '.join(SUB_PLANS)}.",
                "pricingName",
            )

    @override
    def settle(self, write: Write) -> Body:
        if write.id.parent is None or write.id.parent.type != SUBSCRIPTION:
            raise bad_request(
                "InvalidUrlConfiguration", "The sandbox has plans of subscriptions only.", "scopeId"
            )
        plan = next(plan for plan in SUB_PLANS if plan.lower() == write.id.name.lower())
        asked = filled(write.properties, {"enforce": "False"})
        if asked["pricingTier"] == "Free":
            kept = {name: value for name, value in asked.items() if name not in ("subPlan", "extensions")}
            return {**write.asked, "properties": kept}
        _check_sub_plan(plan, asked.get("subPlan"))
        _check_extensions(plan, asked)
        chosen = {"subPlan": SUB_PLANS[plan][0]} if SUB_PLANS[plan] else {}
        return {**write.asked, "properties": filled(asked, chosen)}

    @override
    def standing(self, store: Store, id_: ResourceId) -> Resource | None:
        found = store.get(id_)
        if found is not None:
            return found
        known = any(plan.lower() == id_.name.lower() for plan in SUB_PLANS)
        if not known or id_.parent is None or id_.parent.type != SUBSCRIPTION:
            return None
        body: Body = {"properties": {"enforce": "False", "pricingTier": "Free"}}
        return Resource(id_, body, store.now(), store.now())

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        raise bad_request(
            "InvalidUrlConfiguration",
            "Delete operation is supported only for single resources scope (not subscriptions). Use PUT to "
            "Enabled or Disable specific pricing bundles on a subscription.",
        )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties: Body = {
            **resource.properties,
            "freeTrialRemainingTime": "PT0S",
            "resourcesCoverageStatus": "FullyCovered",
        }
        if properties["pricingTier"] == "Standard":
            properties["enablementTime"] = timestamp(resource.created)
        else:
            properties["resourcesCoverageStatus"] = "NotCovered"
        return {**super().answer(store, resource), "properties": properties}


def _check_sub_plan(plan: str, sub_plan: str | None) -> None:
    if sub_plan is not None and sub_plan not in SUB_PLANS[plan]:
        allowed = ", ".join(SUB_PLANS[plan]) or "none"
        raise _refused(
            f"The sub plan '{sub_plan}' is not one of '{plan}', which has: {allowed}.", "properties.subPlan"
        )


def _check_extensions(plan: str, asked: Body) -> None:
    known = EXTENSIONS.get(plan, frozenset[str]())
    if plan == "StorageAccounts" and asked.get("subPlan", SUB_PLANS[plan][0]) != SUB_PLANS[plan][0]:
        known = frozenset[str]()
    for at, extension in enumerate(asked.get("extensions", [])):
        if extension["name"] not in known:
            allowed = ", ".join(sorted(known)) or "none"
            raise _refused(
                f"The extension '{extension['name']}' is not one of '{plan}', which has: {allowed}.",
                f"properties.extensions[{at}].name",
            )


def _refused(message: str, target: str) -> ArmError:
    return bad_request("InvalidInputJson", message, target)
