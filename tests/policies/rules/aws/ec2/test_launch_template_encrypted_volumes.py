from modelyard_policies.aws.types import KMS_KEY, LAUNCH_TEMPLATE, VPC
from modelyard_policies.graph import UNKNOWN


def volume(encrypted=True, key="arn:aws:kms:eu-west-1:111122223333:key/1", device="/dev/xvda"):
    return {"deviceName": device, "ebs": {"encrypted": encrypted, "kmsKeyId": key}}


def template(*mappings, key=False):
    """A launch template; with `key` its mappings depend on a key of the graph, as in a preview."""
    return {
        "key": (KMS_KEY, {}),
        "node": (
            LAUNCH_TEMPLATE,
            {"blockDeviceMappings": list(mappings)},
            {"blockDeviceMappings": ["key"]} if key else {},
        ),
    }


NONE = "node: blockDeviceMappings: maps no volume, so the image decides about encryption"

CASES = {
    "bad": {
        "no mapping": ({"node": (LAUNCH_TEMPLATE, {})}, NONE),
        "instance store only": (template({"deviceName": "/dev/sdb", "virtualName": "ephemeral0"}), NONE),
        "a device left out only": (template({"deviceName": "/dev/sdb", "noDevice": "true"}), NONE),
        "not encrypted": (
            template(volume(encrypted=False)),
            "node: blockDeviceMappings[0].ebs.encrypted: volume /dev/xvda isn't encrypted",
        ),
        "a volume of which nothing is said": (
            template(volume(), {"deviceName": "/dev/sdf"}),
            "node: blockDeviceMappings[1].ebs.encrypted: volume /dev/sdf isn't encrypted",
            "node: blockDeviceMappings[1].ebs.kmsKeyId: volume /dev/sdf has no customer key",
        ),
        "AWS's own key": (
            template(volume(key="alias/aws/ebs"), key=True),
            "node: blockDeviceMappings[0].ebs.kmsKeyId: volume /dev/xvda has no customer key",
        ),
        "no key, and who knows whether encrypted": (
            template(volume(UNKNOWN, None, UNKNOWN)),
            "node: blockDeviceMappings[0].ebs.kmsKeyId: volume unknown has no customer key",
        ),
    },
    "good": {
        "a key of the graph": (template(volume(key=UNKNOWN), key=True),),
        "a key from elsewhere, encrypted as text": (template(volume("true")),),
        "a volume beside the instance store": (
            template(volume(), {"deviceName": "/dev/sdb", "virtualName": "ephemeral0"}),
        ),
    },
    "unknown": {
        "a key that isn't known and comes from no key of the graph": (
            template(volume(key=UNKNOWN)),
            "node: blockDeviceMappings[0].ebs.kmsKeyId: can't be judged: not known before the deployment",
        ),
        "mappings that aren't known": (
            template(volume(), UNKNOWN),
            "node: blockDeviceMappings[1]: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no launch template": ({"net": (VPC, {})},)},
}


def test_verdict(case, check):
    check("CO3", case)
