from modelyard_policies.azure.types import SUBNET, VIRTUAL_NETWORK
from modelyard_policies.graph import UNKNOWN


def subnet(outbound=None, token=SUBNET, **properties):
    return {"nodes": (token, {"subnetName": "nodes", "defaultOutboundAccess": outbound, **properties})}


def network(*subnets, token=VIRTUAL_NETWORK):
    return {"net": (token, {"subnets": list(subnets)})}


NEWER = "azure-native_network_v20250701:network:{}"
UNSET = "defaultOutboundAccess: is unset, so machines get an outbound address"

CASES = {
    "bad": {
        "unset": (subnet(), f"nodes: {UNSET}"),
        "unset, of an older API": (subnet(token="azure-native:network/v20230601:Subnet"), f"nodes: {UNSET}"),
        "on": (
            subnet(True),
            "nodes: defaultOutboundAccess: is true, so machines get an outbound address",
        ),
        "on, where off is the default": (
            subnet(True, NEWER.format("Subnet")),
            "nodes: defaultOutboundAccess: is true, so machines get an outbound address",
        ),
        "one of two in a network": (
            network({"name": "a", "defaultOutboundAccess": False}, {"name": "b"}),
            f"net: subnets[1].{UNSET}",
        ),
        "one beside another that isn't known": (
            network({"name": "a", "defaultOutboundAccess": UNKNOWN}, {"name": "b"}),
            f"net: subnets[1].{UNSET}",
        ),
        "no delegation": (subnet(delegations=[]), f"nodes: {UNSET}"),
    },
    "good": {
        "off": (subnet(False),),
        "off, as text": (subnet("false"),),
        "off, whatever the subnet is called": (subnet(False, subnetName=UNKNOWN),),
        "unset, where off is the default": (subnet(token=NEWER.format("Subnet")),),
        "a network's, where off is the default": (
            network({"name": "a"}, token=NEWER.format("VirtualNetwork")),
        ),
        "a gateway's beside it": (
            network({"name": "GatewaySubnet"}, {"name": "a", "defaultOutboundAccess": False}),
        ),
    },
    "unknown": {
        "a setting that isn't known": (
            subnet(UNKNOWN),
            "nodes: defaultOutboundAccess: can't be judged: not known before the deployment",
        ),
        "a name that isn't known": (
            subnet(subnetName=UNKNOWN),
            "nodes: subnetName: can't be judged: not known before the deployment",
        ),
        "subnets that aren't known": (
            {"net": (VIRTUAL_NETWORK, {"subnets": UNKNOWN})},
            "net: subnets: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a gateway's": (subnet(subnetName="GatewaySubnet"),),
        "a service's": (subnet(delegations=[{"serviceName": "Microsoft.Web/serverFarms"}]),),
        "a service's, which isn't known": (subnet(delegations=[{"serviceName": UNKNOWN}]),),
        "a network whose subnets stand by themselves": ({"net": (VIRTUAL_NETWORK, {})},),
    },
}


def test_verdict(case, check):
    check("NW14", case)
