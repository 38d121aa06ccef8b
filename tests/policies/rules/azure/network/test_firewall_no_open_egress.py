from modelyard_policies.azure.types import FIREWALL, FIREWALL_POLICY, FIREWALL_RULE_COLLECTION_GROUP
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.network.firewall_no_open_egress import PortsToAnywhere


def group(*rules, action="Allow"):
    collection = {"action": {"type": action}, "rules": list(rules)}
    return {"rules": (FIREWALL_RULE_COLLECTION_GROUP, {"ruleCollections": [collection]})}


def classic(kind, *rules):
    collection = {"action": {"type": "Allow"}, "rules": list(rules)}
    return {"firewall": (FIREWALL, {f"{kind}RuleCollections": [collection]})}


def to(addresses, ports="443", protocols=("TCP",)):
    return {
        "ruleType": "NetworkRule",
        "destinationAddresses": [addresses],
        "destinationPorts": [ports],
        "ipProtocols": list(protocols),
    }


def domains(*names, key="targetFqdns"):
    return {"ruleType": "ApplicationRule", key: list(names)}


RULE = "rules: ruleCollections[0].rules[0]"
OWN = "firewall: networkRuleCollections[0].rules[0]"
ADDRESSES = f"{RULE}.destinationAddresses:"
DOMAINS = f"{RULE}.targetFqdns:"

CASES = {
    "bad": {
        "everything": (group(to("*", "*")), f"{ADDRESSES} lets every port out to the whole internet"),
        "HTTPS to anywhere": (
            group(to("0.0.0.0/0")),
            f"{ADDRESSES} lets port 443 out to the whole internet",
        ),
        "half the internet": (
            group(to("128.0.0.0/1", "8000-8100")),
            f"{ADDRESSES} lets ports 8000 to 8100 out to the whole internet",
        ),
        "by a service tag": (
            group(to("Internet", "22", ["Any"])),
            f"{ADDRESSES} lets port 22 out to the whole internet",
        ),
        "time by a rule for TCP as well": (
            group(to("*", "123", ["TCP", "UDP"])),
            f"{ADDRESSES} lets port 123 out to the whole internet",
        ),
        "every domain": (group(domains("*")), f"{DOMAINS} lets requests out to *, whoever that is"),
        "every domain of the highest level": (
            group(domains("acme.com", "*.COM")),
            f"{DOMAINS} lets requests out to *.com, whoever that is",
        ),
        "every address of a site": (
            group(domains("https://*/path", key="targetUrls")),
            f"{RULE}.targetUrls: lets requests out to *, whoever that is",
        ),
        "a firewall's own rules": (
            classic(
                "network", {"destinationAddresses": ["*"], "destinationPorts": ["*"], "protocols": ["Any"]}
            ),
            f"{OWN}.destinationAddresses: lets every port out to the whole internet",
        ),
        "a firewall's own domains": (
            classic(
                "application", {"targetFqdns": ["*"], "protocols": [{"protocolType": "Https", "port": 443}]}
            ),
            "firewall: applicationRuleCollections[0].rules[0].targetFqdns: lets requests out to *, whoever that is",
        ),
        "beside what isn't known": (
            group(domains(UNKNOWN, "*"), UNKNOWN),
            f"{DOMAINS} lets requests out to *, whoever that is",
        ),
    },
    "good": {
        "a service tag": (group(to("AzureMachineLearning", "*")),),
        "the network's own addresses": (group(to("10.0.0.0/8", "*")),),
        "time to anywhere": (group(to("*", "123", ["UDP"])),),
        "pings": (group(to("*", "*", ["ICMP"])),),
        "domains": (group(domains("acme.com", "*.blob.core.windows.net", "*.wandb.ai")),),
        "a tag of domains": (group({"ruleType": "ApplicationRule", "fqdnTags": ["WindowsUpdate"]}),),
    },
    "unknown": {
        "a domain that isn't known": (
            group(domains(UNKNOWN)),
            f"{RULE}.targetFqdns[0]: can't be judged: not known before the deployment",
        ),
        "collections that aren't known": (
            {"rules": (FIREWALL_RULE_COLLECTION_GROUP, {"ruleCollections": UNKNOWN})},
            "rules: ruleCollections: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "what is denied": (group(to("*", "*"), action="Deny"),),
        "what is led inside": (group(to("*", "*"), action="DNAT"),),
        "a firewall without rules": ({"firewall": (FIREWALL, {})},),
        "a policy": ({"policy": (FIREWALL_POLICY, {})},),
    },
}


def test_verdict(case, check):
    check("NW17", case)


def test_an_option_lets_ports_out(build):
    options = [PortsToAnywhere.from_json({"tcp_ports": ["443"], "udp_ports": []})]
    for rule, ok in ((to("*"), True), (to("*", "443-444"), False), (to("*", "123", ["UDP"]), False)):
        report = evaluate(build(group(rule)), all_rules(), select=["NW17"], options=options)
        assert report.ok is ok
