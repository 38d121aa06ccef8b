from modelyard_policies.aws.types import KMS_KEY, KMS_REPLICA_KEY, REGISTRY_REPLICATION
from modelyard_policies.graph import UNKNOWN

HERE = {"region": "eu-west-1"}
THERE = {"region": "eu-central-1"}
IMAGES = (
    REGISTRY_REPLICATION,
    {"replicationConfiguration": {"rules": [{"destinations": [{"region": "eu-central-1"}]}]}},
    {},
    HERE,
)
"""What shows that eu-central-1 is in use for recovery."""


def key(fields=HERE, **properties):
    return {"key": (KMS_KEY, properties, {}, fields)}


def replica(of="key"):
    return {"replica": (KMS_REPLICA_KEY, {"primaryKeyArn": UNKNOWN}, {"primaryKeyArn": [of]}, THERE)}


CASES = {
    "bad": {
        "for several regions, in one": (
            key(multiRegion=True),
            "key: multiRegion: is true, but no replica stands in another region",
        ),
        "of one region, with nothing in the other": (
            key() | {"images": IMAGES},
            "key: multiRegion: is unset, and no other key stands in its stead",
        ),
        "one of two is forgotten": (
            key(multiRegion=False) | {"other": (KMS_KEY, {"multiRegion": True}, {}, HERE)} | replica("other"),
            "key: multiRegion: is false, and no other key stands in its stead",
        ),
    },
    "good": {
        "a replica": (key(multiRegion=True) | replica(),),
        "a key of its own there": (
            {
                "images": IMAGES,
                **key(),
                "there": (KMS_KEY, {}, {}, THERE),
            },
        ),
    },
    "unknown": {
        "whether it is for several": (
            key(multiRegion=UNKNOWN),
            "key: multiRegion: can't be judged: not known before the deployment",
        ),
        "a replica that may be its own": (
            key(multiRegion=True) | {"replica": (KMS_REPLICA_KEY, {"primaryKeyArn": UNKNOWN}, {}, THERE)},
            "replica: primaryKeyArn: can't be judged: may refer to this resource, which isn't known yet",
        ),
    },
    "not applicable": {
        "no recovery region": (key(),),
        "in the recovery region": (key(THERE) | {"images": IMAGES},),
        "not production": (key(tags={"stage": "staging"}) | {"images": IMAGES},),
    },
}


def test_verdict(case, check):
    check("EN5", case)
