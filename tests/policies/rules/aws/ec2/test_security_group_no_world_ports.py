from modelyard_policies.aws.types import (
    DEFAULT_SECURITY_GROUP,
    SECURITY_GROUP,
    SECURITY_GROUP_EGRESS_RULE,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_RULE,
)
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.ec2.security_group_no_world_ports import PublicPorts

WORLD = ["0.0.0.0/0"]


def group(*rules, token=SECURITY_GROUP):
    return {"group": (token, {"ingress": list(rules)})}


def inline(first, last, protocol="tcp", v4=None, v6=None):
    return {"fromPort": first, "toPort": last, "protocol": protocol, "cidrBlocks": v4, "ipv6CidrBlocks": v6}


def own(**properties):
    return {"rule": (SECURITY_GROUP_INGRESS_RULE, properties)}


def older(**properties):
    return {"rule": (SECURITY_GROUP_RULE, properties)}


def opened(what, where="ingress[0].cidrBlocks", name="group"):
    return f"{name}: {where}: opens {what} to the whole internet"


CASES = {
    "bad": {
        "a database": (group(inline(3306, 3306, v4=WORLD)), opened("MySQL (port 3306)")),
        "a notebook by IPv6, ports as text": (
            group(inline("8888", "8888", v6=["::/0"])),
            opened("HTTP (port 8888)", "ingress[0].ipv6CidrBlocks"),
        ),
        "any other port": (group(inline(6443, 6443, v4=WORLD)), opened("port 6443")),
        "a range that holds the web's ports": (
            group(inline(80, 443, v4=WORLD)),
            opened("ports 80 to 443"),
        ),
        "SSH and what stands beside it": (group(inline(20, 22, v4=WORLD)), opened("ports 20 to 22")),
        "everything, whatever the ports say": (
            group(inline(0, 0, "-1", WORLD), token=DEFAULT_SECURITY_GROUP),
            opened("every port of every protocol"),
        ),
        "every port of TCP": (group(inline(0, 65535, v4=WORLD)), opened("every TCP port")),
        "every port of TCP, as no bound says": (
            own(ipProtocol="tcp", cidrIpv4="0.0.0.0/0"),
            opened("every TCP port", "cidrIpv4", "rule"),
        ),
        "UDP": (
            own(ipProtocol="17", fromPort=443, toPort=443, cidrIpv6="::/0"),
            opened("UDP port 443", "cidrIpv6", "rule"),
        ),
        "SSH by UDP, which is no SSH": (group(inline(22, 22, "udp", WORLD)), opened("UDP port 22")),
        "an older rule of its own, both versions": (
            older(
                type="ingress",
                protocol="tcp",
                fromPort=5432,
                toPort=5432,
                cidrBlocks=WORLD,
                ipv6CidrBlocks=["::/0"],
            ),
            opened("PostgreSQL (port 5432)", "cidrBlocks", "rule"),
            opened("PostgreSQL (port 5432)", "ipv6CidrBlocks", "rule"),
        ),
        "the world beside an unknown rule": (
            group(inline(9200, 9200, v4=UNKNOWN), inline(9200, 9200, v4=[UNKNOWN, *WORLD])),
            opened("OpenSearch (port 9200)", "ingress[1].cidrBlocks"),
        ),
    },
    "good": {
        "no rule": (group(),),
        "a web server": (group(inline(80, 80, v4=WORLD), inline(443, 443, v4=WORLD, v6=["::/0"])),),
        "SSH and RDP, which another rule judges": (
            group(inline(22, 22, v4=WORLD), inline(3389, 3389, v4=WORLD), inline(3389, 3389, "udp", WORLD)),
        ),
        "a ping": (group(inline(-1, -1, "icmp", WORLD), inline(8, 0, "1", WORLD)),),
        "a database for the office": (group(inline(3306, 3306, v4=["203.0.113.0/24"])),),
        "a database for a group": (
            own(ipProtocol="tcp", fromPort=3306, toPort=3306, referencedSecurityGroupId=UNKNOWN),
        ),
        "everything among themselves": (group({"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}),),
        "HTTPS from an unknown address": (own(ipProtocol="tcp", fromPort=443, toPort=443, cidrIpv4=UNKNOWN),),
        "unknown ports for the office": (
            own(ipProtocol="tcp", fromPort=UNKNOWN, toPort=UNKNOWN, cidrIpv4="203.0.113.0/24"),
        ),
        "no port that there is": (
            group(inline(443, 80, v4=WORLD), inline(70000, 70001, v4=WORLD), inline("nan", 1, v4=WORLD)),
        ),
    },
    "unknown": {
        "a database from an unknown address": (
            own(ipProtocol="tcp", fromPort=3306, toPort=3306, cidrIpv4=UNKNOWN),
            "rule: cidrIpv4: can't be judged: not known before the deployment",
        ),
        "unknown ports from the world": (
            group(inline(UNKNOWN, 8080, v4=WORLD)),
            "group: ingress[0].fromPort: can't be judged: not known before the deployment",
        ),
        "an unknown protocol": (
            group(inline(8080, 8080, UNKNOWN, WORLD)),
            "group: ingress[0].protocol: can't be judged: not known before the deployment",
        ),
        "unknown rules": (
            {"group": (SECURITY_GROUP, {"ingress": UNKNOWN})},
            "group: ingress: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "an older rule for egress": (older(type="egress", protocol="-1", cidrBlocks=WORLD),),
        "a rule for egress": (
            {"rule": (SECURITY_GROUP_EGRESS_RULE, {"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"})},
        ),
    },
}


def test_verdict(case, check):
    check("NW2", case)


def test_options_say_what_the_public_may_reach(build):
    options = [PublicPorts.from_json({"tcp_ports": ["8000-8010"], "udp_ports": ["443"]})]
    graph = build(
        group(inline(8000, 8010, v4=WORLD), inline(443, 443, "udp", WORLD), inline(443, 443, v4=WORLD))
    )
    report = evaluate(graph, all_rules(), select=["NW2"], options=options)
    assert [finding.property for finding in report.findings] == ["ingress[2].cidrBlocks"]
