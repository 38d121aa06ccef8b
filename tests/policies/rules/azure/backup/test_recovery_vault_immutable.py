from modelyard_policies.azure.types import BACKUP_VAULT, RECOVERY_SERVICES_VAULT
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.backup.recovery_vault_immutable import RecoveryVaultDeletion


def vault(immutability=None, soft=None, days=None, token=RECOVERY_SERVICES_VAULT, **tags):
    security = {
        "immutabilitySettings": {"state": immutability},
        "softDeleteSettings": {"softDeleteState": soft, "softDeleteRetentionPeriodInDays": days},
    }
    return {"vault": (token, {"properties": {"securitySettings": security}, "tags": tags})}


PLACE = "vault: properties.securitySettings"
STATE = f"{PLACE}.immutabilitySettings.state:"
SOFT = f"{PLACE}.softDeleteSettings.softDeleteState:"
DAYS = f"{PLACE}.softDeleteSettings.softDeleteRetentionPeriodInDays:"

CASES = {
    "bad": {
        "nothing said": (
            {"vault": (RECOVERY_SERVICES_VAULT, {})},
            f"{STATE} is unset, not Locked",
            f"{SOFT} is unset, not AlwaysOn",
        ),
        "unlocked": (vault("Unlocked", "AlwaysON"), f"{STATE} is Unlocked, not Locked"),
        "no soft delete": (vault("Locked", "Disabled"), f"{SOFT} is Disabled, not AlwaysOn"),
        "soft delete that can be turned off": (
            vault("Locked", "Enabled", stage="production"),
            f"{SOFT} is Enabled, not AlwaysOn",
        ),
        "for a few days": (vault("Locked", "AlwaysON", "7"), f"{DAYS} is 7, less than 14"),
        "an older type": (
            vault("Disabled", "AlwaysON", token="azure-native:recoveryservices/v20230401:Vault"),
            f"{STATE} is Disabled, not Locked",
        ),
        "beside what isn't known": (
            vault(UNKNOWN, "Disabled", UNKNOWN),
            f"{SOFT} is Disabled, not AlwaysOn",
        ),
    },
    "good": {
        "both for good": (vault("Locked", "AlwaysON", 14),),
        "as it is written elsewhere, for longer": (vault("locked", "AlwaysOn", 180.0),),
    },
    "unknown": {
        "a state that isn't known": (
            vault(UNKNOWN, "AlwaysON"),
            f"{STATE} can't be judged: not known before the deployment",
        ),
        "a stage that isn't known": (
            vault(stage=UNKNOWN),
            "vault: tags.stage: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "development": (vault(stage="development"),),
        "public data": (vault(**{"data-classification": "public"}),),
        "a vault of another kind": ({"vault": (BACKUP_VAULT, {})},),
    },
}


def test_verdict(case, check):
    check("BK7", case)


def test_options_take_what_can_be_undone_for_longer(build):
    graph = build(vault("Unlocked", "Enabled", 30))
    lenient = {"immutability": "Unlocked", "soft_delete": "On"}
    for days, ok in ((30, True), (31, False)):
        options = [RecoveryVaultDeletion.from_json({**lenient, "soft_delete_days": days})]
        assert evaluate(graph, all_rules(), select=["BK7"], options=options).ok is ok
