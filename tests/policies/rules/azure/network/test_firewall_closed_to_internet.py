from modelyard_policies.azure.types import FIREWALL, FIREWALL_RULE_COLLECTION_GROUP
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.network.firewall_closed_to_internet import PortsLedInside


def leads(source="*", port="443", inside="443"):
    return {"sourceAddresses": [source], "destinationPorts": [port], "translatedPort": inside}


def group(*rules, action="DNAT"):
    collection = {"action": {"type": action}, "rules": list(rules)}
    return {"rules": (FIREWALL_RULE_COLLECTION_GROUP, {"ruleCollections": [collection]})}


def classic(*rules):
    collection = {"action": {"type": "Dnat"}, "rules": list(rules)}
    return {"firewall": (FIREWALL, {"natRuleCollections": [collection]})}


RULE = "rules: ruleCollections[0].rules[0]"
OWN = "firewall: natRuleCollections[0].rules[0]"

CASES = {
    "bad": {
        "SSH for everybody": (
            group(leads(port="22", inside="2222")),
            f"{RULE}.destinationPorts: leads SSH (port 22) inside from the whole internet",
        ),
        "RDP behind the port of a web server": (
            group(leads(inside="3389")),
            f"{RULE}.translatedPort: leads the whole internet to RDP (port 3389) inside",
        ),
        "a database, outside and inside": (
            group(leads("0.0.0.0/0", "1433", "1433")),
            f"{RULE}.destinationPorts: leads port 1433 inside from the whole internet",
        ),
        "more than web ports": (
            group(leads(port="443-445")),
            f"{RULE}.destinationPorts: leads ports 444 to 445 inside from the whole internet",
        ),
        "a firewall's own rules": (
            classic(leads(port="22", inside="22")),
            f"{OWN}.destinationPorts: leads SSH (port 22) inside from the whole internet",
            f"{OWN}.translatedPort: leads the whole internet to SSH (port 22) inside",
        ),
        "beside what isn't known": (
            group(leads(port="22", inside=UNKNOWN)),
            f"{RULE}.destinationPorts: leads SSH (port 22) inside from the whole internet",
        ),
    },
    "good": {
        "a web server": (group(leads()),),
        "SSH from the office": (group(leads("203.0.113.0/24", "22", "22")),),
        "who may come in is a group": (group({"sourceIpGroups": [UNKNOWN], "destinationPorts": ["22"]}),),
    },
    "unknown": {
        "a source that isn't known": (
            group(leads(UNKNOWN, "22")),
            f"{RULE}.sourceAddresses[0]: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "what is let out": (group(leads(port="22"), action="Allow"),),
        "a firewall without rules": ({"firewall": (FIREWALL, {})},),
    },
}


def test_verdict(case, check):
    check("NW18", case)


def test_an_option_says_which_ports_are_meant_for_everybody(build):
    graph = build(group(leads(port="8443")))
    for ports, ok in ((["8443"], True), (["443"], False)):
        options = [PortsLedInside.from_json({"ports": ports})]
        assert evaluate(graph, all_rules(), select=["NW18"], options=options).ok is ok
