from modelyard_policies.azure.types import ROUTE, ROUTE_TABLE, SUBNET, VIRTUAL_NETWORK
from modelyard_policies.graph import UNKNOWN


def subnet(outbound=None, token=SUBNET, **properties):
    return {"nodes": (token, {"subnetName": "nodes", "defaultOutboundAccess": outbound, **properties})}


def network(*subnets, token=VIRTUAL_NETWORK):
    return {"net": (token, {"subnets": list(subnets)})}


TABLE = "/subscriptions/0000/resourceGroups/net/providers/Microsoft.Network/routeTables/spoke"


def routed(hop="VirtualAppliance", prefix="0.0.0.0/0", **properties):
    """A subnet whose table has one route."""
    route = {"addressPrefix": prefix, "nextHopType": hop}
    return {
        **subnet(routeTable={"id": TABLE}, **properties),
        "table": (ROUTE_TABLE, {"routeTableName": "spoke", "routes": [route]}),
    }


def routed_apart(hop="VirtualAppliance"):
    """A subnet whose table's route is a resource of its own, by dependencies."""
    return {
        "nodes": (SUBNET, {"subnetName": "nodes", "routeTable": {"id": UNKNOWN}}, {"routeTable": ["table"]}),
        "table": (ROUTE_TABLE, {}),
        "route": (
            ROUTE,
            {"routeTableName": UNKNOWN, "addressPrefix": "0.0.0.0/0", "nextHopType": hop},
            {"routeTableName": ["table"]},
        ),
    }


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
        "a route to the internet itself": (routed("Internet"), f"nodes: {UNSET}"),
        "a route of its own to the internet itself": (routed_apart("Internet"), f"nodes: {UNSET}"),
        "a route to a firewall for some addresses": (routed(prefix="10.0.0.0/8"), f"nodes: {UNSET}"),
        "no NAT gateway": (subnet(natGateway={}), f"nodes: {UNSET}"),
        "no delegation": (subnet(delegations=[]), f"nodes: {UNSET}"),
    },
    "good": {
        "a NAT gateway": (subnet(natGateway={"id": UNKNOWN}),),
        "a network's, with a NAT gateway": (network({"name": "a", "natGateway": {"id": "/nat"}}),),
        "a route to a firewall": (routed(),),
        "a route to nowhere": (routed("None", defaultOutboundAccess=True),),
        "a route of its own to a firewall": (routed_apart(),),
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
        "routes of another stack's": (
            subnet(routeTable={"id": TABLE}),
            "nodes: routeTable.id: can't be judged: names a resource that isn't in the graph",
        ),
        "a route that isn't known": (
            routed(UNKNOWN),
            "table: routes[0].nextHopType: can't be judged: not known before the deployment",
        ),
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
