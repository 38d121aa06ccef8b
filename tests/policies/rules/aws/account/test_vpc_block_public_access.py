from modelyard_policies.aws.types import STACK, VPC, VPC_BLOCK_PUBLIC_ACCESS
from modelyard_policies.declared import ACCOUNT_COMPONENT
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.account.vpc_block_public_access import BlockedTraffic

ACCOUNT = {"stack": (STACK, {}), "account": (ACCOUNT_COMPONENT, {}, {}, {"custom": False})}


def setting(mode):
    return {"internet": (VPC_BLOCK_PUBLIC_ACCESS, {"internetGatewayBlockMode": mode})}


PLACE = "internet: internetGatewayBlockMode:"

CASES = {
    "bad": {
        "none in the account's stack": (
            ACCOUNT,
            "stack: : no VpcBlockPublicAccessOptions keeps the internet out of its VPCs",
        ),
        "off": (setting("off"), f"{PLACE} is off, not block-ingress"),
        "nothing said": (setting(None), f"{PLACE} is unset, not block-ingress"),
        "off, in the account's stack": (ACCOUNT | setting("off"), f"{PLACE} is off, not block-ingress"),
    },
    "good": {
        "inwards": (setting("block-ingress"),),
        "both ways, in the account's stack": (ACCOUNT | setting("block-bidirectional"),),
    },
    "unknown": {
        "a mode that isn't known": (
            setting(UNKNOWN),
            f"{PLACE} can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a stack that isn't the account's": ({"stack": (STACK, {}), "vpc": (VPC, {})},)},
}


def test_verdict(case, check):
    check("NW11", case)


def test_an_option_wants_both_ways_blocked(build):
    options = [BlockedTraffic.from_json({"least": "block-bidirectional"})]
    report = evaluate(build(setting("block-ingress")), all_rules(), select=["NW11"], options=options)
    assert [finding.message for finding in report.findings] == ["is block-ingress, not block-bidirectional"]
