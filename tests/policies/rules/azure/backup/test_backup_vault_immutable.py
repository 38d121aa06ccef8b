from modelyard_policies.azure.types import BACKUP_VAULT, RECOVERY_SERVICES_VAULT
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.backup.backup_vault_immutable import BackupVaultDeletion


def vault(immutability=None, soft=None, days=None, **tags):
    security = {
        "immutabilitySettings": {"state": immutability},
        "softDeleteSettings": {"state": soft, "retentionDurationInDays": days},
    }
    return {"vault": (BACKUP_VAULT, {"properties": {"securitySettings": security}, "tags": tags})}


PLACE = "vault: properties.securitySettings"
STATE = f"{PLACE}.immutabilitySettings.state:"
SOFT = f"{PLACE}.softDeleteSettings.state:"
DAYS = f"{PLACE}.softDeleteSettings.retentionDurationInDays:"

CASES = {
    "bad": {
        "nothing said": (vault(), f"{STATE} is unset, not Locked", f"{SOFT} is unset, not AlwaysOn"),
        "unlocked": (vault("Unlocked", "AlwaysOn"), f"{STATE} is Unlocked, not Locked"),
        "soft delete that is off": (vault("Locked", "Off"), f"{SOFT} is Off, not AlwaysOn"),
        "soft delete that can be turned off": (vault("Locked", "On"), f"{SOFT} is On, not AlwaysOn"),
        "for no number of days": (vault("Locked", "AlwaysOn", "weeks"), f"{DAYS} is weeks, less than 14"),
        "unlocked, beside what isn't known": (
            vault("Unlocked", UNKNOWN),
            f"{STATE} is Unlocked, not Locked",
        ),
    },
    "good": {
        "both for good": (vault("Locked", "AlwaysOn", 14.0),),
        "without a number of days": (vault("Locked", "AlwaysOn"),),
    },
    "unknown": {
        "a state that isn't known": (
            vault("Locked", UNKNOWN),
            f"{SOFT} can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "staging": (vault(stage="Staging"),),
        "internal data": (vault(**{"data-classification": "internal"}),),
        "a vault of another kind": ({"vault": (RECOVERY_SERVICES_VAULT, {})},),
    },
}


def test_verdict(case, check):
    check("BK9", case)


def test_options_take_what_can_be_undone_for_longer(build):
    graph = build(vault("Unlocked", "On", 30))
    lenient = {"immutability": "Unlocked", "soft_delete": "On"}
    for days, ok in ((30, True), (31, False)):
        options = [BackupVaultDeletion.from_json({**lenient, "soft_delete_days": days})]
        assert evaluate(graph, all_rules(), select=["BK9"], options=options).ok is ok
