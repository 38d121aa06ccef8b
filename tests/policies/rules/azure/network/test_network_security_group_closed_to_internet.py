from modelyard_policies.azure.types import NETWORK_SECURITY_GROUP, SECURITY_RULE, VIRTUAL_NETWORK
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.network.network_security_group_closed_to_internet import AuthorisedPorts


def rule(ports="22", source="*", protocol="Tcp", access="Allow", priority=200, **properties):
    return {
        "direction": "Inbound",
        "access": access,
        "protocol": protocol,
        "priority": priority,
        "sourceAddressPrefix": source,
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": ports,
        **properties,
    }


def deny(ports="*", priority=100, **properties):
    return rule(ports, access="Deny", priority=priority, **properties)


def group(*rules, token=NETWORK_SECURITY_GROUP):
    return {"group": (token, {"securityRules": list(rules)})}


def own(*arguments, token=SECURITY_RULE, **properties):
    return {"rule": (token, rule(*arguments, **properties))}


SSH = "group: securityRules[0].sourceAddressPrefix: opens SSH (port 22) to the whole internet"
AFTER_ANOTHER = SSH.replace("[0]", "[1]")

CASES = {
    "bad": {
        "SSH": (group(rule()), SSH),
        "SSH, by a tag and in other letters": (
            group(rule(source="internet", access="allow", protocol="TCP", direction="inbound")),
            SSH,
        ),
        "SSH, all addresses written out": (group(rule(source="0.0.0.0/0")), SSH),
        "SSH, half of all addresses": (group(rule(source="128.0.0.0/1", protocol="Any")), SSH),
        "SSH, denied to half of all addresses": (
            group(deny(sourceAddressPrefix="0.0.0.0/1"), rule()),
            AFTER_ANOTHER,
        ),
        "RDP by IPv6, in lists": (
            group(
                rule(
                    None,
                    None,
                    sourceAddressPrefixes=["10.0.0.0/8", "::/0"],
                    destinationPortRanges=["443", "3000-4000"],
                ),
            ),
            "group: securityRules[0].sourceAddressPrefixes: opens RDP (port 3389) to the whole internet",
        ),
        "RDP by UDP": (
            group(rule(3389, protocol="Udp")),
            "group: securityRules[0].sourceAddressPrefix: opens RDP (port 3389) to the whole internet",
        ),
        "a web port by UDP": (
            group(rule("443", protocol="Udp")),
            "group: securityRules[0].sourceAddressPrefix: opens UDP port 443 to the whole internet",
        ),
        "everything by UDP": (
            group(rule("*", protocol="Udp")),
            "group: securityRules[0].sourceAddressPrefix: opens every UDP port to the whole internet",
        ),
        "everything": (
            group(rule("*", protocol="*")),
            "group: securityRules[0].sourceAddressPrefix: opens every port to the whole internet",
        ),
        "both in one range": (
            group(rule("20-4000")),
            SSH.replace("SSH (port 22)", "SSH (port 22) and RDP (port 3389)"),
        ),
        "other ports, without those that are authorised": (
            group(rule("79-81")),
            "group: securityRules[0].sourceAddressPrefix: opens port 79 and port 81 to the whole internet",
        ),
        "a range of other ports": (
            group(rule("8000 - 8100")),
            "group: securityRules[0].sourceAddressPrefix: opens ports 8000 to 8100 to the whole internet",
        ),
        "the world beside an address that isn't known": (
            group(rule(source=None, sourceAddressPrefixes=[UNKNOWN, "*"])),
            "group: securityRules[0].sourceAddressPrefixes: opens SSH (port 22) to the whole internet",
        ),
        "SSH beside a port that isn't known": (
            group(rule(None, destinationPortRanges=[UNKNOWN, "22"])),
            SSH,
        ),
        "a group of an older API": (
            group(rule(), token="azure-native:network/v20230201:NetworkSecurityGroup"),
            SSH,
        ),
        "a rule of its own": (
            own(),
            "rule: sourceAddressPrefix: opens SSH (port 22) to the whole internet",
        ),
        "a rule of its own, of an older API": (
            own(token="azure-native_network_v20230201:network:SecurityRule"),
            "rule: sourceAddressPrefix: opens SSH (port 22) to the whole internet",
        ),
        "denied too late": (group(rule(priority=100), deny(priority=200)), SSH),
        "denied to some": (group(deny(source="203.0.113.0/24"), rule()), AFTER_ANOTHER),
        "denied by IPv4 only": (group(deny(source="0.0.0.0/0"), rule()), AFTER_ANOTHER),
        "denied by UDP only": (group(deny(protocol="Udp"), rule()), AFTER_ANOTHER),
        "denied in the other direction": (group(deny(direction="Outbound"), rule()), AFTER_ANOTHER),
        "denied to one machine": (
            group(deny(destinationAddressPrefix="10.0.0.4"), rule()),
            AFTER_ANOTHER,
        ),
        "denied to a group of machines": (
            group(deny(destinationApplicationSecurityGroups=[{"id": "web"}]), rule()),
            AFTER_ANOTHER,
        ),
        "denied from one port": (group(deny(sourcePortRange="1024"), rule()), AFTER_ANOTHER),
        "denied in part": (
            group(deny("22"), rule("20-30")),
            AFTER_ANOTHER.replace("SSH (port 22)", "ports 20 to 21 and ports 23 to 30"),
        ),
        "everything but SSH": (
            group(deny("22"), rule("*")),
            "group: securityRules[1].sourceAddressPrefix: opens RDP (port 3389) to the whole internet",
        ),
        "denied at a port that isn't known, from elsewhere": (
            group(deny(UNKNOWN, source="203.0.113.0/24"), rule()),
            AFTER_ANOTHER,
        ),
    },
    "good": {
        "no rule": (group(),),
        "HTTPS and HTTP": (group(rule("443"), rule(None, destinationPortRanges=["80", "443"])),),
        "HTTPS by a rule for every protocol": (group(rule("443", protocol="*")),),
        "SSH from the office": (group(rule(source="203.0.113.0/24")),),
        "SSH from the network": (group(rule(source="VirtualNetwork")),),
        "everything from the load balancer": (group(rule("*", "AzureLoadBalancer", "*")),),
        "ping has no ports": (group(rule("*", protocol="Icmp")),),
        "all may go out": (group(rule("*", protocol="*", direction="Outbound")),),
        "denied before": (group(deny("22"), rule()),),
        "denied before, by a rule for everything": (
            group(deny(protocol="*", destinationAddressPrefix="VirtualNetwork"), rule()),
        ),
        "denied before, by two rules": (group(rule("20-30"), deny("20-25"), deny("26-30", 101)),),
        "HTTPS from an address that isn't known": (group(rule("443", UNKNOWN)),),
        "a port that isn't known from the office": (group(rule(UNKNOWN, "203.0.113.0/24")),),
        "not an address": (group(rule(source="anywhere")),),
        "not a port": (group(rule("ssh")),),
    },
    "unknown": {
        "SSH from an address that isn't known": (
            own(source=UNKNOWN),
            "rule: sourceAddressPrefix: can't be judged: not known before the deployment",
        ),
        "a port that isn't known": (
            group(rule(UNKNOWN)),
            "group: securityRules[0].destinationPortRange: can't be judged: not known before the deployment",
        ),
        "rules that aren't known": (
            {"group": (NETWORK_SECURITY_GROUP, {"securityRules": UNKNOWN})},
            "group: securityRules: can't be judged: not known before the deployment",
        ),
        "denied from an address that isn't known": (
            group(deny(source=UNKNOWN), rule()),
            "group: securityRules[0].sourceAddressPrefix: can't be judged: not known before the deployment",
        ),
        "denied, beside a rule that isn't known": (
            group(deny("22"), rule(), UNKNOWN),
            "group: securityRules[2]: can't be judged: not known before the deployment",
        ),
        "a rule that isn't known may deny it": (
            group(rule(), UNKNOWN),
            "group: securityRules[1]: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a rule of its own that denies": (own(access="Deny"),),
        "a rule of its own for what goes out": (own(direction="Outbound"),),
        "no group": ({"net": (VIRTUAL_NETWORK, {})},),
    },
}


def test_verdict(case, check):
    check("NW12", case)


def test_other_ports_may_be_authorised(build):
    graph = build(group(rule("443"), rule("8000-8010")))
    options = [AuthorisedPorts.from_json({"tcp_ports": ["8000-8100"]})]
    report = evaluate(graph, all_rules(), select=["NW12"], options=options)
    assert [(finding.property, finding.message) for finding in report.findings] == [
        ("securityRules[0].sourceAddressPrefix", "opens port 443 to the whole internet")
    ]


def test_ports_may_be_authorised_for_udp_by_themselves(build):
    graph = build(group(rule("443", protocol="Udp")))
    options = [AuthorisedPorts.from_json({"udp_ports": ["443"]})]
    assert evaluate(graph, all_rules(), select=["NW12"], options=options).findings == ()
