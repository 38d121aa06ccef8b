from modelyard_policies.azure.types import KEY_VAULT, RESOURCE_GROUP
from modelyard_policies.graph import UNKNOWN

OLD = "azure-native:keyvault/v20230201:Vault"
NEW = "azure-native_keyvault_v20260201:keyvault:Vault"
UNSET = "is unset, which this version of the API takes for false"


def vault(by_roles, token=KEY_VAULT):
    return {"keys": (token, {"properties": {"enableRbacAuthorization": by_roles}})}


CASES = {
    "bad": {
        "nothing said": (
            {"keys": (KEY_VAULT, {"properties": {}})},
            f"keys: properties.enableRbacAuthorization: {UNSET}",
        ),
        "nothing said to an older API": (
            vault(None, OLD),
            f"keys: properties.enableRbacAuthorization: {UNSET}",
        ),
        "access policies": (vault(False), "keys: properties.enableRbacAuthorization: is false"),
        "access policies by a newer API": (
            vault("false", NEW),
            "keys: properties.enableRbacAuthorization: is false",
        ),
    },
    "good": {
        "roles": (vault(True),),
        "roles in text": (vault("true", OLD),),
        "nothing said to an API that takes that for roles": (vault(None, NEW),),
    },
    "unknown": {
        "what isn't known": (
            vault(UNKNOWN),
            "keys: properties.enableRbacAuthorization: can't be judged: not known before the deployment",
        )
    },
    "not applicable": {
        "a vault that is brought back": ({"keys": (KEY_VAULT, {"properties": {"createMode": "recover"}})},),
        "no vault": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("EN8", case)
