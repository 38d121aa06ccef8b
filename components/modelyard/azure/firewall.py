"""The firewall that a network's nodes get out by."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.component import AzureComponent
from modelyard.azure.diagnostics import diagnose
from modelyard.azure.public_address import public_address
from modelyard.azure.regions import in_region
from modelyard.planning.azure.egress import COLLECTION_GROUP_PRIORITY, rule_collections
from modelyard.wiring.tokens import AZURE, token


class FirewallArgs(TypedDict):
    """Arguments of Firewall."""

    environment: str
    """Name of the environment; names begin with it."""
    resource_group_name: pulumi.Input[str]
    """Resource group of the network."""
    location: pulumi.Input[str]
    """Region of the network."""
    subnet: azure_native.network.Subnet
    """The subnet AzureFirewallSubnet."""
    node_range: str
    """Range of the subnet whose nodes get out."""
    allowed_domains: list[str]
    """Hosts that may be reached by HTTPS, beside what Machine Learning needs."""
    high_business_impact: bool
    """Whether the workspace is for such data."""
    tier: str
    """Standard or Premium."""
    zones: list[str]
    """Zones that it spans; none where the region has none."""
    log_workspace_id: pulumi.Input[str] | None
    """Log Analytics workspace that gets its logs. None: none does."""
    tags: Mapping[str, pulumi.Input[str]] | None
    """Tags of everything."""


class Firewall(AzureComponent):
    """An Azure Firewall with its policy: nodes reach what Machine Learning needs and the hosts allowed.

    Known-bad addresses are refused; Premium detects intrusions and refuses those as well, in what it can
    read: TLS isn't opened. A network takes one firewall: another tier, other zones or another network delete
    it before the new one is made, which takes some minutes in which nodes reach nothing outside.

    Part of Network, which plans its subnet.
    """

    private_ip: pulumi.Output[str]
    """Address inside the network that routes lead to."""

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token(AZURE, "Firewall"), name, {}, opts)
        self._name, self._args = name, args
        address = public_address(
            name,
            address_name=f"{args['environment']}-firewall",
            resource_group_name=args["resource_group_name"],
            location=args["location"],
            zones=args["zones"],
            tags=args["tags"],
            parent=self,
        )
        policy = self._policy()
        firewall = azure_native.network.AzureFirewall(
            name,
            azure_firewall_name=f"{args['environment']}-firewall",
            resource_group_name=args["resource_group_name"],
            location=args["location"],
            sku={"name": "AZFW_VNet", "tier": args["tier"]},
            threat_intel_mode="Deny",
            firewall_policy={"id": policy.id},
            ip_configurations=[
                {
                    "name": "way-out",
                    "subnet": {"id": args["subnet"].id},
                    "public_ip_address": {"id": address.id},
                }
            ],
            zones=args["zones"] or None,
            tags=args["tags"],
            opts=pulumi.ResourceOptions(
                parent=self,
                # Rules that change while a firewall is made are refused: they come first.
                depends_on=[self._rules(policy)],
                replace_on_changes=["sku", "zones", "location", "ipConfigurations[*].subnet"],
                delete_before_replace=True,
            ),
        )
        if (workspace := args["log_workspace_id"]) is not None:
            diagnose(name, firewall.id, workspace, parent=self)
            diagnose(f"{name}-address", address.id, workspace, parent=self)
        self.private_ip = firewall.ip_configurations.apply(
            lambda configurations: (configurations or [])[0].private_ip_address
        )
        self.register_outputs({"privateIp": self.private_ip})

    def _policy(self) -> azure_native.network.FirewallPolicy:
        args = self._args
        premium = args["tier"] == "Premium"
        return azure_native.network.FirewallPolicy(
            self._name,
            # A policy's tier can't be changed, so it is in the name: the new one is made beside the old.
            firewall_policy_name=f"{args['environment']}-firewall-{args['tier'].lower()}",
            resource_group_name=args["resource_group_name"],
            location=args["location"],
            sku={"tier": args["tier"]},
            threat_intel_mode="Deny",
            intrusion_detection={"mode": "Deny"} if premium else None,
            tags=args["tags"],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _rules(
        self, policy: azure_native.network.FirewallPolicy
    ) -> azure_native.network.FirewallPolicyRuleCollectionGroup:
        args = self._args
        return azure_native.network.FirewallPolicyRuleCollectionGroup(
            self._name,
            rule_collection_group_name="egress",
            firewall_policy_name=policy.name,
            resource_group_name=args["resource_group_name"],
            priority=COLLECTION_GROUP_PRIORITY,
            rule_collections=in_region(
                args["location"],
                lambda region: rule_collections(
                    region, args["node_range"], args["allowed_domains"], args["high_business_impact"]
                ),
            ),
            # Rules for another range come once the network has it: a protected one refuses it.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args["subnet"]]),
        )
