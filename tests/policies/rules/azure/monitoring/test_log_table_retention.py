from modelyard_policies.azure.types import LOG_TABLE, LOG_WORKSPACE
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.monitoring.log_table_retention import AuditTables


def table(name="AZKVAuditLogs", **properties):
    return {"table": (LOG_TABLE, {"tableName": name, "workspaceName": "logs", **properties})}


def workspace(stage):
    return {"logs": (LOG_WORKSPACE, {"workspaceName": "logs", "tags": {"stage": stage}})}


OWN = "table: retentionInDays:"
TOTAL = "table: totalRetentionInDays:"

CASES = {
    "bad": {
        "a month": (table(retentionInDays=30), f"{OWN} is 30, fewer than 365"),
        "a month in all": (
            table(retentionInDays=30, totalRetentionInDays=90),
            f"{TOTAL} is 90, fewer than 365",
        ),
        "a plan that doesn't go by the workspace": (
            table(plan="Basic"),
            f"{TOTAL} is unset, which means 30 in this plan, fewer than 365",
        ),
        "such a plan that leaves it to a default": (
            table("azkvauditlogs", plan="Auxiliary", totalRetentionInDays=-1),
            f"{TOTAL} is -1, which means 30 in this plan, fewer than 365",
        ),
        "in production": (
            table(retentionInDays=30) | workspace("production"),
            f"{OWN} is 30, fewer than 365",
        ),
        "a month in all, beside what isn't known": (
            table(retentionInDays=UNKNOWN, totalRetentionInDays=30),
            f"{TOTAL} is 30, fewer than 365",
        ),
    },
    "good": {
        "as its workspace does": (table(),),
        "as its workspace does, by a number": (table(retentionInDays=-1, totalRetentionInDays=-1),),
        "a year": (table(retentionInDays=365),),
        "a year in all": (table(retentionInDays=30, totalRetentionInDays=365),),
        "a year in a plan that says it": (table(plan="Basic", totalRetentionInDays=400),),
    },
    "unknown": {
        "a workspace of who knows which stage": (
            table(retentionInDays=30) | workspace(UNKNOWN),
            "logs: tags.stage: can't be judged: not known before the deployment",
        ),
        "a workspace that may be the one of development": (
            {"table": (LOG_TABLE, {"tableName": "AuditLogs", "workspaceName": UNKNOWN, "plan": "Basic"})}
            | workspace("development"),
            "table: workspaceName: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "days that aren't known": (
            table(retentionInDays=UNKNOWN),
            f"{OWN} can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a table of traces": (table("AppTraces", retentionInDays=30),),
        "development": (table(retentionInDays=30) | workspace("development"),),
        "a workspace": (workspace("production"),),
    },
}


def test_verdict(case, check):
    check("LM11", case)


def test_an_option_says_which_tables_hold_audit_logs_and_for_how_long(build):
    graph = build(table("Orders_CL", retentionInDays=90))
    for days, ok in ((90, True), (91, False)):
        options = [AuditTables.from_json({"tables": ["orders_cl"], "days": days})]
        assert evaluate(graph, all_rules(), select=["LM11"], options=options).ok is ok
