from modelyard_policies.azure.types import BACKUP_VAULT, RECOVERY_SERVICES_VAULT
from modelyard_policies.graph import UNKNOWN


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
