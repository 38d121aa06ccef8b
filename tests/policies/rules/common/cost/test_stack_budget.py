from modelyard_policies.aws.types import BUCKET, BUDGET, COMPUTE_ENVIRONMENT, EFS_FILE_SYSTEM, INSTANCE, STACK
from modelyard_policies.azure import types as azure
from modelyard_policies.graph import UNKNOWN

MAILS = {"threshold": 80, "subscriberEmailAddresses": ["ml@example.com"]}
TOPIC = {"threshold": 80, "subscriberSnsTopicArns": [UNKNOWN]}


def design(*budgets, token=COMPUTE_ENVIRONMENT):
    named = {f"budget-{number}": (BUDGET, budget) for number, budget in enumerate(budgets)}
    return {"stack": (STACK, {}), "compute": (token, {}), **named}


def budget(*notifications, **properties):
    return {"budgetType": "COST", "limitAmount": "2000", "notifications": list(notifications), **properties}


CONTACTS = {"enabled": True, "contactEmails": ["ml@example.com"]}


def on_azure(*budgets, token=azure.VIRTUAL_MACHINE_SCALE_SET):
    named = {f"budget-{number}": (azure.BUDGET, each) for number, each in enumerate(budgets)}
    return {"stack": (STACK, {}), "nodes": (token, {}), **named}


def azure_budget(**notifications):
    return {"category": "Cost", "amount": 2000, "notifications": notifications}


CASES = {
    "bad": {
        "none on Azure": (
            on_azure(),
            "stack: : no Budget says when this stack costs too much on Azure",
        ),
        "none on Azure, for a file system": (
            on_azure(token=azure.MANAGED_LUSTRE),
            "stack: : no Budget says when this stack costs too much on Azure",
        ),
        "on Azure, that tells nobody": (
            on_azure(azure_budget(first={**CONTACTS, "enabled": False}, second={"enabled": True})),
            "budget-0: notifications: tells nobody",
        ),
        "on Azure, of usage, without a limit": (
            on_azure(azure_budget(first=CONTACTS) | {"category": "Usage", "amount": 0}),
            "budget-0: category: is Usage, not Cost",
            "budget-0: amount: is 0",
        ),
        "for one cloud of two": (
            on_azure() | design(budget(MAILS)),
            "stack: : no Budget says when this stack costs too much on Azure",
        ),
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
        "on Azure": (on_azure(azure_budget(first={"enabled": False}, second=CONTACTS)),),
        "on Azure, to a group that isn't known yet": (
            on_azure(azure_budget(first={"enabled": True, "contactEmails": [], "contactGroups": [UNKNOWN]})),
        ),
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
        "on Azure, an amount that isn't known": (
            on_azure(azure_budget(first=CONTACTS) | {"amount": UNKNOWN}),
            "budget-0: amount: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"nothing that is paid by the hour": ({"stack": (STACK, {}), "data": (BUCKET, {})},)},
}


def test_verdict(case, check):
    check("CE1", case)
