import pytest

from modelyard_policies.aws.types import GUARD_DUTY_DETECTOR, GUARD_DUTY_FEATURE, STACK
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.account.guard_duty_detection import Protections

ACCOUNT = {
    "stack": (STACK, {}),
    "aws": ("pulumi:providers:aws", {"defaultTags": '{"tags": {"modelyard:scope": "account"}}'}),
}


def detector(features=None, **properties):
    """A detector with runtime monitoring, and with features of the status given."""
    found = {"runtime_monitoring": "ENABLED", **(features or {})}
    return {
        "detector": (GUARD_DUTY_DETECTOR, properties),
        **{
            name: (
                GUARD_DUTY_FEATURE,
                {"detectorId": UNKNOWN, "name": name.upper(), "status": status},
                {"detectorId": ["detector"]},
            )
            for name, status in found.items()
            if status is not None
        },
    }


CASES = {
    "bad": {
        "none in the account's stack": (ACCOUNT, "stack: : no Detector of GuardDuty watches the account"),
        "off": (detector(enable=False), "detector: enable: is false"),
        "no runtime monitoring": (
            ACCOUNT | {"detector": (GUARD_DUTY_DETECTOR, {"enable": True})},
            "detector: : no DetectorFeature turns RUNTIME_MONITORING on",
        ),
        "runtime monitoring off": (
            detector({"runtime_monitoring": "DISABLED"}),
            "runtime_monitoring: status: is DISABLED: RUNTIME_MONITORING is off",
        ),
        "S3 off": (
            detector({"s3_data_events": "DISABLED"}),
            "s3_data_events: status: is DISABLED: S3_DATA_EVENTS is off",
        ),
        "EKS off, as older programs write it": (
            detector(datasources={"kubernetes": {"auditLogs": {"enable": False}}}),
            "detector: datasources.kubernetes.auditLogs.enable: is false: EKS_AUDIT_LOGS is off",
        ),
        "off, beside what isn't known": (
            detector({"s3_data_events": UNKNOWN}, enable="false"),
            "detector: enable: is false",
        ),
    },
    "good": {
        "all on": (
            ACCOUNT | detector({"s3_data_events": "ENABLED", "eks_audit_logs": "ENABLED"}, enable=True),
        ),
        "on by default": (detector(),),
        "on, as older programs write it": (
            detector(datasources={"s3Logs": {"enable": True}, "kubernetes": {"auditLogs": {"enable": True}}}),
        ),
        "what nobody asked for off": (detector({"rds_login_events": "DISABLED"}),),
        "by the detector's id": (
            {
                "detector": (GUARD_DUTY_DETECTOR, {}, {}, {"outputs": {"id": "d1"}}),
                "runtime": (
                    GUARD_DUTY_FEATURE,
                    {"detectorId": "d1", "name": "RUNTIME_MONITORING", "status": "ENABLED"},
                ),
            },
        ),
    },
    "unknown": {
        "a feature that may be another's": (
            {
                "detector": (GUARD_DUTY_DETECTOR, {}),
                "runtime": (
                    GUARD_DUTY_FEATURE,
                    {"detectorId": UNKNOWN, "name": "RUNTIME_MONITORING", "status": "ENABLED"},
                ),
            },
            "runtime: detectorId: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "a status that isn't known": (
            detector({"eks_audit_logs": UNKNOWN}),
            "eks_audit_logs: status: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a stack that isn't the account's": ({"stack": (STACK, {})},)},
}


def test_verdict(case, check):
    check("LM4", case)


@pytest.mark.parametrize(
    ("features", "found"),
    [
        (["lambda_network_logs"], ["is DISABLED: LAMBDA_NETWORK_LOGS is off"]),
        (["EBS_MALWARE_PROTECTION"], ["is false: EBS_MALWARE_PROTECTION is off"]),
        (["RDS_LOGIN_EVENTS"], []),
    ],
)
def test_an_option_says_what_has_to_be_on(build, features, found):
    scan = {"scanEc2InstanceWithFindings": {"ebsVolumes": {"enable": False}}}
    graph = build(detector({"lambda_network_logs": "DISABLED"}, datasources={"malwareProtection": scan}))
    options = [Protections.from_json({"features": features})]
    report = evaluate(graph, all_rules(), select=["LM4"], options=options)
    assert [finding.message for finding in report.findings] == found
