"""A private network."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.component import AzureComponent
from modelyard.azure.diagnostics import diagnose
from modelyard.azure.firewall import Firewall, FirewallArgs
from modelyard.azure.network_plan import network_name, plan_network, private_zones
from modelyard.azure.private_zones import private_zone
from modelyard.azure.public_address import public_address, zonal_name
from modelyard.azure.regions import in_region
from modelyard.planning.azure.network_rules import endpoint_rules, node_rules
from modelyard.planning.azure.network_subnets import ENDPOINTS, FIREWALL, NODES
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import together
from modelyard.wiring.tokens import AZURE, token


class NetworkArgs(TypedDict):
    """Arguments of Network."""

    environment: str
    """Name of the environment, 1 to 20 small letters, digits and hyphens; names begin with it."""
    resource_group_name: pulumi.Input[str]
    """Resource group that everything is made in."""
    location: pulumi.Input[str]
    """Region that the network is in."""
    cidr: str
    """IPv4 range. Half of it is for nodes, a quarter for private endpoints, the rest in reserve."""
    egress: str
    """`nat`: a NAT gateway, by which nodes reach any host by HTTPS. `firewall`: an Azure Firewall, by which
    they reach what Machine Learning needs and the hosts that are allowed."""
    node_count: int
    """Most nodes at one time, of all pools; each takes an address."""
    endpoint_count: int
    """Private endpoints that are made in the network; each takes up to four addresses. One for azuremonitor
    takes about a dozen: it counts as three."""
    virtual_network_name: NotRequired[str]
    """Name of the virtual network, 2 to 64 characters. It has to change when the range does. Unset: of the
    environment's name and the range, as dev-10-8-0-0-20."""
    allowed_domains: NotRequired[list[str]]
    """Hosts that nodes may reach by HTTPS through the firewall, as huggingface.co, or *.hf.co for all below
    it. Unset: none beside what Machine Learning needs."""
    firewall_tier: NotRequired[str]
    """`Standard`, or `Premium`, which also detects intrusions and refuses them. Unset: Standard."""
    endpoint_groups: NotRequired[list[str]]
    """Kinds of private endpoint that get their DNS zones: amlworkspace, azuremonitor, blob, dfs, file, queue,
    registry, table, vault. Unset: amlworkspace, blob, dfs, file, registry, vault."""
    high_business_impact: NotRequired[bool]
    """Whether the workspace is for data of high business impact, whose nodes need Azure Batch's key vault.
    Unset: no."""
    peer_cidrs: NotRequired[list[str]]
    """IPv4 ranges of peered networks whose clients may use the private endpoints. Unset: none."""
    zones: NotRequired[list[str]]
    """Availability zones of the region, as 1, 2, 3. The firewall spans them; the NAT gateway, which can stand
    in one only, stands in the first. Unset: none is named, as where a region has none."""
    log_workspace_id: NotRequired[pulumi.Input[str]]
    """Log Analytics workspace that gets the logs of the network, its security groups and its way out. Unset:
    none does."""
    protect: NotRequired[bool]
    """Whether the network is protected from deletion, and so from a change of its range. Unset: no."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything that takes tags: 15 at most, since private DNS zones take no more, nor names with
    spaces or special characters."""


class Network(AzureComponent):
    """A network whose nodes have no public address and no way out but one that was chosen.

    One subnet for nodes and one for private endpoints, each with a security group: within the network nodes
    talk on every port, from outside nobody comes in, and out they go to what Azure Machine Learning needs,
    with a NAT gateway by HTTPS to any host, with a firewall to those that it allows. Private endpoints have
    their names in private DNS zones, which are linked to the network.

    Nodes have to reach the storage of Azure Batch, which is that of the whole region: a firewall doesn't keep
    data from leaving for somebody's account there.

    Another range makes a network beside the old one, moves everything there by making it anew, and deletes
    the old one; a protected network refuses. Nodes of the old one end with it.
    """

    virtual_network_id: pulumi.Output[str]
    """Id of the virtual network."""

    virtual_network_name: pulumi.Output[str]
    """Name of the virtual network."""

    subnet_ids: pulumi.Output[dict[str, str]]
    """Id of each subnet, by `nodes` and `endpoints`."""

    dns_zone_ids: pulumi.Output[dict[str, str]]
    """Id of each private DNS zone, by its name, as privatelink.blob.core.windows.net."""

    firewall_private_ip: pulumi.Output[str | None]
    """Address of the firewall inside the network; None with a NAT gateway."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, NetworkArgs)
        self._ranges = plan_network(name, args)
        super().__init__(token(AZURE, "Network"), name, {}, opts)
        self._name, self._args = name, args
        self._network = azure_native.network.VirtualNetwork(
            name,
            virtual_network_name=network_name(args),
            # Without subnets inside: a change would take away those that stand for themselves.
            address_space={"address_prefixes": [args["cidr"]]},
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.get("protect") or None,
                # Subnets are shares of the range: with another, none of them stays where it is. The new
                # network is made beside the old, which can't go before everything has moved.
                replace_on_changes=["addressSpace"],
            ),
            **self._common(),
        )
        self._log(name, self._network.id)
        firewall = self._firewall() if args["egress"] == "firewall" else None
        endpoints = self._endpoints_subnet(after=firewall)
        nodes = self._nodes_subnet(firewall, after=endpoints)
        self._subnets = {NODES: nodes, ENDPOINTS: endpoints}
        self._zones = {
            zone: private_zone(
                f"{name}-{zone}",
                zone=zone,
                link_name=args["environment"],
                virtual_network_id=self._network.id,
                resource_group_name=args["resource_group_name"],
                tags=args.get("tags"),
                parent=self,
            )
            for zone in private_zones(args)
        }
        self.virtual_network_id = self._network.id
        self.virtual_network_name = self._network.name
        self.subnet_ids = together({subnet: made.id for subnet, made in self._subnets.items()})
        self.dns_zone_ids = together(self._zones)
        self.firewall_private_ip = firewall.private_ip if firewall else pulumi.Output.from_input(None)
        self.register_outputs(
            {
                "virtualNetworkId": self.virtual_network_id,
                "virtualNetworkName": self.virtual_network_name,
                "subnetIds": self.subnet_ids,
                "dnsZoneIds": self.dns_zone_ids,
                "firewallPrivateIp": self.firewall_private_ip,
            }
        )

    def subnet_id(self, subnet: str) -> pulumi.Output[str]:
        """Id of one subnet, `nodes` or `endpoints`. Raises KeyError."""
        return self._subnets[subnet].id

    def zone_ids(self) -> dict[str, pulumi.Output[str]]:
        """Id of each private DNS zone by its name, each an output of its own, for a PrivateEndpoint."""
        return dict(self._zones)

    def _child(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(after))

    def _common(self) -> dict[str, Any]:
        args = self._args
        return {
            "resource_group_name": args["resource_group_name"],
            "location": args["location"],
            "tags": args.get("tags"),
        }

    def _log(self, name: str, resource_id: pulumi.Output[str]) -> None:
        if "log_workspace_id" in self._args:
            diagnose(name, resource_id, self._args["log_workspace_id"], parent=self)

    def _subnet(
        self, subnet: str, child: str, settings: dict[str, Any], *after: pulumi.Resource
    ) -> azure_native.network.Subnet:
        return azure_native.network.Subnet(
            child,
            subnet_name=subnet,
            virtual_network_name=self._network.name,
            resource_group_name=self._args["resource_group_name"],
            address_prefix=str(self._ranges[subnet]),
            # Azure changes one subnet of a network at a time, and refuses a second meanwhile.
            opts=self._child(*after),
            **settings,
        )

    def _security_group(
        self, subnet: str, rules: pulumi.Input[Any]
    ) -> azure_native.network.NetworkSecurityGroup:
        child = f"{self._name}-{subnet}"
        group = azure_native.network.NetworkSecurityGroup(
            child,
            network_security_group_name=f"{self._args['environment']}-{subnet}",
            security_rules=rules,
            # Rules for another range come once the network has it: a protected one refuses it.
            opts=self._child(self._network),
            **self._common(),
        )
        self._log(child, group.id)
        return group

    def _endpoints_subnet(self, after: Firewall | None) -> azure_native.network.Subnet:
        args = self._args
        group = self._security_group(ENDPOINTS, endpoint_rules(args["cidr"], args.get("peer_cidrs", [])))
        settings = {
            "default_outbound_access": False,
            "network_security_group": {"id": group.id},
            # Endpoints pass by a security group unless the subnet says otherwise.
            "private_endpoint_network_policies": "NetworkSecurityGroupEnabled",
        }
        return self._subnet(ENDPOINTS, f"{self._name}-{ENDPOINTS}", settings, *([after] if after else []))

    def _nodes_subnet(
        self, firewall: Firewall | None, after: azure_native.network.Subnet
    ) -> azure_native.network.Subnet:
        args = self._args
        # What the firewall is to judge must get as far as the firewall.
        internet = firewall is None or bool(args.get("allowed_domains"))
        impact = args.get("high_business_impact", False)
        rules = in_region(args["location"], lambda region: node_rules(region, args["cidr"], impact, internet))
        way_out = {"nat_gateway": {"id": self._nat().id}} if firewall is None else self._route(firewall)
        settings = {
            "default_outbound_access": False,
            "network_security_group": {"id": self._security_group(NODES, rules).id},
            "private_endpoint_network_policies": "Disabled",
            **way_out,
        }
        return self._subnet(NODES, f"{self._name}-{NODES}", settings, after)

    def _nat(self) -> azure_native.network.NatGateway:
        args, child = self._args, f"{self._name}-nat"
        # An address and its gateway stand in the same zone: a gateway can't stand in more than one. Nor can
        # it serve two networks, or an address two gateways: with another network come others of both.
        zones, gateway_name = args.get("zones", [])[:1], f"{network_name(args)}-nat"
        address = public_address(child, address_name=gateway_name, zones=zones, parent=self, **self._common())
        self._log(child, address.id)
        return azure_native.network.NatGateway(
            child,
            nat_gateway_name=zonal_name(gateway_name, zones),
            sku={"name": "Standard"},
            idle_timeout_in_minutes=10,
            public_ip_addresses=[{"id": address.id}],
            zones=zones or None,
            opts=self._child(),
            **self._common(),
        )

    def _firewall(self) -> Firewall:
        args, child = self._args, f"{self._name}-firewall"
        # Azure takes no security group there, and the firewall reaches the internet by its own address.
        subnet = self._subnet(FIREWALL, child, {})
        firewall: FirewallArgs = {
            "environment": args["environment"],
            "subnet": subnet,
            "node_range": str(self._ranges[NODES]),
            "allowed_domains": args.get("allowed_domains", []),
            "high_business_impact": args.get("high_business_impact", False),
            "tier": args.get("firewall_tier", "Standard"),
            "zones": args.get("zones", []),
            "resource_group_name": args["resource_group_name"],
            "location": args["location"],
            "log_workspace_id": args.get("log_workspace_id"),
            "tags": args.get("tags"),
        }
        return Firewall(child, firewall, opts=self._child())

    def _route(self, firewall: Firewall) -> dict[str, Any]:
        child = f"{self._name}-{NODES}"
        table = azure_native.network.RouteTable(
            child,
            route_table_name=f"{self._args['environment']}-{NODES}",
            # What other routers announce must not lead past the firewall.
            disable_bgp_route_propagation=True,
            routes=[
                {
                    "name": "out",
                    "address_prefix": "0.0.0.0/0",
                    "next_hop_type": "VirtualAppliance",
                    "next_hop_ip_address": firewall.private_ip,
                }
            ],
            opts=self._child(),
            **self._common(),
        )
        return {"route_table": {"id": table.id}}
