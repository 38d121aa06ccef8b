from modelyard_policies.aws.types import BUCKET, KMS_KEY, REPOSITORY, REPOSITORY_LIFECYCLE
from modelyard_policies.graph import UNKNOWN

OURS = {"encryptionType": "KMS", "kmsKey": "arn:aws:kms:eu-west-1:123456789012:key/1"}


def repository(lifecycle=True, **properties):
    properties = {
        "name": "training",
        "imageTagMutability": "IMMUTABLE",
        "encryptionConfigurations": [OURS],
        **properties,
    }
    policies = (
        {"old": (REPOSITORY_LIFECYCLE, {"repository": "training", "policy": "{}"})} if lifecycle else {}
    )
    return {"images": (REPOSITORY, properties), **policies}


KEY = "images: encryptionConfigurations"

CASES = {
    "bad": {
        "nothing said": (
            {"images": (REPOSITORY, {"name": "training"})},
            "images: imageTagMutability: is unset, not IMMUTABLE",
            f"{KEY}.kmsKey: names no customer-managed key",
            "images: : has no LifecyclePolicy, so every image is kept for ever",
        ),
        "tags that move": (
            repository(imageTagMutability="MUTABLE_WITH_EXCLUSION"),
            "images: imageTagMutability: is MUTABLE_WITH_EXCLUSION, not IMMUTABLE",
        ),
        "every tag left out": (
            repository(
                imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
                imageTagMutabilityExclusionFilters=[{"filter": "cache-*"}, {"filter": "*"}],
            ),
            "images: imageTagMutabilityExclusionFilters: leaves out every tag",
        ),
        "the key of ECR itself": (
            repository(encryptionConfigurations=[{"encryptionType": "KMS"}]),
            f"{KEY}[0].kmsKey: names no customer-managed key",
        ),
        "no key of KMS": (
            repository(encryptionConfigurations=[{"encryptionType": "AES256"}]),
            f"{KEY}[0].kmsKey: names no customer-managed key",
        ),
        "the policy of another": (
            repository(lifecycle=False)
            | {"old": (REPOSITORY_LIFECYCLE, {"repository": "web", "policy": "{}"})},
            "images: : has no LifecyclePolicy, so every image is kept for ever",
        ),
        "the policy of its namesake in another region": (
            {
                "images": (*repository()["images"], {}, {"region": "eu-west-1"}),
                "old": (*repository()["old"], {}, {"region": "us-east-1"}),
            },
            "images: : has no LifecyclePolicy, so every image is kept for ever",
        ),
        "whatever else isn't known": (
            repository(imageTagMutability="MUTABLE", encryptionConfigurations=UNKNOWN),
            "images: imageTagMutability: is MUTABLE, not IMMUTABLE",
        ),
    },
    "good": {
        "all three": (repository(),),
        "some tags left out": (
            repository(
                imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
                imageTagMutabilityExclusionFilters=[{"filter": "cache-*"}],
            ),
        ),
        "a key of the stack, in two layers": (
            {
                "key": (KMS_KEY, {}),
                "images": (
                    REPOSITORY,
                    {
                        "imageTagMutability": "IMMUTABLE",
                        "encryptionConfigurations": [{"encryptionType": "KMS_DSSE", "kmsKey": UNKNOWN}],
                    },
                    {"encryptionConfigurations": ["key"]},
                ),
                "old": (REPOSITORY_LIFECYCLE, {"repository": UNKNOWN}, {"repository": ["images"]}),
            },
        ),
    },
    "unknown": {
        "a key that isn't known": (
            repository(encryptionConfigurations=[{"encryptionType": "KMS", "kmsKey": UNKNOWN}]),
            f"{KEY}[0].kmsKey: can't be judged: not known before the deployment",
        ),
        "a policy that may be for it": (
            repository(lifecycle=False) | {"old": (REPOSITORY_LIFECYCLE, {"repository": UNKNOWN})},
            "old: repository: can't be judged: may refer to this resource, which isn't known yet",
        ),
    },
    "not applicable": {"no repository": ({"data": (BUCKET, {})},)},
}


def test_verdict(case, check):
    check("CT6", case)
