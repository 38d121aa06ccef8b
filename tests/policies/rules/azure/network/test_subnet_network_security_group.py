from modelyard_policies.azure.types import NETWORK_SECURITY_GROUP, SUBNET, VIRTUAL_NETWORK
from modelyard_policies.graph import UNKNOWN


def subnet(token=SUBNET, **properties):
    return {"nodes": (token, {"subnetName": "nodes", **properties})}


def network(*subnets):
    return {"net": (VIRTUAL_NETWORK, {"subnets": list(subnets)})}


GUARDED = {"networkSecurityGroup": {"id": UNKNOWN}}
MISSING = "networkSecurityGroup: no network security group guards this subnet"

CASES = {
    "bad": {
        "none": (subnet(), f"nodes: {MISSING}"),
        "none, of an older API": (
            subnet("azure-native:network/v20230201:Subnet"),
            f"nodes: {MISSING}",
        ),
        "an empty one": (subnet(networkSecurityGroup={}), f"nodes: {MISSING}"),
        "one of two in a network": (
            network({"name": "a", **GUARDED}, {"name": "b"}),
            f"net: subnets[1].{MISSING}",
        ),
        "one beside another that isn't known": (
            network({"name": "a", "networkSecurityGroup": UNKNOWN}, {"name": "b"}),
            f"net: subnets[1].{MISSING}",
        ),
    },
    "good": {
        "one": (
            {
                "group": (NETWORK_SECURITY_GROUP, {}),
                **subnet(**GUARDED),
            },
        ),
        "one, whatever the subnet is called": (subnet(subnetName=UNKNOWN, **GUARDED),),
        "a network's": (network({"name": "a", **GUARDED}),),
        "a gateway's beside it": (network({"name": "GatewaySubnet"}, {"name": "a", **GUARDED}),),
    },
    "unknown": {
        "a name that isn't known": (
            subnet(subnetName=UNKNOWN),
            "nodes: subnetName: can't be judged: not known before the deployment",
        ),
        "a group that may be none": (
            subnet(networkSecurityGroup=UNKNOWN),
            "nodes: networkSecurityGroup: can't be judged: not known before the deployment",
        ),
        "subnets that aren't known": (
            {"net": (VIRTUAL_NETWORK, {"subnets": UNKNOWN})},
            "net: subnets: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a gateway's": (subnet(subnetName="GatewaySubnet"),),
        "a firewall's": (subnet(subnetName="AzureFirewallSubnet"),),
        "Bastion's, in a network": (network({"name": "AzureBastionSubnet"}),),
        "a network whose subnets stand by themselves": ({"net": (VIRTUAL_NETWORK, {})},),
    },
}


def test_verdict(case, check):
    check("NW13", case)
