from modelyard_policies.azure.types import BACKUP_VAULT, RECOVERY_SERVICES_VAULT
from modelyard_policies.graph import UNKNOWN


def vault(redundancy=None, restore=None, **tags):
    settings = {"standardTierStorageRedundancy": redundancy, "crossRegionRestore": restore}
    properties = {"properties": {"redundancySettings": settings}, "tags": tags}
    return {"vault": (RECOVERY_SERVICES_VAULT, properties)}


PLACE = "vault: properties.redundancySettings"
COPY = f"{PLACE}.standardTierStorageRedundancy:"
RESTORE = f"{PLACE}.crossRegionRestore:"

CASES = {
    "bad": {
        "nothing said, so that a copy can't be used": (
            {"vault": (RECOVERY_SERVICES_VAULT, {})},
            f"{RESTORE} is unset, not Enabled",
        ),
        "no copy": (
            vault("LocallyRedundant", "Disabled"),
            f"{COPY} is LocallyRedundant, not GeoRedundant",
            f"{RESTORE} is Disabled, not Enabled",
        ),
        "copies in one region": (
            vault("ZoneRedundant", UNKNOWN),
            f"{COPY} is ZoneRedundant, not GeoRedundant",
        ),
    },
    "good": {
        "a copy that can be used": (vault("GeoRedundant", "Enabled"),),
        "a copy by default": (vault(None, "enabled", stage="production"),),
    },
    "unknown": {
        "a redundancy that isn't known": (
            vault(UNKNOWN, "Enabled"),
            f"{COPY} can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "development": (vault("LocallyRedundant", stage="dev"),),
        "public data": (vault(**{"data-classification": "public"}),),
        "a vault of another kind": ({"vault": (BACKUP_VAULT, {})},),
    },
}


def test_verdict(case, check):
    check("BK8", case)
