from modelyard_policies.azure.types import RESOURCE_GROUP, STORAGE_ACCOUNT
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.storage.storage_customer_key import AccountEncryption

KEY = {"keyName": "datasets", "keyVaultUri": UNKNOWN}
ONCE = "data: encryption.requireInfrastructureEncryption: is unset"


def account(source="Microsoft.Keyvault", twice=True, key=KEY, tags=None):
    encryption = {"keySource": source, "keyVaultProperties": key, "requireInfrastructureEncryption": twice}
    return {"data": (STORAGE_ACCOUNT, {"encryption": encryption, "tags": tags})}


CASES = {
    "bad": {
        "nothing said": (
            {"data": (STORAGE_ACCOUNT, {})},
            "data: encryption.keySource: is unset, which Azure takes for Microsoft.Storage",
            ONCE,
        ),
        "Azure's key for restricted data": (
            account("Microsoft.Storage", tags={"data-classification": "Restricted"}),
            "data: encryption.keySource: is Microsoft.Storage",
        ),
        "a key of your own, without saying which": (
            account(key=None),
            "data: encryption.keyVaultProperties: name no key",
        ),
        "one layer": (account(twice=None), ONCE),
        "one layer, and a source that isn't known": (account(UNKNOWN, None), ONCE),
        "Azure's key, and layers that aren't known": (
            account("Microsoft.Storage", UNKNOWN),
            "data: encryption.keySource: is Microsoft.Storage",
        ),
    },
    "good": {
        "a key of your own, twice": (account(),),
        "in other letters": (account("microsoft.keyvault", "true"),),
        "a key that isn't known": (account(key=UNKNOWN),),
    },
    "unknown": {
        "encryption that isn't known": (
            {"data": (STORAGE_ACCOUNT, {"encryption": UNKNOWN})},
            "data: encryption: can't be judged: not known before the deployment",
        ),
        "tags that aren't known": (
            account("Microsoft.Storage", tags=UNKNOWN),
            "data: tags: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "public data": (account("Microsoft.Storage", tags={"data-classification": "public"}),),
        "internal data": (account(None, None, tags={"data-classification": "internal"}),),
        "no storage": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("ST19", case)


def test_one_layer_can_be_enough(build):
    options = [AccountEncryption.from_json({"infrastructure": "optional"})]
    assert evaluate(build(account(twice=False)), all_rules(), select=["ST19"], options=options).ok
