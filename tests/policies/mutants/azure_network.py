"""Mutants of networks on Azure."""

from mutating import Mutant, drop, put
from mutating.azure import on_azure

GROUP = "NetworkSecurityGroup nodes"
RULE = "SecurityRule ssh"
NETWORK = "VirtualNetwork ml"
SUBNET = "Subnet nodes"
INTERFACE = "NetworkInterface login"
SCALE_SET = "VirtualMachineScaleSet h100"
CONFIGURED = "virtualMachineProfile.networkProfile.networkInterfaceConfigurations[0]"
FLOW_LOG = "FlowLog ml"

MUTANTS: dict[str, list[Mutant]] = {
    "NW12": [
        on_azure(
            "SSH",
            put(GROUP, "securityRules[1].destinationPortRange", "22"),
            fails=f"{GROUP}: securityRules[1].sourceAddressPrefix",
        ),
        on_azure(
            "every port, for the denial comes after it",
            put(GROUP, "securityRules[1].destinationPortRange", "*"),
            put(GROUP, "securityRules[0].priority", 250),
            fails=f"{GROUP}: securityRules[1].sourceAddressPrefix",
        ),
        on_azure(
            "by a rule of its own",
            put(RULE, "sourceAddressPrefixes", ["10.0.0.0/8", "0.0.0.0/0"]),
        ),
    ],
    "NW13": [
        on_azure("a subnet", drop(SUBNET, "networkSecurityGroup")),
        on_azure("a subnet in a network", drop(NETWORK, "subnets[0].networkSecurityGroup")),
    ],
    "NW14": [
        on_azure("a subnet", put(SUBNET, "defaultOutboundAccess", True)),
        on_azure("a subnet in a network, by default", drop(NETWORK, "subnets[0].defaultOutboundAccess")),
    ],
    "NW15": [
        on_azure("off", put(FLOW_LOG, "enabled", False)),
        on_azure("for a month", put(FLOW_LOG, "retentionPolicy.days", 30)),
        on_azure("none", drop(FLOW_LOG), fails=NETWORK),
        on_azure("of another network", put(FLOW_LOG, "targetResourceId", "/another"), fails=NETWORK),
    ],
    "NW16": [
        on_azure(
            "a public address", put(INTERFACE, "ipConfigurations[0].publicIPAddress", {"id": "/address"})
        ),
        on_azure("it forwards", put(INTERFACE, "enableIPForwarding", True)),
        on_azure(
            "nodes have public addresses",
            put(
                SCALE_SET,
                f"{CONFIGURED}.ipConfigurations[0].publicIPAddressConfiguration",
                {"name": "public"},
            ),
        ),
    ],
}
