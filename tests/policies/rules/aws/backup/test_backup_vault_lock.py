from modelyard_policies.aws.types import BACKUP_VAULT, BACKUP_VAULT_LOCK
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.backup.backup_vault_lock import VaultLocks

LOCK = {"minRetentionDays": 7, "maxRetentionDays": 400, "changeableForDays": 3}


def design(tags=None, **lock):
    """A vault and its lock, that knows its vault by the dependency."""
    return {
        "vault": (BACKUP_VAULT, {"tags": tags or {}}),
        "lock": (
            BACKUP_VAULT_LOCK,
            {"backupVaultName": UNKNOWN, **LOCK, **lock},
            {"backupVaultName": ["vault"]},
        ),
    }


CASES = {
    "bad": {
        "no lock, nothing said": (
            {"vault": (BACKUP_VAULT, {})},
            "vault: : no VaultLockConfiguration locks this vault",
        ),
        "no lock, and restricted data": (
            {"vault": (BACKUP_VAULT, {"tags": {"data-classification": "restricted", "stage": "production"}})},
            "vault: : no VaultLockConfiguration locks this vault",
        ),
        "a lock of another vault": (
            {
                "vault": (BACKUP_VAULT, {"name": "a"}),
                "lock": (BACKUP_VAULT_LOCK, {"backupVaultName": "b", **LOCK}),
            },
            "vault: : no VaultLockConfiguration locks this vault",
        ),
        "governance": (
            design(changeableForDays=None),
            "lock: changeableForDays: is unset: a lock in governance mode can be taken away",
        ),
        "no retentions": (
            design(minRetentionDays=None, maxRetentionDays=0),
            "lock: minRetentionDays: is unset",
            "lock: maxRetentionDays: is 0",
        ),
    },
    "good": {
        "compliance": (design({"data-classification": "confidential"}),),
        "by name": (
            {
                "vault": (BACKUP_VAULT, {"name": "a"}),
                "lock": (BACKUP_VAULT_LOCK, {"backupVaultName": "a", **LOCK}),
            },
        ),
    },
    "unknown": {
        "a lock that may be another's": (
            {
                "vault": (BACKUP_VAULT, {}),
                "lock": (BACKUP_VAULT_LOCK, {"backupVaultName": UNKNOWN, **LOCK}),
            },
            "lock: backupVaultName: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "retentions that aren't known": (
            design(minRetentionDays=UNKNOWN),
            "lock: minRetentionDays: can't be judged: not known before the deployment",
        ),
        "tags that aren't known": (
            {"vault": (BACKUP_VAULT, {"tags": UNKNOWN})},
            "vault: tags: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "not production": ({"vault": (BACKUP_VAULT, {"tags": {"stage": "staging"}})},),
        "public data": ({"vault": (BACKUP_VAULT, {"tags": {"data-classification": "public"}})},),
        "internal data, by the provider's tags": (
            {
                "aws": (
                    "pulumi:providers:aws",
                    {"defaultTags": '{"tags": {"data-classification": "Internal"}}'},
                ),
                "vault": (BACKUP_VAULT, {}, {}, {"provider": "aws"}),
            },
        ),
    },
}


def test_verdict(case, check):
    check("BK2", case)


def test_governance_can_be_allowed(build):
    graph = build(design(changeableForDays=None))
    options = [VaultLocks.from_json({"mode": "governance"})]
    assert evaluate(graph, all_rules(), select=["BK2"], options=options).ok
