from modelyard_policies.azure.types import LOG_WORKSPACE, STORAGE_ACCOUNT
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.monitoring.log_workspace_retention import LogRetention


def workspace(days=None, stage=None, token=LOG_WORKSPACE):
    return {"logs": (token, {"retentionInDays": days, "tags": {"stage": stage}})}


CASES = {
    "bad": {
        "nothing said": (
            workspace(),
            "logs: retentionInDays: is unset, which means 30, fewer than 365",
        ),
        "too few": (workspace(90.0), "logs: retentionInDays: is 90, fewer than 365"),
        "too few in production, of an older API": (
            workspace("364", "production", "azure-native:operationalinsights/v20221001:Workspace"),
            "logs: retentionInDays: is 364, fewer than 365",
        ),
    },
    "good": {
        "a year": (workspace(365),),
        "two years in production": (workspace(730, "production"),),
        "a year, whatever it is for": (workspace(365, UNKNOWN),),
    },
    "unknown": {
        "days that aren't known": (
            workspace(UNKNOWN),
            "logs: retentionInDays: can't be judged: not known before the deployment",
        ),
        "what it is for isn't known": (
            workspace(30, UNKNOWN),
            "logs: tags.stage: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "development": (workspace(30, "development"),),
        "no workspace": ({"data": (STORAGE_ACCOUNT, {})},),
    },
}


def test_verdict(case, check):
    check("LM9", case)


def test_fewer_days_may_be_enough(build):
    options = [LogRetention.from_json({"days": 90})]
    assert evaluate(build(workspace(90)), all_rules(), select=["LM9"], options=options).findings == ()
