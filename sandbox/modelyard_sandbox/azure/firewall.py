"""Azure Firewall, its policies and their rules."""

from __future__ import annotations

from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.network import API_VERSION, NETWORK_PATH, RESOURCE
from modelyard_sandbox.azure.translate import Form

POLICY_PATH = f"{NETWORK_PATH}/firewallPolicies/{{firewallPolicyName}}"
ITEM = frozenset({"id", "name", "type", "etag"})
CONFIGURATION = Form(
    ITEM,
    read_only=frozenset(
        {*ITEM - {"name"}, "privateIPAddress", "privateIPAllocationMethod", "provisioningState"}
    ),
)


class AzureFirewall(ArmHandler):
    """A firewall in a virtual network. It filters nothing; one in a virtual hub, and rules of its own beside
    a policy, aren't known.
    """

    type = "azure-native:network:AzureFirewall"
    path = f"{NETWORK_PATH}/azureFirewalls/{{azureFirewallName}}"
    api_version = API_VERSION
    form = Form(
        RESOURCE | {"zones"},
        inner={"ipConfigurations": CONFIGURATION, "managementIpConfiguration": CONFIGURATION},
    )
    body = frozenset(
        {
            "firewallPolicy",
            "ipConfigurations",
            "location",
            "managementIpConfiguration",
            "sku",
            "tags",
            "threatIntelMode",
            "zones",
        }
    )
    fixed = frozenset({"location"})
    name_input = "azureFirewallName"
    listed_at = "providers/Microsoft.Network/azureFirewalls"
    chosen = frozenset({"location", "sku", "threatIntelMode"})
    enriched = frozenset({"ipConfigurations", "managementIpConfiguration"})
    changing_outputs = frozenset({"etag"})


class FirewallPolicy(ArmHandler):
    """A firewall policy. Base policies, insights, an explicit proxy and inspection of TLS aren't known."""

    type = "azure-native:network:FirewallPolicy"
    path = POLICY_PATH
    api_version = API_VERSION
    form = Form(RESOURCE | {"identity"})
    body = frozenset(
        {
            "dnsSettings",
            "intrusionDetection",
            "location",
            "sku",
            "tags",
            "threatIntelMode",
            "threatIntelWhitelist",
        }
    )
    fixed = frozenset({"location"})
    name_input = "firewallPolicyName"
    listed_at = "providers/Microsoft.Network/firewallPolicies"
    chosen = frozenset({"location", "sku", "threatIntelMode"})
    changing_outputs = frozenset({"etag", "firewalls", "ruleCollectionGroups"})


class FirewallPolicyRuleCollectionGroup(ArmHandler):
    """Rules of a firewall policy, which let nothing through and stop nothing. FQDN tags, and which
    regions a service tag has, aren't checked.
    """

    type = "azure-native:network:FirewallPolicyRuleCollectionGroup"
    path = f"{POLICY_PATH}/ruleCollectionGroups/{{ruleCollectionGroupName}}"
    api_version = API_VERSION
    form = Form(ITEM)
    body = frozenset({"priority", "ruleCollections"})
    name_input = "ruleCollectionGroupName"
    changing_outputs = frozenset({"etag"})
