from modelyard_policies.azure.types import FLOW_LOG, NETWORK_SECURITY_GROUP, SUBNET, VIRTUAL_NETWORK
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.network.virtual_network_flow_logs import FlowLogRetention

START = "/subscriptions/0000/resourceGroups/main/providers"


def design(days=None, enabled=True, target=UNKNOWN, source="net", **properties):
    policy = None if days is None else {"enabled": True, "days": days}
    values = {"targetResourceId": target, "enabled": enabled, "retentionPolicy": policy, **properties}
    return {
        "net": (VIRTUAL_NETWORK, {"virtualNetworkName": "main"}),
        "group": (NETWORK_SECURITY_GROUP, {"networkSecurityGroupName": "main"}),
        "log": (FLOW_LOG, values, {"targetResourceId": [source]} if source else {}),
    }


def named(resource_id, **properties):
    return design(target=f"{START}/{resource_id}", source=None, **properties)


CASES = {
    "bad": {
        "none": (
            {"net": (VIRTUAL_NETWORK, {})},
            "net: : no FlowLog records this virtual network",
        ),
        "of a network security group": (
            design(source="group"),
            "net: : no FlowLog records this virtual network",
        ),
        "of another network, by its id": (
            named("Microsoft.Network/virtualNetworks/other"),
            "net: : no FlowLog records this virtual network",
        ),
        "off": (design(enabled=False), "log: enabled: is false"),
        "nothing said": (design(enabled=None), "log: enabled: is unset"),
        "kept too short": (design(30), "log: retentionPolicy.days: is 30, fewer than 90"),
        "kept too short, whether it records isn't known": (
            design(30, UNKNOWN),
            "log: retentionPolicy.days: is 30, fewer than 90",
        ),
        "kept too short, by its id in other letters": (
            named("MICROSOFT.NETWORK/VIRTUALNETWORKS/MAIN", days=7),
            "log: retentionPolicy.days: is 7, fewer than 90",
        ),
        "off and kept too short": (
            design("7", "false"),
            "log: enabled: is false",
            "log: retentionPolicy.days: is 7, fewer than 90",
        ),
    },
    "good": {
        "kept long enough": (design(90),),
        "kept for ever, by 0 days": (design(0),),
        "kept for ever, without a policy": (design(),),
        "kept for ever, by a policy that is off": (design(retentionPolicy={"enabled": False, "days": 7}),),
        "by its id": (named("Microsoft.Network/virtualNetworks/main", days=365),),
        "one beside another that is off": (
            {
                **design(enabled=False),
                "other": (
                    FLOW_LOG,
                    {"targetResourceId": UNKNOWN, "enabled": True},
                    {"targetResourceId": ["net"]},
                ),
            },
        ),
    },
    "unknown": {
        "days that aren't known": (
            design(UNKNOWN),
            "log: retentionPolicy.days: can't be judged: not known before the deployment",
        ),
        "whether it records isn't known": (
            design(90, UNKNOWN),
            "log: enabled: can't be judged: not known before the deployment",
        ),
        "whose it is isn't known": (
            design(source=None),
            "log: targetResourceId: can't be judged: may refer to this resource, which isn't known yet",
        ),
    },
    "not applicable": {"no virtual network": ({"nodes": (SUBNET, {})},)},
}


def test_verdict(case, check):
    check("NW15", case)


def test_logs_may_have_to_be_kept_longer(build):
    options = [FlowLogRetention.from_json({"days": 365})]
    report = evaluate(build(design(90)), all_rules(), select=["NW15"], options=options)
    assert [finding.message for finding in report.findings] == ["is 90, fewer than 365"]
