from modelyard_policies.aws.types import (
    DEFAULT_SECURITY_GROUP,
    NODE_GROUP,
    SECURITY_GROUP,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_RULE,
    VPC,
)
from modelyard_policies.graph import UNKNOWN


def group(*rules, token=SECURITY_GROUP):
    return {"group": (token, {"ingress": list(rules)})}


def inline(first=22, last=22, protocol="tcp", v4=None, v6=None):
    return {"fromPort": first, "toPort": last, "protocol": protocol, "cidrBlocks": v4, "ipv6CidrBlocks": v6}


def own(**properties):
    return {"rule": (SECURITY_GROUP_INGRESS_RULE, properties)}


def older(**properties):
    return {"rule": (SECURITY_GROUP_RULE, properties)}


WORLD = ["0.0.0.0/0"]


def nodes(**remote):
    return {"nodes": (NODE_GROUP, {"remoteAccess": {"ec2SshKey": "ops", **remote}})}


CASES = {
    "bad": {
        "nodes with a key": (
            nodes(),
            "nodes: remoteAccess.sourceSecurityGroupIds: is unset: opens SSH or RDP to the whole internet",
        ),
        "nodes with a key, from nowhere": (
            nodes(sourceSecurityGroupIds=[]),
            "nodes: remoteAccess.sourceSecurityGroupIds: is []: opens SSH or RDP to the whole internet",
        ),
        "SSH": (
            group(inline(v4=WORLD)),
            "group: ingress[0].cidrBlocks: opens SSH (port 22) to the whole internet",
        ),
        "RDP by IPv6 in a range, ports as text and numbers with decimals": (
            group(inline("3000", 4000.0, v6=["::/0"])),
            "group: ingress[0].ipv6CidrBlocks: opens RDP (port 3389) to the whole internet",
        ),
        "RDP by UDP": (
            group(inline(3389, 3389, "17", WORLD), token=DEFAULT_SECURITY_GROUP),
            "group: ingress[0].cidrBlocks: opens RDP (port 3389) to the whole internet",
        ),
        "everything, whatever the ports say": (
            group(inline(0, 0, "-1", WORLD)),
            "group: ingress[0].cidrBlocks: opens SSH (port 22) to the whole internet",
            "group: ingress[0].cidrBlocks: opens RDP (port 3389) to the whole internet",
        ),
        "the world beside an unknown address": (
            group(inline(v4=[UNKNOWN, *WORLD])),
            "group: ingress[0].cidrBlocks: opens SSH (port 22) to the whole internet",
        ),
        "the world beside an unknown rule": (
            group(inline(v4=UNKNOWN), inline(v4=WORLD)),
            "group: ingress[1].cidrBlocks: opens SSH (port 22) to the whole internet",
        ),
        "a rule of its own": (
            own(ipProtocol="tcp", fromPort=20, toPort=30, cidrIpv4="0.0.0.0/0"),
            "rule: cidrIpv4: opens SSH (port 22) to the whole internet",
        ),
        "a rule of its own, IPv6 written out": (
            own(ipProtocol="6", fromPort=22, toPort=22, cidrIpv6="0:0:0:0:0:0:0:0/0"),
            "rule: cidrIpv6: opens SSH (port 22) to the whole internet",
        ),
        "two halves of the internet": (
            group(inline(v4=["0.0.0.0/1", "128.0.0.0/1"])),
            "group: ingress[0].cidrBlocks: opens SSH (port 22) to the whole internet",
        ),
        "an older rule of its own": (
            older(type="ingress", protocol="tcp", fromPort=22, toPort=22, cidrBlocks=WORLD),
            "rule: cidrBlocks: opens SSH (port 22) to the whole internet",
        ),
    },
    "good": {
        "nodes with a key, from a group": (nodes(sourceSecurityGroupIds=[UNKNOWN]),),
        "no rule": (group(),),
        "HTTPS": (group(inline(443, 443, v4=WORLD)),),
        "SSH by UDP is no SSH": (group(inline(22, 22, "udp", WORLD)),),
        "SSH from the office": (group(inline(v4=["203.0.113.0/24"], v6=["2001:db8::/32"])),),
        "SSH from a group": (
            own(ipProtocol="tcp", fromPort=22, toPort=22, referencedSecurityGroupId=UNKNOWN),
        ),
        "HTTPS from an unknown address": (own(ipProtocol="tcp", fromPort=443, toPort=443, cidrIpv4=UNKNOWN),),
        "unknown ports from the office": (
            own(ipProtocol="tcp", fromPort=UNKNOWN, toPort=UNKNOWN, cidrIpv4="203.0.113.0/24"),
        ),
        "not an address": (group(inline(v4=["anywhere"])),),
    },
    "unknown": {
        "nodes with a key, from groups that aren't known": (
            nodes(sourceSecurityGroupIds=UNKNOWN),
            "nodes: remoteAccess.sourceSecurityGroupIds: can't be judged: not known before the deployment",
        ),
        "SSH from an unknown address": (
            own(ipProtocol="tcp", fromPort=22, toPort=22, cidrIpv4=UNKNOWN),
            "rule: cidrIpv4: can't be judged: not known before the deployment",
        ),
        "unknown ports from the world": (
            group(inline(UNKNOWN, UNKNOWN, v4=WORLD)),
            "group: ingress[0].fromPort: can't be judged: not known before the deployment",
        ),
        "unknown rules": (
            {"group": (SECURITY_GROUP, {"ingress": UNKNOWN})},
            "group: ingress: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "nodes without a key": ({"nodes": (NODE_GROUP, {"remoteAccess": {}})},),
        "an egress rule": (older(type="egress", protocol="-1", cidrBlocks=WORLD),),
        "no group": ({"net": (VPC, {})},),
    },
}


def test_verdict(case, check):
    check("NW1", case)
