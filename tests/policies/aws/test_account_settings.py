"""What an account has once or in each region: missed by the stack that is the account's, unless it is adopted."""

import pytest

from modelyard_policies.aws.types import (
    ACCOUNT_PUBLIC_ACCESS_BLOCK,
    CLOUD_TRAIL,
    CONFIG_RECORDER,
    EBS_ENCRYPTION_BY_DEFAULT,
    GUARD_DUTY_DETECTOR,
    INSPECTOR_ENABLER,
    SECURITY_HUB_ACCOUNT,
    SNAPSHOT_BLOCK_PUBLIC_ACCESS,
    STACK,
    VPC_BLOCK_PUBLIC_ACCESS,
)
from modelyard_policies.declared import ACCOUNT_COMPONENT
from modelyard_policies.engine import evaluate
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Verdict

ONCE = {"ST2": ACCOUNT_PUBLIC_ACCESS_BLOCK, "LM1": CLOUD_TRAIL, "LM2": CLOUD_TRAIL}
REGIONAL = {
    "EN6": EBS_ENCRYPTION_BY_DEFAULT,
    "CO10": SNAPSHOT_BLOCK_PUBLIC_ACCESS,
    "NW11": VPC_BLOCK_PUBLIC_ACCESS,
    "LM4": GUARD_DUTY_DETECTOR,
    "LM6": INSPECTOR_ENABLER,
}
STACK_AND_ACCOUNT = {"stack": (STACK, {}), "account": (ACCOUNT_COMPONENT, {}, {}, {"custom": False})}


def adopting(*types):
    component = (ACCOUNT_COMPONENT, {"adopted": [*types]}, {}, {"custom": False})
    return STACK_AND_ACCOUNT | {"account": component}


def verdict(build, code, resources):
    """How the stack is judged by one rule, and what is said of it."""
    report = evaluate(build(resources), all_rules(), select=[code])
    (answer,) = (found for (_, urn), found in report.verdicts.items() if urn.endswith("::stack"))
    return answer, [finding.message for finding in report.findings if finding.judged.endswith("::stack")]


@pytest.mark.parametrize(("code", "token"), [*ONCE.items(), *REGIONAL.items()])
def test_what_nobody_sets_is_missed_and_what_is_adopted_is_not_known(code, token, build):
    assert verdict(build, code, STACK_AND_ACCOUNT)[0] is Verdict.FAIL
    assert verdict(build, code, adopting("aws:iam/user:User"))[0] is Verdict.FAIL
    assert verdict(build, code, adopting("aws:iam/user:User", token))[0] is Verdict.UNKNOWN


@pytest.mark.parametrize(("code", "token"), [*REGIONAL.items()])
def test_a_region_in_use_that_lacks_a_setting_is_named(code, token, build):
    one = {"one": (token, {}, {}, {"region": "eu-west-1"})}
    other = {"data": ("aws:s3/bucket:Bucket", {}, {}, {"region": "us-east-1"})}
    assert verdict(build, code, STACK_AND_ACCOUNT | one) == (Verdict.PASS, [])
    found, (message,) = verdict(build, code, STACK_AND_ACCOUNT | one | other)
    assert (found, message[-13:]) == (Verdict.FAIL, " in us-east-1")
    assert verdict(build, code, adopting(token) | one | other)[0] is Verdict.UNKNOWN


def test_what_is_in_no_region_puts_none_in_use(build):
    one = {"one": (EBS_ENCRYPTION_BY_DEFAULT, {}, {}, {"region": "eu-west-1"})}
    others = {
        token: (token, {}, {}, {"region": "us-east-1"})
        for token in (
            "aws:iam/role:Role",
            "aws:budgets/budget:Budget",
            "aws:cloudfront/distribution:Distribution",
            ACCOUNT_PUBLIC_ACCESS_BLOCK,
            "azure-native:storage:StorageAccount",
        )
    }
    assert verdict(build, "EN6", STACK_AND_ACCOUNT | one | others) == (Verdict.PASS, [])


def test_a_trail_in_one_region_is_enough(build):
    trail = {"trail": (CLOUD_TRAIL, {"isMultiRegionTrail": True}, {}, {"region": "eu-west-1"})}
    data = {"data": ("aws:s3/bucket:Bucket", {}, {}, {"region": "us-east-1"})}
    assert verdict(build, "LM1", STACK_AND_ACCOUNT | trail | data) == (Verdict.PASS, [])


def test_of_config_and_security_hub_each_is_missed_by_itself(build):
    both = ["no Recorder of AWS Config records the account's resources"]
    both.append("no Account of Security Hub gathers the account's findings")
    assert verdict(build, "LM5", STACK_AND_ACCOUNT) == (Verdict.FAIL, both)
    assert verdict(build, "LM5", adopting(CONFIG_RECORDER)) == (Verdict.FAIL, both[1:])
    assert verdict(build, "LM5", adopting(CONFIG_RECORDER, SECURITY_HUB_ACCOUNT))[0] is Verdict.UNKNOWN
