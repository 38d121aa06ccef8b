from modelyard_policies.azure.types import KEY_VAULT, MANAGED_HSM, RESOURCE_GROUP
from modelyard_policies.graph import UNKNOWN

PURGE = "keys: properties.enablePurgeProtection: is"


def vault(token=KEY_VAULT, tags=None, **properties):
    return {"keys": (token, {"properties": properties, "tags": tags})}


CASES = {
    "bad": {
        "nothing said": ({"keys": (KEY_VAULT, {})}, f"{PURGE} unset"),
        "by an API of its own version": (
            vault("azure-native:keyvault/v20230201:Vault", enableSoftDelete=True),
            f"{PURGE} unset",
        ),
        "off": (vault(enablePurgeProtection=False, tags={"stage": "production"}), f"{PURGE} false"),
        "off, of an HSM": (vault(MANAGED_HSM, enablePurgeProtection=False), f"{PURGE} false"),
        "soft delete off": (
            vault(enableSoftDelete=False, enablePurgeProtection=True),
            "keys: properties.enableSoftDelete: is false",
        ),
        "soft delete off, and the rest not known": (
            vault(enableSoftDelete="false", enablePurgeProtection=UNKNOWN),
            "keys: properties.enableSoftDelete: is false",
        ),
        "off, and soft delete not known": (
            vault(enableSoftDelete=UNKNOWN, enablePurgeProtection=False),
            f"{PURGE} false",
        ),
    },
    "good": {
        "both": (vault(enableSoftDelete=True, enablePurgeProtection=True),),
        "an HSM's own": (vault(MANAGED_HSM),),
        "soft delete by default": (vault(enablePurgeProtection="true"),),
    },
    "unknown": {
        "an HSM's that isn't known": (
            vault(MANAGED_HSM, enablePurgeProtection=UNKNOWN),
            "keys: properties.enablePurgeProtection: can't be judged: not known before the deployment",
        ),
        "properties that aren't known": (
            {"keys": (KEY_VAULT, {"properties": UNKNOWN})},
            "keys: properties: can't be judged: not known before the deployment",
        ),
        "purge protection that isn't known": (
            vault(enablePurgeProtection=UNKNOWN),
            "keys: properties.enablePurgeProtection: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "not production": (vault(tags={"stage": "Dev"}),),
        "a vault that is brought back": (vault(createMode="recover"),),
        "no vault": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("EN7", case)
