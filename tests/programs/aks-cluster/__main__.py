"""A managed cluster with GPU nodes, and the registry that its images come from."""

import pulumi
import pulumi_azure_native as azure

config = pulumi.Config()
count = config.get_int("nodeCount") or 3

group = azure.resources.ResourceGroup("aks")
client = azure.authorization.get_client_config_output()

network = azure.network.VirtualNetwork(
    "aks",
    resource_group_name=group.name,
    address_space={"address_prefixes": ["10.20.0.0/16"]},
)
subnet = azure.network.Subnet(
    "nodes", resource_group_name=group.name, virtual_network_name=network.name, address_prefix="10.20.0.0/20"
)
registry = azure.containerregistry.Registry(
    "images", resource_group_name=group.name, sku={"name": "Basic"}, admin_user_enabled=True
)
cluster = azure.containerservice.ManagedCluster(
    "aks",
    resource_group_name=group.name,
    dns_prefix="aks",
    identity={"type": "SystemAssigned"},
    enable_rbac=True,
    kubernetes_version="1.33",
    agent_pool_profiles=[
        {
            "name": "system",
            "mode": "System",
            "count": count,
            "vm_size": "Standard_D4s_v5",
            "vnet_subnet_id": subnet.id,
        }
    ],
)
azure.containerservice.AgentPool(
    "gpu",
    resource_group_name=group.name,
    resource_name_=cluster.name,
    mode="User",
    count=2,
    enable_auto_scaling=True,
    min_count=2,
    max_count=8,
    vm_size="Standard_NC24ads_A100_v4",
    vnet_subnet_id=subnet.id,
)
azure.authorization.RoleAssignment(
    "pull",
    scope=registry.id,
    principal_id=cluster.identity_profile.apply(lambda profile: profile["kubeletidentity"].object_id),
    principal_type="ServicePrincipal",
    role_definition_id=pulumi.Output.concat(
        "/subscriptions/",
        client.subscription_id,
        "/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d",
    ),
)
credentials = azure.containerservice.list_managed_cluster_user_credentials_output(
    resource_group_name=group.name, resource_name=cluster.name
)
pulumi.export("kubeconfig", pulumi.Output.secret(credentials.kubeconfigs[0].value))
