from modelyard_policies.azure.types import CONTAINER_REGISTRY, CONTAINER_REGISTRY_REPLICA
from modelyard_policies.graph import UNKNOWN

KEY = {"keyIdentifier": "https://acme.vault.azure.net/keys/images"}


def registry(encryption, **tags):
    return {"images": (CONTAINER_REGISTRY, {"encryption": encryption, "tags": tags})}


CASES = {
    "bad": {
        "nothing said": (registry(None), "images: encryption.status: is unset, not enabled"),
        "a key that isn't used": (
            registry({"status": "disabled", "keyVaultProperties": KEY}),
            "images: encryption.status: is disabled, not enabled",
        ),
        "no key": (
            registry({"status": "enabled"}),
            "images: encryption.keyVaultProperties.keyIdentifier: names no key",
        ),
        "no key, beside what isn't known": (
            registry({"status": "enabled", "keyVaultProperties": {"identity": UNKNOWN}}),
            "images: encryption.keyVaultProperties.keyIdentifier: names no key",
        ),
    },
    "good": {
        "a key": (registry({"status": "enabled", "keyVaultProperties": KEY}),),
        "a key that isn't known yet": (
            registry({"status": "Enabled", "keyVaultProperties": {"keyIdentifier": UNKNOWN}}),
        ),
    },
    "unknown": {
        "a status that isn't known": (
            registry({"status": UNKNOWN, "keyVaultProperties": KEY}),
            "images: encryption.status: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "public images": (registry(None, **{"data-classification": "public"}),),
        "a copy of a registry": ({"copy": (CONTAINER_REGISTRY_REPLICA, {})},),
    },
}


def test_verdict(case, check):
    check("CT10", case)
