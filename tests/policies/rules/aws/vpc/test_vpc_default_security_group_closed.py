from modelyard_policies.aws.types import (
    BUCKET,
    DEFAULT_SECURITY_GROUP,
    SECURITY_GROUP,
    SECURITY_GROUP_EGRESS_RULE,
    VPC,
)
from modelyard_policies.graph import UNKNOWN


def design(**properties):
    return {
        "net": (VPC, {}),
        "default": (DEFAULT_SECURITY_GROUP, {"vpcId": UNKNOWN, **properties}, {"vpcId": ["net"]}),
    }


ALL = {"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}

CASES = {
    "bad": {
        "left as AWS makes it": (
            {"net": (VPC, {})},
            "net: : no DefaultSecurityGroup empties this VPC's default security group",
        ),
        "that of another VPC": (
            {**design(), "more": (VPC, {})},
            "more: : no DefaultSecurityGroup empties this VPC's default security group",
        ),
        "rules in and out": (
            design(ingress=[ALL], egress=[ALL]),
            "default: ingress: the default security group has ingress rules",
            "default: egress: the default security group has egress rules",
        ),
        "out beside an unknown in": (
            design(ingress=UNKNOWN, egress=[ALL]),
            "default: egress: the default security group has egress rules",
        ),
        "a rule of its own": (
            {
                **design(),
                "out": (
                    SECURITY_GROUP_EGRESS_RULE,
                    {"securityGroupId": UNKNOWN},
                    {"securityGroupId": ["default"]},
                ),
            },
            "out: securityGroupId: adds a rule to the default security group",
        ),
        "a rule of its own, by the VPC": (
            {
                **design(),
                "out": (
                    SECURITY_GROUP_EGRESS_RULE,
                    {"securityGroupId": UNKNOWN},
                    {"securityGroupId": ["net"]},
                ),
            },
            "out: securityGroupId: adds a rule to the default security group",
        ),
    },
    "good": {
        "a rule of another group, worked out from the VPC as well": (
            {
                **design(),
                "group": (SECURITY_GROUP, {"vpcId": UNKNOWN}, {"vpcId": ["net"]}),
                "out": (
                    SECURITY_GROUP_EGRESS_RULE,
                    {"securityGroupId": UNKNOWN},
                    {"securityGroupId": ["net", "group"]},
                ),
            },
        ),
        "empty": (design(ingress=[], egress=[]),),
        "nothing said": (design(),),
        "by id": (
            {
                "net": (VPC, {}, {}, {"outputs": {"id": "vpc-1"}}),
                "default": (DEFAULT_SECURITY_GROUP, {"vpcId": "vpc-1"}),
            },
        ),
    },
    "unknown": {
        "rules that aren't known": (
            design(egress=UNKNOWN),
            "default: egress: can't be judged: not known before the deployment",
        )
    },
    "not applicable": {"no VPC": ({"data": (BUCKET, {})},)},
}


def test_verdict(case, check):
    check("NW4", case)
