from modelyard_policies.aws.types import (
    LAUNCH_TEMPLATE,
    SECURITY_GROUP,
    SECURITY_GROUP_EGRESS_RULE,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_RULE,
)
from modelyard_policies.graph import UNKNOWN


def template(*groups, kind="efa", cards=2, values=(UNKNOWN,)):
    """A launch template whose interfaces use the groups named, by dependency as in a preview."""
    interfaces = [
        {"networkCardIndex": card, "interfaceType": kind, "securityGroups": list(values)}
        for card in range(cards)
    ]
    return {"node": (LAUNCH_TEMPLATE, {"networkInterfaces": interfaces}, {"networkInterfaces": [*groups]})}


def rule(direction, group="fabric", to="fabric", protocol="-1"):
    token = SECURITY_GROUP_INGRESS_RULE if direction == "ingress" else SECURITY_GROUP_EGRESS_RULE
    return (
        token,
        {
            "securityGroupId": UNKNOWN,
            "referencedSecurityGroupId": UNKNOWN,
            "ipProtocol": protocol,
        },
        {"securityGroupId": [group], "referencedSecurityGroupId": [to]},
    )


def older(direction, **properties):
    return (
        SECURITY_GROUP_RULE,
        {"securityGroupId": UNKNOWN, "type": direction, "protocol": "-1", **properties},
        {"securityGroupId": ["fabric"]},
    )


GROUP = {"fabric": (SECURITY_GROUP, {})}
BOTH = {"in": rule("ingress"), "out": rule("egress")}
TO_ALL = (
    SECURITY_GROUP_EGRESS_RULE,
    {"securityGroupId": UNKNOWN, "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"},
    {"securityGroupId": ["fabric"]},
)
SELF = {"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}
SHUT = "node: networkInterfaces: an EFA interface has no security group that lets all traffic"
FIRST = "node: networkInterfaces[0].securityGroups"
NOT_IN = f"{SHUT} in from itself"
NOT_OUT = f"{SHUT} out to itself"

CASES = {
    "bad": {
        "a group without rules": ({**GROUP, **template("fabric")}, NOT_IN, NOT_OUT),
        "in only": ({**GROUP, **template("fabric"), "in": rule("ingress")}, NOT_OUT),
        "out only": ({**GROUP, **template("fabric"), "out": rule("egress")}, NOT_IN),
        "out to every address": (
            {**GROUP, **template("fabric"), "in": rule("ingress"), "out": TO_ALL},
            NOT_OUT,
        ),
        "TCP only": (
            {**GROUP, **template("fabric"), **BOTH, "in": rule("ingress", protocol="tcp")},
            NOT_IN,
        ),
        "from another group": (
            {
                **GROUP,
                "other": (SECURITY_GROUP, {}),
                **template("fabric"),
                **BOTH,
                "in": rule("ingress", to="other"),
            },
            NOT_IN,
        ),
        "no group on the interface": (template(values=()), NOT_IN, NOT_OUT),
        "one open interface and one of a shut group": (
            {
                "fabric": (SECURITY_GROUP, {"name": "x"}, {}, {"outputs": {"id": "sg-1"}}),
                "shut": (SECURITY_GROUP, {}, {}, {"outputs": {"id": "sg-2"}}),
                **BOTH,
                "node": (
                    LAUNCH_TEMPLATE,
                    {
                        "networkInterfaces": [
                            {"interfaceType": "efa", "securityGroups": ["sg-1"]},
                            {"interfaceType": "efa-only", "securityGroups": ["sg-2"]},
                        ]
                    },
                ),
            },
            NOT_IN,
            NOT_OUT,
        ),
    },
    "good": {
        "rules by dependency, as in a preview": ({**GROUP, **template("fabric"), **BOTH},),
        "32 cards, EFA only": ({**GROUP, **template("fabric", kind="efa-only", cards=32), **BOTH},),
        "rules by id, as in a stack": (
            {
                "fabric": (SECURITY_GROUP, {}, {}, {"outputs": {"id": "sg-1"}}),
                **template(values=("sg-1",)),
                "in": (
                    SECURITY_GROUP_INGRESS_RULE,
                    {"securityGroupId": "sg-1", "referencedSecurityGroupId": "sg-1", "ipProtocol": "-1"},
                ),
                "out": (
                    SECURITY_GROUP_EGRESS_RULE,
                    {"securityGroupId": "sg-1", "referencedSecurityGroupId": "sg-1", "ipProtocol": -1.0},
                ),
            },
        ),
        "inline rules": (
            {"fabric": (SECURITY_GROUP, {"ingress": [SELF], "egress": [SELF]}), **template("fabric")},
        ),
        "older rules": (
            {
                **GROUP,
                **template("fabric"),
                "in": older("ingress", self=True),
                "out": (
                    SECURITY_GROUP_RULE,
                    {
                        "securityGroupId": UNKNOWN,
                        "type": "egress",
                        "protocol": "all",
                        "sourceSecurityGroupId": UNKNOWN,
                    },
                    {"securityGroupId": ["fabric"], "sourceSecurityGroupId": ["fabric"]},
                ),
            },
        ),
        "a second group that is shut": (
            {
                "fabric": (SECURITY_GROUP, {}, {}, {"outputs": {"id": "sg-1"}}),
                "shut": (SECURITY_GROUP, {}, {}, {"outputs": {"id": "sg-2"}}),
                **template(values=("sg-2", "sg-1")),
                **BOTH,
            },
        ),
    },
    "unknown": {
        "a group from elsewhere": (
            template(values=("sg-0123456789abcdef0",)),
            f"{FIRST}: can't be judged: names a resource that isn't in the graph",
        ),
        "one of two groups, of which one is shut": (
            {**GROUP, "shut": (SECURITY_GROUP, {}), **template("fabric", "shut"), **BOTH},
            f"{FIRST}: can't be judged: not known before the deployment",
        ),
        "a protocol that isn't known": (
            {**GROUP, **template("fabric"), **BOTH, "in": rule("ingress", protocol=UNKNOWN)},
            "in: ipProtocol: can't be judged: not known before the deployment",
        ),
        "an interface of who knows what kind": (
            {**GROUP, **template("fabric", kind=UNKNOWN)},
            "node: networkInterfaces[0].interfaceType: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "no EFA": ({**GROUP, **template("fabric", kind="interface")},),
        "no interfaces": ({"node": (LAUNCH_TEMPLATE, {})},),
    },
}


def test_verdict(case, check):
    check("CO6", case)
