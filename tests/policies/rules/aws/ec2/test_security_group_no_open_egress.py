from modelyard_policies.aws.types import (
    DEFAULT_SECURITY_GROUP,
    SECURITY_GROUP,
    SECURITY_GROUP_EGRESS_RULE,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_RULE,
)
from modelyard_policies.graph import UNKNOWN

WORLD = ["0.0.0.0/0"]


def group(*rules):
    return {"group": (SECURITY_GROUP, {"egress": list(rules)})}


def inline(first, last, protocol="-1", v4=None, v6=None):
    return {"fromPort": first, "toPort": last, "protocol": protocol, "cidrBlocks": v4, "ipv6CidrBlocks": v6}


def own(**properties):
    return {"rule": (SECURITY_GROUP_EGRESS_RULE, properties)}


def older(**properties):
    return {"rule": (SECURITY_GROUP_RULE, properties)}


ALL = "lets all traffic out to the whole internet"

CASES = {
    "bad": {
        "everything": (group(inline(0, 0, v4=WORLD)), f"group: egress[0].cidrBlocks: {ALL}"),
        "everything by IPv6": (
            own(ipProtocol="-1", cidrIpv6="::/0"),
            f"rule: cidrIpv6: {ALL}",
        ),
        "an older rule": (
            older(type="egress", protocol="all", fromPort=0, toPort=65535, cidrBlocks=WORLD),
            f"rule: cidrBlocks: {ALL}",
        ),
        "every port of TCP": (
            group(inline(1, 65535, "tcp", WORLD)),
            "group: egress[0].cidrBlocks: lets every TCP port out to the whole internet",
        ),
        "every port of UDP": (
            own(ipProtocol="udp", cidrIpv4="0.0.0.0/0"),
            "rule: cidrIpv4: lets every UDP port out to the whole internet",
        ),
        "the world beside an unknown address": (
            group(inline(0, 0, v4=[UNKNOWN, *WORLD])),
            f"group: egress[0].cidrBlocks: {ALL}",
        ),
    },
    "good": {
        "no egress, which the provider takes for none": ({"group": (SECURITY_GROUP, {})},),
        "HTTPS": (group(inline(443, 443, "tcp", WORLD, ["::/0"])),),
        "everything among themselves": (group({"protocol": "-1", "self": True}),),
        "everything to the VPC": (group(inline(0, 0, v4=["10.0.0.0/16"])),),
        "HTTPS to an unknown address": (own(ipProtocol="tcp", fromPort=443, toPort=443, cidrIpv4=UNKNOWN),),
        "pings": (group(inline(-1, -1, "icmp", WORLD)),),
    },
    "unknown": {
        "everything to an unknown address": (
            own(ipProtocol="-1", cidrIpv4=UNKNOWN),
            "rule: cidrIpv4: can't be judged: not known before the deployment",
        ),
        "an unknown protocol to the world": (
            group(inline(0, 65535, UNKNOWN, WORLD)),
            "group: egress[0].protocol: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "an older rule for ingress": (older(type="ingress", protocol="-1", cidrBlocks=WORLD),),
        "a rule for ingress": (
            {"rule": (SECURITY_GROUP_INGRESS_RULE, {"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"})},
        ),
        "the default group, which has a rule of its own": (
            {"group": (DEFAULT_SECURITY_GROUP, {"egress": [inline(0, 0, v4=WORLD)]})},
        ),
    },
}


def test_verdict(case, check):
    check("NW3", case)
