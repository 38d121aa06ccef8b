"""What a resource on Azure costs for being there, by its type: one function a type that is paid for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelyard.catalog.fact import HOURS_PER_MONTH
from modelyard.planning.azure.clusters import CUSTOMER_KEY_COST, CUSTOMER_KEY_RESOURCES
from modelyard_policies.graph import Node, canonical
from modelyard_preview.azure.cost.free import FREE_TYPES, PRICED_ELSEWHERE
from modelyard_preview.cost.charges import Charge
from modelyard_preview.cost.model import Amounts, Unpriced
from modelyard_preview.cost.pricing import Pricer, Pricing

_HOURS = Amounts.always(float(HOURS_PER_MONTH))
_DAYS = Amounts.always(HOURS_PER_MONTH / 24)
_MONTH = Amounts.always(1.0)


def resource_charges(node: Node, default_region: str) -> Iterator[Charge | Unpriced]:
    """What a resource is charged for, apart from pools and stores."""
    if canonical(node.type) == _WORKSPACE:
        yield from _made_by_the_workspace(node)
    yield from _PRICING.charges(node, default_region)


def used_charges(node: Node) -> Iterator[Unpriced]:
    """What a resource of a stack costs by its use, which only an environment states; nothing for others."""
    found = _USED.get(canonical(node.type))
    if found is not None:
        yield Unpriced(found[0], (node.urn,), found[1])


def _made_by_the_workspace(node: Node) -> Iterator[Unpriced]:
    """What a workspace with a customer's key makes beside itself."""
    encryption = node.properties.get("encryption")
    if not isinstance(encryption, dict) or encryption.get("status") != "Enabled":
        return
    services = ", ".join(each.service for each in CUSTOMER_KEY_RESOURCES)
    cost = CUSTOMER_KEY_COST
    told = f"{cost.source} of {cost.as_of} tells of {cost.value:.0f} {cost.unit}"
    what = f"what a workspace with its own key makes ({services})"
    yield Unpriced(what, (node.urn,), f"Microsoft states no figure; {told}")


def _nat_gateway(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    yield Charge("NAT gateways", "nat_gateway_hour", region, _HOURS, (node.urn,))
    yield Unpriced("data through NAT gateways", (node.urn,), "how much there is isn't stated")


def _address(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    yield Charge("public IPv4 addresses", "public_ipv4_hour", region, _HOURS, (node.urn,))


def _endpoint(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    yield Charge("private endpoints", "private_endpoint_hour", region, _HOURS, (node.urn,))
    yield Unpriced("data through private endpoints", (node.urn,), "how much there is isn't stated")


def _zone(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    yield Charge("private DNS zones", "private_dns_zone_month", region, _MONTH, (node.urn,))
    yield Unpriced("queries to private DNS zones", (node.urn,), "how many there are isn't stated")


def _firewall(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    tier = _part(node.properties.get("sku"), "tier")
    items = {"Standard": "firewall_standard_hour", "Premium": "firewall_premium_hour"}
    if tier not in items:
        yield Unpriced("firewalls", (node.urn,), "its tier isn't known, or has no price in the catalog")
        return
    yield Charge(f"firewalls, {tier.lower()}", items[tier], region, _HOURS, (node.urn,))
    yield Unpriced("data through firewalls", (node.urn,), "how much there is isn't stated")


def _firewall_policy(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    yield Unpriced("firewall policies", (node.urn,), "free for one firewall, and the catalog knows no more")


def _registry(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    if _part(node.properties.get("sku"), "name") != "Premium":
        yield Unpriced("registries", (node.urn,), "the catalog has no price for its tier")
        return
    yield Charge("registries, premium", "registry_premium_day", region, _DAYS, (node.urn,))
    yield Unpriced("images beyond 500 GiB in registries", (node.urn,), "their size isn't stated")


def _registry_replica(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    yield Charge("replicas of registries", "registry_premium_day", region, _DAYS, (node.urn,))


def _vault(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    yield Unpriced("operations of key vaults", (node.urn,), "how many there are isn't stated")


def _key(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    kind = _part(node.properties.get("properties"), "kty")
    if isinstance(kind, str) and kind.endswith("-HSM"):
        yield Unpriced("keys in hardware security modules", (node.urn,), "no price known")


def _logs(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    yield Unpriced("logs, written and kept", (node.urn,), "how much is logged isn't stated")


def _flow_log(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    yield Unpriced("flow logs", (node.urn,), "how much is recorded isn't stated")


def _alert(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    yield Unpriced("alerts on metrics", (node.urn,), "no price known")


def _query_alert(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    yield Unpriced("alerts on logs", (node.urn,), "no price known")


def _copies(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    reason = "how much is written isn't stated: data to the other region, requests"
    yield Unpriced("objects copied to other regions", (node.urn,), reason)


def _defender(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    if node.properties.get("pricingTier") != "Free":
        reason = "it is paid for by what it watches in the whole subscription"
        yield Unpriced("plans of Microsoft Defender", (node.urn,), reason)


def _part(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


_AZURE = "azure-native:"
_WORKSPACE = f"{_AZURE}machinelearningservices:Workspace"

_USED = {
    f"{_AZURE}dataprotection:BackupInstance": ("backups kept", "how much is backed up isn't stated"),
    f"{_AZURE}machinelearningservices:Compute": ("machines of clusters", "how much they run isn't stated"),
    f"{_AZURE}storage:StorageAccount": ("accounts' content", "its size isn't stated"),
}
"""Types that cost by use."""

PRICERS: dict[str, Pricer] = {
    f"{_AZURE}{name}": pricer
    for name, pricer in {
        "applicationinsights:Component": _logs,
        "containerregistry:Registry": _registry,
        "containerregistry:Replication": _registry_replica,
        "keyvault:Key": _key,
        "keyvault:Vault": _vault,
        "monitor:DiagnosticSetting": _logs,
        "monitor:MetricAlert": _alert,
        "monitor:ScheduledQueryRule": _query_alert,
        "network:AzureFirewall": _firewall,
        "network:FirewallPolicy": _firewall_policy,
        "network:FlowLog": _flow_log,
        "network:NatGateway": _nat_gateway,
        "network:PrivateEndpoint": _endpoint,
        "network:PublicIPAddress": _address,
        "operationalinsights:Workspace": _logs,
        "privatedns:PrivateZone": _zone,
        "security:Pricing": _defender,
        "storage:ObjectReplicationPolicy": _copies,
    }.items()
}
"""Types that are paid for, and how. A new one needs a function and a line here."""

_PRICING = Pricing(PRICERS, FREE_TYPES, PRICED_ELSEWHERE)
