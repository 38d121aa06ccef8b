from modelyard_policies.aws.types import (
    EBS_DEFAULT_KEY,
    EBS_ENCRYPTION_BY_DEFAULT,
    INSTANCE,
    KMS_KEY,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
    VOLUME,
)
from modelyard_policies.graph import UNKNOWN

GOOD = {"encrypted": True, "kmsKeyId": UNKNOWN}
NO_KEY = "disk: kmsKeyId: names no customer-managed key"
BY_IMAGE = "web: rootBlockDevice: is unset, so the image decides about encryption"
INTERNAL = {"data-classification": "internal"}


def disk(region=None, **properties):
    given = {**GOOD, **properties}
    return {"key": (KMS_KEY, {}), "disk": (VOLUME, given, {"kmsKeyId": ["key"]}, {"region": region})}


def web(token=INSTANCE, **properties):
    links = {"rootBlockDevice": ["key"], "ebsBlockDevices": ["key"]}
    return {"key": (KMS_KEY, {}), "web": (token, properties, links)}


def default_key(region):
    return {"default": (EBS_DEFAULT_KEY, {"keyArn": UNKNOWN}, {}, {"region": region})}


def by_default(region, enabled=None):
    """New volumes of a region are encrypted, asked for or not."""
    return {"by-default": (EBS_ENCRYPTION_BY_DEFAULT, {"enabled": enabled}, {}, {"region": region})}


PLAIN = {"encrypted": None, "kmsKeyId": None}

CASES = {
    "bad": {
        "nothing said": (disk(encrypted=None, kmsKeyId=None), "disk: encrypted: is unset", NO_KEY),
        "off": (disk(encrypted=False), "disk: encrypted: is false"),
        "off, with internal data": (
            disk(encrypted=False, kmsKeyId=None, tags=INTERNAL),
            "disk: encrypted: is false",
        ),
        "from a snapshot": (disk(encrypted=None, snapshotId="snap-1"), "disk: encrypted: is unset"),
        "off, where volumes are encrypted by default": (
            disk("eu-west-1", encrypted=False) | by_default("eu-west-1"),
            "disk: encrypted: is false",
        ),
        "nothing said, where volumes aren't encrypted by default": (
            disk("eu-west-1", encrypted=None) | by_default("eu-west-1", False) | by_default("eu-central-1"),
            "disk: encrypted: is unset",
        ),
        "nothing said, where volumes are encrypted by default under AWS's key": (
            disk("eu-west-1", **PLAIN) | by_default("eu-west-1"),
            NO_KEY,
        ),
        "an instance that says nothing, where volumes are encrypted by default under AWS's key": (
            web(instanceType="t3.micro") | by_default(None),
            "web: rootBlockDevice.kmsKeyId: names no customer-managed key",
        ),
        "AWS's key": (disk(kmsKeyId=None), NO_KEY),
        "the account's key in another region": (
            disk("eu-west-1", kmsKeyId=None) | default_key("eu-central-1"),
            NO_KEY,
        ),
        "AWS's key by its alias, beside the account's": (
            disk("eu-west-1", kmsKeyId="alias/aws/ebs") | default_key("eu-west-1"),
            NO_KEY,
        ),
        "an instance that says nothing": (web(instanceType="t3.micro"), BY_IMAGE),
        "an instance with a plain root": (
            web(rootBlockDevice={"volumeSize": 20}),
            "web: rootBlockDevice.encrypted: is unset",
            "web: rootBlockDevice.kmsKeyId: names no customer-managed key",
        ),
        "an instance with a plain second volume": (
            web(rootBlockDevice=GOOD, ebsBlockDevices=[GOOD, {**GOOD, "encrypted": False}]),
            "web: ebsBlockDevices[1].encrypted: is false",
        ),
        "a spot instance with a plain root": (
            web(SPOT_INSTANCE_REQUEST, rootBlockDevice={**GOOD, "encrypted": "false"}),
            "web: rootBlockDevice.encrypted: is false",
        ),
        "a launch configuration with a plain root": (
            web(LAUNCH_CONFIGURATION, rootBlockDevice={}),
            "web: rootBlockDevice.encrypted: is unset",
        ),
        "a plain root, and volumes that aren't known": (
            web(ebsBlockDevices=UNKNOWN, rootBlockDevice={**GOOD, "encrypted": False}),
            "web: rootBlockDevice.encrypted: is false",
        ),
    },
    "good": {
        "a key of the graph": (disk(),),
        "a key from elsewhere": (disk(kmsKeyId="arn:aws:kms:eu-west-1:111122223333:key/1"),),
        "the account's key": (disk("eu-west-1", kmsKeyId=None) | default_key("eu-west-1"),),
        "nothing said, where volumes are encrypted by default under the account's key": (
            disk("eu-west-1", **PLAIN) | by_default("eu-west-1", "true") | default_key("eu-west-1"),
        ),
        "an instance that says nothing, where volumes are encrypted by default under the account's key": (
            web(instanceType="t3.micro") | by_default(None) | default_key(None),
        ),
        "internal data under AWS's key": (disk(kmsKeyId=None, tags=INTERNAL),),
        "an instance": (web(rootBlockDevice=GOOD, ebsBlockDevices=[GOOD]),),
        "an instance by a template": (web(launchTemplate={"id": "lt-1"}),),
        "a launch configuration": (
            web(
                LAUNCH_CONFIGURATION,
                rootBlockDevice={"encrypted": True},
                ebsBlockDevices=[{"deviceName": "/dev/sdb", "noDevice": True}],
            ),
        ),
    },
    "unknown": {
        "whether volumes are encrypted by default isn't known": (
            disk("eu-west-1", encrypted=None) | by_default("eu-west-1", UNKNOWN),
            "by-default: enabled: can't be judged: not known before the deployment",
        ),
        "encryption that isn't known": (
            disk(encrypted=UNKNOWN),
            "disk: encrypted: can't be judged: not known before the deployment",
        ),
        "a key that isn't known and comes from no key of the graph": (
            {"disk": (VOLUME, GOOD)},
            "disk: kmsKeyId: can't be judged: not known before the deployment",
        ),
        "volumes that aren't known": (
            web(rootBlockDevice=GOOD, ebsBlockDevices=UNKNOWN),
            "web: ebsBlockDevices: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a launch template": ({"nodes": (LAUNCH_TEMPLATE, {})},)},
}


def test_verdict(case, check):
    check("CO4", case)
