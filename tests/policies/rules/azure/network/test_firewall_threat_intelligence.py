from modelyard_policies.azure.types import FIREWALL, FIREWALL_POLICY, FIREWALL_RULE_COLLECTION_GROUP
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.network.firewall_threat_intelligence import ThreatIntelligence

PARENT = "/subscriptions/0000/resourceGroups/main/providers/Microsoft.Network/firewallPolicies/hub"


def policy(mode=None, tier="Standard", **properties):
    return {"policy": (FIREWALL_POLICY, {"threatIntelMode": mode, "sku": {"tier": tier}, **properties})}


def hub(mode):
    return {"hub": (FIREWALL_POLICY, {"firewallPolicyName": "hub", "threatIntelMode": mode})}


CHILD = {"basePolicy": {"id": PARENT}}
MODE = "policy: threatIntelMode:"

CASES = {
    "bad": {
        "off": (policy("Off"), f"{MODE} is Off, not Deny"),
        "alarms only": (policy("Alert"), f"{MODE} is Alert, not Deny"),
        "alarms by default": (policy(), f"{MODE} is unset, which means Alert, not Deny"),
        "off in tier Basic": (policy("Off", "Basic"), f"{MODE} is Off, not Alert"),
        "a firewall by itself": (
            {"firewall": (FIREWALL, {"threatIntelMode": "Off"})},
            "firewall: threatIntelMode: is Off, not Deny",
        ),
        "a parent that is as weak": (
            {**policy(**CHILD), **hub("Off")},
            f"{MODE} is unset, which means Alert, not Deny",
            "hub: threatIntelMode: is Off, not Deny",
        ),
        "half the internet is let off": (
            policy("Deny", threatIntelWhitelist={"ipAddresses": ["10.0.0.4", "0.0.0.0/1"], "fqdns": ["*"]}),
            "policy: threatIntelWhitelist.ipAddresses: lets off 0.0.0.0/1: half the internet or more",
            "policy: threatIntelWhitelist.fqdns: lets off *: every domain",
        ),
        "every domain is let off, beside what isn't known": (
            policy(UNKNOWN, threatIntelWhitelist={"fqdns": ["*"]}),
            "policy: threatIntelWhitelist.fqdns: lets off *: every domain",
        ),
    },
    "good": {
        "refused": (policy("Deny"),),
        "in whatever case": (policy("deny", "Premium"),),
        "all that tier Basic can do": (policy(None, "Basic"),),
        "as its parent does": ({**policy(**CHILD), **hub("Deny")},),
        "single ones are let off": (
            policy("Deny", threatIntelWhitelist={"ipAddresses": ["20.0.0.4"], "fqdns": ["*.acme.com"]}),
        ),
    },
    "unknown": {
        "a mode that isn't known": (
            policy(UNKNOWN),
            f"{MODE} can't be judged: not known before the deployment",
        ),
        "a parent that is elsewhere": (
            policy("Alert", **CHILD),
            "policy: basePolicy.id: can't be judged: names a resource that isn't in the graph",
        ),
    },
    "not applicable": {
        "a firewall that goes by a policy": (
            {"firewall": (FIREWALL, {"threatIntelMode": "Off", "firewallPolicy": {"id": UNKNOWN}})},
        ),
        "a group of rules": ({"rules": (FIREWALL_RULE_COLLECTION_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("NW19", case)


def test_an_option_is_content_with_alarms(build):
    options = [ThreatIntelligence.from_json({"mode": "Alert"})]
    for mode, ok in (("Alert", True), ("Off", False)):
        report = evaluate(build(policy(mode)), all_rules(), select=["NW19"], options=options)
        assert report.ok is ok
