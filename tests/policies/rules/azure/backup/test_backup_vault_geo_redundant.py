from modelyard_policies.azure.types import BACKUP_VAULT, RECOVERY_SERVICES_VAULT
from modelyard_policies.graph import UNKNOWN


def vault(redundancy=None, restore=None, **tags):
    properties = {
        "storageSettings": [{"datastoreType": "VaultStore", "type": redundancy}],
        "featureSettings": {"crossRegionRestoreSettings": {"state": restore}},
    }
    return {"vault": (BACKUP_VAULT, {"properties": properties, "tags": tags})}


COPY = "vault: properties.storageSettings:"
RESTORE = "vault: properties.featureSettings.crossRegionRestoreSettings.state:"

CASES = {
    "bad": {
        "nothing said": (
            {"vault": (BACKUP_VAULT, {})},
            f"{COPY} keep no copy in another region",
            f"{RESTORE} is unset, not Enabled",
        ),
        "copies in one region": (
            vault("ZoneRedundant", "Enabled"),
            f"{COPY} keep no copy in another region",
        ),
        "a copy that can't be used": (
            vault("GeoRedundant", "Disabled"),
            f"{RESTORE} is Disabled, not Enabled",
        ),
        "no copy, beside what isn't known": (
            vault("LocallyRedundant", UNKNOWN),
            f"{COPY} keep no copy in another region",
        ),
        "an odd type": (
            {"vault": (BACKUP_VAULT, {"properties": {"storageSettings": 7, "featureSettings": []}})},
            f"{COPY} keep no copy in another region",
            f"{RESTORE} is unset, not Enabled",
        ),
    },
    "good": {
        "a copy that can be used": (vault("GeoRedundant", "Enabled"),),
        "in whatever case": (vault("georedundant", "enabled", stage="production"),),
    },
    "unknown": {
        "a redundancy that isn't known": (
            vault(UNKNOWN, "Enabled"),
            "vault: properties.storageSettings[0].type: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "development": (vault("LocallyRedundant", stage="dev"),),
        "internal data": (vault("LocallyRedundant", **{"data-classification": "internal"}),),
        "a vault of another kind": ({"vault": (RECOVERY_SERVICES_VAULT, {})},),
    },
}


def test_verdict(case, check):
    check("BK13", case)
