"""What a month on Azure may cost."""

from datetime import UTC, datetime

import pulumi
import pulumi_azure_native as azure_native
import pytest
from mutating import drop, put, with_changes
from previewing import TAGS, preview

from modelyard.azure.budget import Budget
from modelyard.errors import InputError
from modelyard_policies.engine import evaluate
from modelyard_policies.registry import all_rules

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training/providers/Microsoft.Insights/actionGroups/dev"
ARGS = {
    "environment": "dev",
    "subscription_id": SUBSCRIPTION,
    "monthly_amount": 2_000,
    "alert_percents": [80, 100],
    "alert_emails": ["a@example.com"],
    "start_month": "2026-12",
}


def graph_of(*left_out, **change):
    args = {key: value for key, value in {**ARGS, **change}.items() if key not in left_out}
    return preview(lambda: Budget("b", args) and None)


def budgets(*left_out, **change):
    graph = graph_of(*left_out, **change)
    return {
        node.name: node.properties
        for node in graph.resources
        if node.type == "azure-native:consumption:Budget"
    }


def problem(*left_out, **change):
    with pytest.raises(InputError) as caught:
        graph_of(*left_out, **change)
    (found,) = caught.value.problems
    return found


def test_a_budget_tells_of_what_was_spent_and_of_the_forecast():
    assert budgets() == {
        "b": {
            "budgetName": "dev-monthly",
            "scope": f"/subscriptions/{SUBSCRIPTION}",
            "amount": 2_000,
            "category": "Cost",
            "timeGrain": "Monthly",
            "timePeriod": {"startDate": "2026-12-01T00:00:00Z"},
            "filter": {"tags": {"name": "environment", "operator": "In", "values": ["dev"]}},
            "notifications": {
                name: {
                    "enabled": True,
                    "operator": "GreaterThanOrEqualTo",
                    "threshold": threshold,
                    "thresholdType": kind,
                    "contactEmails": ["a@example.com"],
                    "contactGroups": [],
                }
                for name, threshold, kind in (
                    ("actual-80", 80, "Actual"),
                    ("actual-100", 100, "Actual"),
                    ("forecasted-100", 100, "Forecasted"),
                )
            },
        }
    }


def test_without_a_month_it_starts_with_the_one_that_it_is_made_in():
    months = [f"{datetime.now(UTC):%Y-%m}"]
    (made,) = budgets("start_month").values()
    months.append(f"{datetime.now(UTC):%Y-%m}")
    assert made["timePeriod"]["startDate"].removesuffix("-01T00:00:00Z") in months


def test_named_resource_groups_count_in_place_of_the_tag():
    (made,) = budgets(
        resource_groups=["dev-west", pulumi.Output.from_input("dev-north"), pulumi.Output.from_input("")]
    ).values()
    assert made["filter"] == {
        "dimensions": {"name": "ResourceGroupName", "operator": "In", "values": ["dev-west", "dev-north"]}
    }


def test_the_forecast_has_a_budget_of_its_own_where_five_alerts_are_wanted():
    made = budgets(alert_percents=[50, 70, 80, 90, 100])
    assert {name: each["budgetName"] for name, each in made.items()} == {
        "b": "dev-monthly",
        "b-forecast": "dev-forecast",
    }
    assert [len(each["notifications"]) for each in made.values()] == [5, 1]


def test_an_action_group_may_be_told_alone():
    args = {key: value for key, value in ARGS.items() if key != "alert_emails"}
    graph = preview(lambda: Budget("b", {**args, "action_group_ids": [GROUP]}) and None)
    (made,) = [node.properties for node in graph.resources if node.type == "azure-native:consumption:Budget"]
    for notification in made["notifications"].values():
        assert (notification["contactEmails"], notification["contactGroups"]) == ([], [GROUP])


@pytest.mark.parametrize(
    ("change", "field", "given", "message", "mend"),
    [
        (
            {"alert_percents": []},
            "alert_percents",
            "none",
            "a budget has one alert at each percentage, and no more than five",
            "name each percentage once",
        ),
        (
            {"alert_percents": [80, 80]},
            "alert_percents",
            "80, 80",
            "a budget has one alert at each percentage, and no more than five",
            "name each percentage once",
        ),
        (
            {"alert_percents": [1, 2, 3, 4, 5, 6]},
            "alert_percents",
            "1, 2, 3, 4, 5, 6",
            "a budget has one alert at each percentage, and no more than five",
            "name each percentage once",
        ),
        ({"alert_percents": [0]}, "alert_percents", "0", "Azure takes no such percentage", "write 1"),
        (
            {"alert_percents": [1_001]},
            "alert_percents",
            "1001",
            "Azure takes no such percentage",
            "write 1000",
        ),
        (
            {"alert_emails": []},
            "alert_emails",
            "none",
            "a budget that tells nobody is refused by Azure, and would be of no use",
            "name somebody",
        ),
        (
            {"start_month": "2026-13"},
            "start_month",
            "'2026-13'",
            "a budget begins with the first day of a month",
            "write it as 2026-12",
        ),
        (
            {"subscription_id": "research"},
            "subscription_id",
            "'research'",
            "no subscription has this id",
            "write what `az account show --query id` prints",
        ),
        (
            {"environment": "dev env"},
            "environment",
            "'dev env'",
            "the budget's name begins with it, and Azure would refuse that",
            "write another name, as training-dev",
        ),
        (
            {"resource_groups": []},
            "resource_groups",
            "none",
            "nothing would count",
            "name one, or leave it out: then what has the tag `environment` counts",
        ),
        (
            {"monthly_amount": 0},
            "monthly_amount",
            "0",
            "a budget is more than nothing",
            "write what a month may cost",
        ),
    ],
)
def test_a_budget_that_cannot_be_is_refused(change, field, given, message, mend):
    found = problem(**change)
    assert (found.field, found.given) == (f"b.{field}", given)
    assert (found.message, found.mend) == (message, mend)
    assert found.allowed


def spending():
    """A graph in which something costs."""

    def program():
        azure_native.machinelearningservices.Compute(
            "gpu", resource_group_name="training", workspace_name="dev", tags=TAGS
        )
        Budget("b", ARGS)

    return preview(program)


def failing(graph):
    return {finding.code for finding in evaluate(graph, all_rules()).findings}


def test_the_packs_rules_pass():
    assert failing(graph_of()) == set()
    assert "CE1" not in failing(spending())


@pytest.mark.parametrize(
    "changes",
    [
        [drop("Budget b")],
        [put("Budget b", "category", "Usage")],
        [put("Budget b", "amount", 0)],
        [
            put("Budget b", f"notifications.{name}.enabled", False)
            for name in ("actual-80", "actual-100", "forecasted-100")
        ],
    ],
)
def test_weakened_it_fails_the_packs_rules(changes):
    assert "CE1" in failing(with_changes(spending(), changes))
