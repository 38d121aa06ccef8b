from modelyard_policies.aws.types import (
    ECS_SERVICE,
    EIP,
    EIP_ASSOCIATION,
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
    TASK_SET,
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
        "a service": (
            {"service": (ECS_SERVICE, {"networkConfiguration": {"assignPublicIp": True}})},
            "service: networkConfiguration.assignPublicIp: is true",
        ),
        "a set of tasks": (
            {"tasks": (TASK_SET, {"networkConfiguration": {"assignPublicIp": "true"}})},
            "tasks: networkConfiguration.assignPublicIp: is true",
        ),
        "an elastic address": (
            {"address": (EIP, {"instance": UNKNOWN}), "node": (INSTANCE, {})},
            "address: instance: gives an instance a public address",
        ),
        "an elastic address, given apart": (
            {
                "address": (EIP, {}),
                "given": (EIP_ASSOCIATION, {"instanceId": "i-0", "allocationId": UNKNOWN}),
            },
            "given: instanceId: gives an instance a public address",
        ),
        "beside an unknown interface": (
            template(asking(UNKNOWN), asking(True)),
            "node: networkInterfaces[1].associatePublicIpAddress: is true",
        ),
    },
    "good": {
        "a service in private": (
            {"service": (ECS_SERVICE, {"networkConfiguration": {"subnets": [UNKNOWN]}})},
        ),
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
