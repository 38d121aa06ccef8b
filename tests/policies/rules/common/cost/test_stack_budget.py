from modelyard_policies.aws.types import BUCKET, BUDGET, COMPUTE_ENVIRONMENT, EFS_FILE_SYSTEM, INSTANCE, STACK
from modelyard_policies.graph import UNKNOWN

MAILS = {"threshold": 80, "subscriberEmailAddresses": ["ml@example.com"]}
TOPIC = {"threshold": 80, "subscriberSnsTopicArns": [UNKNOWN]}


def design(*budgets, token=COMPUTE_ENVIRONMENT):
    named = {f"budget-{number}": (BUDGET, budget) for number, budget in enumerate(budgets)}
    return {"stack": (STACK, {}), "compute": (token, {}), **named}


def budget(*notifications, **properties):
    return {"budgetType": "COST", "limitAmount": "2000", "notifications": list(notifications), **properties}


CASES = {
    "bad": {
        "none": (design(), "stack: : no Budget says when this stack costs too much"),
        "none, for one machine": (
            design(token=INSTANCE),
            "stack: : no Budget says when this stack costs too much",
        ),
        "none, for a file system": (
            design(token=EFS_FILE_SYSTEM),
            "stack: : no Budget says when this stack costs too much",
        ),
        "tells nobody": (
            design(budget({"threshold": 80, "subscriberEmailAddresses": []})),
            "budget-0: notifications: tells nobody",
        ),
        "of usage, without a limit": (
            design(budget(MAILS, budgetType="USAGE", limitAmount="0")),
            "budget-0: budgetType: is USAGE, not COST",
            "budget-0: limitAmount: is 0",
        ),
    },
    "good": {
        "to an address": (design(budget(MAILS)),),
        "to a topic that isn't known yet": (design(budget(TOPIC)),),
        "limits by month": (design(budget(MAILS, limitAmount=None, plannedLimits=[{"amount": "1"}])),),
        "one of several": (design(budget(), budget(MAILS)),),
    },
    "unknown": {
        "a limit that isn't known": (
            design(budget(MAILS, limitAmount=UNKNOWN)),
            "budget-0: limitAmount: can't be judged: not known before the deployment",
        ),
        "notifications that aren't known": (
            design({"budgetType": "COST", "limitAmount": 5, "notifications": UNKNOWN}),
            "budget-0: notifications: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"nothing that is paid by the hour": ({"stack": (STACK, {}), "data": (BUCKET, {})},)},
}


def test_verdict(case, check):
    check("CE1", case)
