"""Who uses the keys of Azure, from where, and who is told."""

import pytest
from mutating import drop, put, with_changes
from previewing import TAGS, preview

from modelyard.azure.encryption import Encryption
from modelyard.errors import InputError
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training/providers"
ZONE = "privatelink.vaultcore.azure.net"
KEY_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
ENDPOINT = {
    "endpoint_subnet_id": f"{GROUP}/Microsoft.Network/virtualNetworks/dev/subnets/endpoints",
    "dns_zone_ids": {ZONE: f"{GROUP}/Microsoft.Network/privateDnsZones/{ZONE}"},
}
ARGS = {
    "resource_group_name": "training",
    "location": "westeurope",
    "vault_name": "kv-training-dev-01",
    "tenant_id": "11111111-2222-3333-4444-555555555555",
    "subscription_id": SUBSCRIPTION,
    "purposes": ["datasets", "volumes"],
    "identities": {"datasets": "dev-datasets", "volumes": "dev-volumes"},
    "disk_encryption_set_name": "dev-volumes",
    "log_workspace_id": f"{GROUP}/Microsoft.OperationalInsights/workspaces/logs",
    "tags": TAGS,
    **ENDPOINT,
}


def graph_of(args):
    return preview(lambda: Encryption("keys", args) and None)


def of(graph, kind):
    return {node.name: node for node in graph.resources if node.type == f"azure-native:{kind}"}


def problems(*left_out, **change):
    args = {key: value for key, value in {**ARGS, **change}.items() if key not in left_out}
    with pytest.raises(InputError) as caught:
        graph_of(args)
    return caught.value.problems


def test_each_purpose_has_an_identity_with_one_role_on_its_own_key():
    graph = graph_of(ARGS)
    identities = of(graph, "managedidentity:UserAssignedIdentity")
    roles = of(graph, "authorization:RoleAssignment")
    keys = of(graph, "keyvault:Key")
    assert set(identities) == set(roles) == {"keys-datasets", "keys-volumes"}
    for name, role in roles.items():
        assert identities[name].properties == {
            "resourceName": f"dev-{name.removeprefix('keys-')}",
            "resourceGroupName": "training",
            "location": "westeurope",
            "tags": TAGS,
        }
        assert role.properties["principalType"] == "ServicePrincipal"
        assert role.properties["roleDefinitionId"] == (
            f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{KEY_USER}"
        )
        assert role.property_dependencies["scope"] == (keys[name].urn,)
        assert role.property_dependencies["principalId"] == (identities[name].urn,)
    names = {role.properties["roleAssignmentName"] for role in roles.values()}
    assert len(names) == 2
    again = of(graph_of(ARGS), "authorization:RoleAssignment").values()
    assert {role.properties["roleAssignmentName"] for role in again} == names


def test_whoever_takes_an_identity_waits_for_its_role():
    graph = graph_of(ARGS)
    (disks,) = of(graph, "compute:DiskEncryptionSet").values()
    (vault,) = of(graph, "keyvault:Vault").values()
    key, identity, role = (
        of(graph, kind)["keys-volumes"].urn
        for kind in (
            "keyvault:Key",
            "managedidentity:UserAssignedIdentity",
            "authorization:RoleAssignment",
        )
    )
    assert {identity, role} <= set(disks.property_dependencies["identity"])
    assert set(disks.property_dependencies["activeKey"]) == {vault.urn, key}
    (component,) = [node for node in graph.resources if node.type == "modelyard-azure:index:Encryption"]
    assert component.outputs["identityIds"] in (UNKNOWN, {"datasets": UNKNOWN, "volumes": UNKNOWN})


def test_disks_are_encrypted_twice_and_follow_rotations():
    (disks,) = of(graph_of(ARGS), "compute:DiskEncryptionSet").values()
    assert disks.properties["diskEncryptionSetName"] == "dev-volumes"
    assert disks.properties["encryptionType"] == "EncryptionAtRestWithPlatformAndCustomerKeys"
    assert disks.properties["rotationToLatestKeyVersionEnabled"] is True
    assert disks.properties["identity"]["type"] == "UserAssigned"
    assert disks.properties["tags"] == TAGS


def test_the_vault_has_a_private_address_and_tells_who_used_a_key():
    graph = graph_of(ARGS)
    (vault,) = of(graph, "keyvault:Vault").values()
    (setting,) = of(graph, "monitor:DiagnosticSetting").values()
    assert setting.name == "keys-diagnostics"
    assert setting.property_dependencies["resourceUri"] == (vault.urn,)
    assert setting.properties["workspaceId"] == ARGS["log_workspace_id"]
    (endpoint,) = of(graph, "network:PrivateEndpoint").values()
    assert endpoint.properties["privateEndpointName"] == "kv-training-dev-01-vault"
    (connection,) = endpoint.properties["privateLinkServiceConnections"]
    assert connection["groupIds"] == ["vault"]
    assert endpoint.property_dependencies["privateLinkServiceConnections"] == (vault.urn,)


def test_what_is_not_asked_for_is_not_made():
    asked = ("resource_group_name", "vault_name", "tenant_id", "purposes")
    graph = graph_of({key: ARGS[key] for key in asked})
    made = {node.type for node in graph.resources if node.custom}
    assert made - {"pulumi:providers:azure-native"} == {
        "azure-native:keyvault:Vault",
        "azure-native:keyvault:Key",
    }


def test_a_protected_vault_and_its_keys_are_not_deleted_by_pulumi():
    graph = graph_of({**ARGS, "protect": True})
    protected = {node.type for node in graph.resources if node.protect}
    assert protected == {"azure-native:keyvault:Vault", "azure-native:keyvault:Key"}


@pytest.mark.parametrize(
    ("left_out", "change", "field", "given", "message", "mend"),
    [
        (
            (),
            {"identities": {**ARGS["identities"], "logs": "dev-logs"}},
            "identities.logs",
            "dev-logs",
            "no key is made for this purpose, so its identity could use none",
            "add logs to purposes, or leave its identity out",
        ),
        (
            (),
            {"identities": {**ARGS["identities"], "datasets": "a b"}},
            "identities.datasets",
            "'a b'",
            "Azure refuses an identity of this name",
            "write another name, as training-dev-datasets",
        ),
        (
            (),
            {"identities": {"datasets": "Dev-Keys", "volumes": "dev-keys"}},
            "identities",
            "Dev-Keys, dev-keys",
            "each purpose has an identity of its own, so that none may use another's key",
            "give each purpose another name",
        ),
        (
            ("subscription_id",),
            {},
            "subscription_id",
            "nothing",
            "the role that identities are given is named by its subscription",
            "add 'subscription_id' to args",
        ),
        (
            (),
            {"disk_encryption_set_name": "dev.volumes"},
            "disk_encryption_set_name",
            "'dev.volumes'",
            "Azure refuses a disk encryption set of this name",
            "write another name, as training-dev-volumes",
        ),
        (
            (),
            {"identities": {"datasets": "dev-datasets"}},
            "disk_encryption_set_name",
            "dev-volumes",
            "a disk encryption set uses the key volumes by an identity, and there is none for it",
            "name one, as identities: {volumes: training-dev-volumes}",
        ),
        (
            ("dns_zone_ids",),
            {},
            "dns_zone_ids",
            "nothing",
            "a private endpoint needs both, and only endpoint_subnet_id is there",
            "add 'dns_zone_ids' to args, or leave 'endpoint_subnet_id' out",
        ),
        (
            ("endpoint_subnet_id",),
            {},
            "endpoint_subnet_id",
            "nothing",
            "a private endpoint needs both, and only dns_zone_ids is there",
            "add 'endpoint_subnet_id' to args, or leave 'dns_zone_ids' out",
        ),
        (
            (),
            {"subscription_id": ""},
            "subscription_id",
            "''",
            "roles are named by the subscription, and this is none",
            "write its id, as `az account show --query id` tells it",
        ),
        (
            (),
            {"dns_zone_ids": {"privatelink.blob.core.windows.net": "z"}},
            "dns_zone_ids",
            "privatelink.blob.core.windows.net",
            "an endpoint for vault has its names in privatelink.vaultcore.azure.net, whose id is missing",
            "give the id of the network's private DNS zone privatelink.vaultcore.azure.net",
        ),
        (
            ("location",),
            {},
            "location",
            "nothing",
            "a private endpoint lies in the region of its network, which has to be said",
            "add 'location' to args",
        ),
    ],
)
def test_users_that_cannot_be_are_refused(left_out, change, field, given, message, mend):
    (problem,) = problems(*left_out, **change)
    assert (problem.field, problem.given) == (f"keys.{field}", given)
    assert (problem.message, problem.mend) == (message, mend)
    assert problem.allowed


def failing(graph):
    return {finding.code for finding in evaluate(graph, all_rules()).findings}


def test_the_packs_rules_pass():
    assert failing(graph_of(ARGS)) == set()
    report = evaluate(graph_of(ARGS), all_rules())
    (vault,) = of(graph_of(ARGS), "keyvault:Vault").values()
    for rule in ("key-vault-purge-protection", "key-vault-private", "diagnostic-setting-audit-logs"):
        assert report.verdicts[rule, vault.urn] == "pass"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([put("Vault keys", "properties.enablePurgeProtection", False)], "EN7"),
        ([put("Vault keys", "properties.enableRbacAuthorization", False)], "EN8"),
        (
            [
                put("Vault keys", "properties.publicNetworkAccess", "Enabled"),
                put("Vault keys", "properties.networkAcls.defaultAction", "Allow"),
            ],
            "EN9",
        ),
        ([drop("Key keys-datasets", "properties.rotationPolicy.lifetimeActions")], "EN10"),
        ([drop("DiagnosticSetting keys-diagnostics")], "LM8"),
        ([drop("Vault keys", "tags")], "TG1"),
        ([drop("UserAssignedIdentity keys-datasets", "tags")], "TG1"),
        ([drop("DiskEncryptionSet keys-volumes", "tags")], "TG1"),
        (
            [
                put("RoleAssignment keys-datasets", "scope", f"/subscriptions/{SUBSCRIPTION}"),
                put(
                    "RoleAssignment keys-datasets",
                    "roleDefinitionId",
                    "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
                ),
            ],
            "IA7",
        ),
    ],
)
def test_weakened_it_fails_the_packs_rules(changes, code):
    assert code in failing(with_changes(graph_of(ARGS), changes))
