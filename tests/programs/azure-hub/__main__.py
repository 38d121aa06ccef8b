"""Hub and spoke on Azure: the firewall in the hub, the machines in the spoke."""

import pulumi
import pulumi_azure_native as azure

group = azure.resources.ResourceGroup("network", resource_group_name="network")
hub = azure.network.VirtualNetwork(
    "hub",
    resource_group_name=group.name,
    virtual_network_name="hub",
    address_space={"address_prefixes": ["10.0.0.0/16"]},
    subnets=[
        {"name": "AzureFirewallSubnet", "address_prefix": "10.0.0.0/26"},
        {"name": "GatewaySubnet", "address_prefix": "10.0.1.0/27"},
        {"name": "shared", "address_prefix": "10.0.2.0/24"},
    ],
)
address = azure.network.PublicIPAddress(
    "firewall",
    resource_group_name=group.name,
    public_ip_allocation_method="Static",
    sku={"name": "Standard"},
)
firewall = azure.network.AzureFirewall(
    "firewall",
    resource_group_name=group.name,
    sku={"name": "AZFW_VNet", "tier": "Standard"},
    ip_configurations=[
        {
            "name": "main",
            "subnet": {"id": hub.id.apply(lambda id: f"{id}/subnets/AzureFirewallSubnet")},
            "public_ip_address": {"id": address.id},
        }
    ],
)
workers = azure.network.NetworkSecurityGroup(
    "workers",
    resource_group_name=group.name,
    security_rules=[
        {
            "name": "ssh",
            "priority": 100,
            "direction": "Inbound",
            "access": "Allow",
            "protocol": "Tcp",
            "source_address_prefix": "Internet",
            "source_port_range": "*",
            "destination_address_prefix": "*",
            "destination_port_range": "20-25",
        }
    ],
)
spoke = azure.network.VirtualNetwork(
    "spoke",
    resource_group_name=group.name,
    virtual_network_name="spoke",
    address_space={"address_prefixes": ["10.1.0.0/16"]},
)
azure.network.Subnet(
    "workers",
    resource_group_name=group.name,
    virtual_network_name=spoke.name,
    subnet_name="workers",
    address_prefix="10.1.0.0/20",
    network_security_group={"id": workers.id},
    default_outbound_access=False,
)
for name, here, there in (("out", hub, spoke), ("back", spoke, hub)):
    azure.network.VirtualNetworkPeering(
        name,
        resource_group_name=group.name,
        virtual_network_name=here.name,
        remote_virtual_network={"id": there.id},
        allow_forwarded_traffic=True,
    )
pulumi.export("firewall", firewall.id)
