from modelyard_policies.aws.types import INSPECTOR_ENABLER, STACK
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.account.inspector_scans import Scans

ACCOUNT = {
    "stack": (STACK, {}),
    "aws": ("pulumi:providers:aws", {"defaultTags": '{"tags": {"modelyard:scope": "account"}}'}),
}


def enabler(*kinds, name="inspector", region="eu-west-1"):
    return {name: (INSPECTOR_ENABLER, {"resourceTypes": list(kinds)}, {}, {"region": region})}


CASES = {
    "bad": {
        "none in the account's stack": (
            ACCOUNT,
            "stack: : no Enabler of Inspector scans machines and images",
        ),
        "machines only": (ACCOUNT | enabler("EC2"), "inspector: resourceTypes: lacks ECR"),
        "images in another region": (
            enabler("EC2", "ECR") | enabler("EC2", name="other", region="eu-central-1"),
            "other: resourceTypes: lacks ECR",
        ),
        "nothing": (
            {"inspector": (INSPECTOR_ENABLER, {"accountIds": ["111122223333"]})},
            "inspector: resourceTypes: lacks EC2",
            "inspector: resourceTypes: lacks ECR",
        ),
    },
    "good": {
        "both": (ACCOUNT | enabler("ECR", "EC2", "LAMBDA"),),
        "both, by two": (enabler("EC2") | enabler("ECR", name="other"),),
        "both, and one that isn't known": (enabler("EC2", UNKNOWN, "ECR"),),
    },
    "unknown": {
        "one that isn't known": (
            enabler("EC2", UNKNOWN),
            "inspector: resourceTypes[1]: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a stack that isn't the account's": ({"stack": (STACK, {})},)},
}


def test_verdict(case, check):
    check("LM6", case)


def test_an_option_says_what_has_to_be_scanned(build):
    options = [Scans.from_json({"resource_types": ["EC2", "LAMBDA"]})]
    report = evaluate(build(enabler("EC2", "ECR")), all_rules(), select=["LM6"], options=options)
    assert [finding.message for finding in report.findings] == ["lacks LAMBDA"]
