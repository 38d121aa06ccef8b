from modelyard_policies.aws.types import DEFAULT_NETWORK_ACL, NETWORK_ACL, NETWORK_ACL_RULE, VPC
from modelyard_policies.graph import UNKNOWN

WORLD = "0.0.0.0/0"
SSH = "opens SSH (port 22) to the whole internet"
RDP = "opens RDP (port 3389) to the whole internet"


def entry(number, first, last, action="allow", protocol="tcp", **peers):
    return {
        "ruleNo": number,
        "action": action,
        "protocol": protocol,
        "fromPort": first,
        "toPort": last,
        **(peers or {"cidrBlock": WORLD}),
    }


def acl(*entries, **resources):
    return {"acl": (NETWORK_ACL, {"ingress": list(entries)}), **resources}


def rule(number, first, last, action="allow", acl=None, **properties):
    return (
        NETWORK_ACL_RULE,
        {
            "networkAclId": UNKNOWN if acl else "acl-1",
            "ruleNumber": number,
            "ruleAction": action,
            "protocol": "6",
            "fromPort": first,
            "toPort": last,
            "cidrBlock": WORLD,
            **properties,
        },
        {"networkAclId": [acl]} if acl else {},
    )


CASES = {
    "bad": {
        "SSH": (acl(entry(100, 22, 22)), f"acl: ingress[0].cidrBlock: {SSH}"),
        "RDP by IPv6, numbers as text": (
            acl(entry("100", "3000", "4000", ipv6CidrBlock="::/0")),
            f"acl: ingress[0].ipv6CidrBlock: {RDP}",
        ),
        "everything": (
            acl(entry(100, 0, 0, protocol="-1")),
            f"acl: ingress[0].cidrBlock: {SSH}",
            f"acl: ingress[0].cidrBlock: {RDP}",
        ),
        "answers, without denying RDP": (
            acl(entry(100, 1024, 65535)),
            f"acl: ingress[0].cidrBlock: {RDP}",
        ),
        "denied too late": (
            acl(entry(100, 22, 22), entry(200, 22, 22, "deny")),
            f"acl: ingress[0].cidrBlock: {SSH}",
        ),
        "denied for IPv4 only": (
            acl(entry(100, 22, 22, "deny"), entry(200, 22, 22, ipv6CidrBlock="::/0", cidrBlock=WORLD)),
            f"acl: ingress[1].ipv6CidrBlock: {SSH}",
        ),
        "denied to half of the internet": (
            acl(entry(100, 22, 22, "deny", cidrBlock="0.0.0.0/1"), entry(200, 22, 22)),
            f"acl: ingress[1].cidrBlock: {SSH}",
        ),
        "denied to one network only": (
            acl(entry(100, 22, 22, "deny", cidrBlock="203.0.113.0/24"), entry(200, 22, 22)),
            f"acl: ingress[1].cidrBlock: {SSH}",
        ),
        "a rule of its own": (
            acl(rule=rule(100, 22, 22, acl="acl")),
            f"rule: cidrBlock: {SSH}",
        ),
        "a rule of an ACL from elsewhere": (
            {"rule": rule(100, 22, 22), "other": rule(200, 22, 22, "deny")},
            f"rule: cidrBlock: {SSH}",
        ),
        "SSH beside an unknown entry that comes after": (
            acl(entry(100, 22, 22), entry(200, 22, 22, UNKNOWN)),
            f"acl: ingress[0].cidrBlock: {SSH}",
        ),
    },
    "good": {
        "nothing": (acl(),),
        "HTTPS": (acl(entry(100, 443, 443)),),
        "SSH by UDP is no SSH": (acl(entry(100, 22, 22, protocol="17")),),
        "SSH from the office": (acl(entry(100, 22, 22, cidrBlock="203.0.113.0/24")),),
        "answers, after denying RDP": (
            acl(entry(200, 1024, 65535), entry(100, 3389, 3389, "deny", protocol="-1")),
        ),
        "denied by a rule of its own": (acl(entry(200, 22, 22), deny=rule(100, 20, 30, "deny", acl="acl")),),
        "denied in an ACL from elsewhere": ({"rule": rule(200, 22, 22), "deny": rule(100, 22, 22, "deny")},),
        "a rule for what goes out": (
            acl(rule=rule(100, 22, 22, acl="acl", egress=True)) | {"other": rule(100, 22, 22, egress=True)},
        ),
    },
    "unknown": {
        "SSH from an unknown address": (
            acl(entry(100, 22, 22, cidrBlock=UNKNOWN)),
            "acl: ingress[0].cidrBlock: can't be judged: not known before the deployment",
        ),
        "an unknown entry that comes before": (
            acl(entry(100, 22, 22), entry(50, 22, 22, UNKNOWN)),
            "acl: ingress[1].action: can't be judged: not known before the deployment",
        ),
        "a rule that may deny it": (
            {"rule": rule(200, 22, 22), "other": rule(100, 22, 22, "deny", networkAclId=UNKNOWN)},
            "other: networkAclId: can't be judged: not known before the deployment",
        ),
        "a rule of an unknown ACL": (
            {"rule": rule(100, 22, 22, networkAclId=UNKNOWN)},
            "rule: networkAclId: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "the default ACL": (
            {
                "acl": (DEFAULT_NETWORK_ACL, {"ingress": [entry(100, 0, 0, protocol="-1")]}),
                "rule": rule(100, 22, 22, acl="acl"),
            },
        ),
        "no ACL": ({"vpc": (VPC, {})},),
    },
}


def test_verdict(case, check):
    check("NW5", case)
