from modelyard_policies.aws.types import (
    BACKUP_PLAN,
    BACKUP_VAULT,
    BUCKET,
    BUCKET_REPLICATION,
    KMS_REPLICA_KEY,
)
from modelyard_policies.graph import UNKNOWN

HERE = {"region": "eu-west-1"}
THERE = {"region": "eu-central-1"}
REPLICA = {"replica": (KMS_REPLICA_KEY, {"primaryKeyArn": "arn:of:another:stack"}, {}, THERE)}
NONE = "plan: rules: no rule copies backups to another region"
ARN = "arn:aws:backup:{}:111122223333:backup-vault:copies"


def plan(*copies, target="daily", fields=HERE, links=()):
    """A plan with one rule, and a recovery region in use."""
    actions = [{"destinationVaultArn": copy} for copy in copies]
    rules = [{"targetVaultName": target, "copyActions": actions}]
    return {**REPLICA, "plan": (BACKUP_PLAN, {"rules": rules}, {"rules": list(links)}, fields)}


def vaults(beside, elsewhere):
    return {"v1": (BACKUP_VAULT, beside, {}, HERE), "v2": (BACKUP_VAULT, elsewhere, {}, THERE)}


CASES = {
    "bad": {
        "no copy": (plan(), NONE),
        "a copy in its own region": (plan(ARN.format("eu-west-1")), NONE),
        "a vault of the graph in its own region": (
            {**vaults({"name": "daily"}, {}), "v3": (BACKUP_VAULT, {}, {}, HERE)}
            | plan(UNKNOWN, links=["v1", "v3"]),
            NONE,
        ),
    },
    "good": {
        "an ARN of another region": (plan(ARN.format("eu-central-1")),),
        "a vault of the graph, beside the target": (
            vaults({"name": "daily"}, {"name": "copies"}) | plan(UNKNOWN, links=["v1", "v2"]),
        ),
        "vaults whose names aren't known": (
            vaults({}, {}) | plan(UNKNOWN, target=UNKNOWN, links=["v1", "v2"]),
        ),
        "vaults of one name": (
            vaults({"name": "daily"}, {"name": "daily"}) | plan(UNKNOWN, links=["v1", "v2"]),
        ),
        "another rule copies": (
            {
                **REPLICA,
                "plan": (
                    BACKUP_PLAN,
                    {
                        "rules": [
                            {"targetVaultName": "daily"},
                            {"copyActions": [{"destinationVaultArn": ARN.format("eu-central-1")}]},
                        ]
                    },
                    {},
                    HERE,
                ),
            },
        ),
    },
    "unknown": {
        "a destination of which nothing is known": (
            plan(UNKNOWN),
            "plan: rules[0].copyActions[0].destinationVaultArn: can't be judged: which vault it is isn't known",
        ),
        "one of several vaults": (
            {
                **vaults({"name": "daily"}, {}),
                "v3": (BACKUP_VAULT, {}, {}, HERE),
                **plan(UNKNOWN, links=["v1", "v2", "v3"]),
            },
            "plan: rules[0].copyActions[0].destinationVaultArn: can't be judged: which vault it is isn't known",
        ),
        "a region that isn't known": (
            plan(ARN.format("eu-central-1"), fields={}),
            "plan: region: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "no recovery region": ({"plan": (BACKUP_PLAN, {"rules": []}, {}, HERE)},),
        "the recovery region's own plan": (plan(fields=THERE),),
        "replication within the region": (
            {
                "a": (BUCKET, {"bucket": "a"}, {}, HERE),
                "b": (BUCKET, {"bucket": "b"}, {}, HERE),
                "replication": (
                    BUCKET_REPLICATION,
                    {"bucket": "a", "rules": [{"destination": {"bucket": "arn:aws:s3:::b"}}]},
                    {},
                    HERE,
                ),
                "plan": (BACKUP_PLAN, {"rules": []}, {}, HERE),
            },
        ),
    },
}


def test_verdict(case, check):
    check("BK3", case)
