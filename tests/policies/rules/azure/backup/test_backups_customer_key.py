from modelyard_policies.azure.types import BACKUP_VAULT, RECOVERY_SERVICES_VAULT
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.backup.backups_customer_key import BackupEncryption

KEY = {"keyUri": "https://acme.vault.azure.net/keys/backups"}


def backups(state=None, key=KEY, twice="Enabled", **tags):
    encryption = {"state": state, "keyVaultProperties": key, "infrastructureEncryption": twice}
    properties = {"securitySettings": {"encryptionSettings": encryption}}
    return {"vault": (BACKUP_VAULT, {"properties": properties, "tags": tags})}


def recovery(key=KEY, twice="Enabled"):
    encryption = {"keyVaultProperties": key, "infrastructureEncryption": twice}
    return {"vault": (RECOVERY_SERVICES_VAULT, {"properties": {"encryption": encryption}})}


OURS = "vault: properties.securitySettings.encryptionSettings"
THEIRS = "vault: properties.encryption"

CASES = {
    "bad": {
        "nothing said": (
            {"vault": (BACKUP_VAULT, {})},
            f"{OURS}.keyVaultProperties.keyUri: names no customer-managed key",
            f"{OURS}.infrastructureEncryption: is unset, not Enabled",
        ),
        "nothing said of a Recovery Services vault": (
            {"vault": (RECOVERY_SERVICES_VAULT, {})},
            f"{THEIRS}.keyVaultProperties.keyUri: names no customer-managed key",
            f"{THEIRS}.infrastructureEncryption: is unset, not Enabled",
        ),
        "a key that isn't used": (backups("Disabled"), f"{OURS}.state: is Disabled, not Enabled"),
        "one layer": (
            backups("Enabled", twice="Disabled"),
            f"{OURS}.infrastructureEncryption: is Disabled, not Enabled",
        ),
        "no key, beside what isn't known": (
            recovery(key={}, twice=UNKNOWN),
            f"{THEIRS}.keyVaultProperties.keyUri: names no customer-managed key",
        ),
    },
    "good": {
        "a key over a second layer": (backups("Enabled"),),
        "a key without a state": (backups(),),
        "a key of a Recovery Services vault": (recovery(),),
        "a key that isn't known yet": (backups("Enabled", key={"keyUri": UNKNOWN}),),
    },
    "unknown": {
        "a block that isn't known": (
            {"vault": (RECOVERY_SERVICES_VAULT, {"properties": {"encryption": UNKNOWN}})},
            f"{THEIRS}: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "internal data": (backups(key=None, **{"data-classification": "internal"}),),
    },
}


def test_verdict(case, check):
    check("BK14", case)


def test_a_second_layer_can_be_left_out_by_the_option(build):
    optional = [BackupEncryption.from_json({"infrastructure": "optional"})]
    graph = build(recovery(twice=None))
    for options, ok in ((optional, True), ((), False)):
        assert evaluate(graph, all_rules(), select=["BK14"], options=options).ok is ok
