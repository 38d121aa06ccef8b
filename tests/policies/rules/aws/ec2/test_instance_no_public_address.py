from modelyard_policies.aws.types import (
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
    VPC,
)
from modelyard_policies.graph import UNKNOWN


def template(*interfaces):
    return {"node": (LAUNCH_TEMPLATE, {"networkInterfaces": list(interfaces)})}


def asking(value):
    return {"associatePublicIpAddress": value}


CASES = {
    "bad": {
        "an interface of a template": (
            template({}, asking("true")),
            "node: networkInterfaces[1].associatePublicIpAddress: is true",
        ),
        "an instance": (
            {"node": (INSTANCE, asking(True))},
            "node: associatePublicIpAddress: is true",
        ),
        "a spot request": (
            {"node": (SPOT_INSTANCE_REQUEST, asking(True))},
            "node: associatePublicIpAddress: is true",
        ),
        "a launch configuration": (
            {"node": (LAUNCH_CONFIGURATION, asking(True))},
            "node: associatePublicIpAddress: is true",
        ),
        "beside an unknown interface": (
            template(asking(UNKNOWN), asking(True)),
            "node: networkInterfaces[1].associatePublicIpAddress: is true",
        ),
    },
    "good": {
        "false": (template(asking("false")) | {"instance": (INSTANCE, asking(False))},),
        "nothing said, which the subnet decides": ({"node": (INSTANCE, {})},),
        "no interface": (template(),),
    },
    "unknown": {
        "a value that isn't known": (
            {"node": (INSTANCE, asking(UNKNOWN))},
            "node: associatePublicIpAddress: can't be judged: not known before the deployment",
        ),
        "interfaces that aren't known": (
            {"node": (LAUNCH_TEMPLATE, {"networkInterfaces": UNKNOWN})},
            "node: networkInterfaces: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no machine": ({"vpc": (VPC, {})},)},
}


def test_verdict(case, check):
    check("CO5", case)
