"""How a data center on Azure has its logs written, and what it backs up brought back."""

from functools import cache

from previewing import ROOT, preview_environment

from modelyard.environment.load import load_environment
from modelyard.planning.azure.roles import ROLE_IDS
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import Graph, Node
from modelyard_policies.registry import all_rules


@cache
def graph() -> Graph:
    """What is made of the shipped environment of two regions."""
    return preview_environment(
        load_environment("azure-prod", root=ROOT).model_dump(mode="json", exclude_none=True)
    )


def every(kind: str) -> dict[str, Node]:
    """All resources of a type, by name."""
    return {node.name: node for node in graph().resources if node.type == f"azure-native:{kind}"}


def test_flow_logs_are_written_by_an_identity_since_accounts_take_no_keys():
    logs, identities, roles = (
        every(kind)
        for kind in (
            "network:FlowLog",
            "managedidentity:UserAssignedIdentity",
            "authorization:RoleAssignment",
        )
    )
    assert len(logs) == 2
    for name, log in logs.items():
        assert log.properties["identity"]["type"] == "UserAssigned"
        assert {identities[name].urn, roles[name].urn} <= set(log.property_dependencies["identity"])
        assert roles[name].properties["roleDefinitionId"].endswith(ROLE_IDS["Storage Blob Data Contributor"])
        assert set(roles[name].property_dependencies["scope"]) == set(log.property_dependencies["storageId"])
    names = [role.properties["roleAssignmentName"] for role in roles.values()]
    assert len(set(names)) == len(names)


def test_what_is_backed_up_can_be_restored_in_the_recovery_region():
    accounts = {name: node.properties for name, node in every("storage:StorageAccount").items()}
    crossing = {name for name, found in accounts.items() if found["allowCrossTenantReplication"]}
    assert crossing == {"azure-prod-storage-datasets", "azure-prod-recovery-storage-datasets"}
    role = every("authorization:RoleAssignment")["azure-prod-backup-datasets.restore"]
    assert role.properties["roleDefinitionId"].endswith(ROLE_IDS["Storage Account Backup Contributor"])
    there = every("storage:StorageAccount")["azure-prod-recovery-storage-datasets"]
    assert there.urn in role.property_dependencies["scope"]


def test_backups_may_be_under_a_key_of_azures_and_a_policy_says_that_they_are():
    document = load_environment("azure-prod", root=ROOT).model_dump(mode="json", exclude_none=True)
    document["backup"]["customer_key"] = False
    without = preview_environment(document)
    (vault,) = [node for node in without.resources if node.type == "azure-native:dataprotection:BackupVault"]
    settings = vault.properties["properties"]["securitySettings"]
    assert "encryptionSettings" not in settings
    (before,) = every("dataprotection:BackupVault").values()
    assert settings.keys() ^ before.properties["properties"]["securitySettings"].keys() == {
        "encryptionSettings"
    }
    # Neither a key nor an identity is made that nobody uses.
    gone = {node.name for node in graph().resources} - {node.name for node in without.resources}
    assert {name for name in gone if "backup" in name} == gone != set()
    failed = {finding.rule for finding in evaluate(without, all_rules()).findings}
    assert failed == {"backups-customer-key"}
