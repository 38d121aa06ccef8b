"""Budgets."""

from __future__ import annotations

from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.translate import Form


class Budget(ArmHandler):
    """A budget of a subscription or a resource group. Nothing is ever spent of it, and nobody told.

    Not checked: what a filter filters by, roles and locales, the dates of billing periods, and whether what
    is written is what was last read (`eTag`).
    """

    type = "azure-native:consumption:Budget"
    path = "/{scope}/providers/Microsoft.Consumption/budgets/{budgetName}"
    api_version = "2024-08-01"
    form = Form(frozenset({"eTag", "id", "name", "systemData", "type"}))
    body = frozenset({"amount", "category", "filter", "notifications", "timeGrain", "timePeriod"})
    needed = frozenset({"amount", "category", "timeGrain", "timePeriod"})
    name_input = "budgetName"
    listed_at = "providers/Microsoft.Consumption/budgets"
    chosen = frozenset({"timePeriod.endDate"})
    changing_outputs = frozenset({"eTag"})
