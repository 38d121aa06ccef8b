"""What alerts and action groups have in common: names, spans of time, and references."""

from __future__ import annotations

import re
from collections.abc import Iterable

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import is_resource_id, resource_id
from modelyard_sandbox.azure.manager.store import Resource, Store

ACTION_GROUP = "Microsoft.Insights/actionGroups"
MOST_ACTION_GROUPS = 5
"""Of one alert (Azure Monitor's service limits, 2026-11)."""
NAME_LENGTH = 260
NOT_IN_NAMES = frozenset("*#&+:<>?@%{}\\/")
SPAN = re.compile(r"P(?:(?P<D>\d+)D)?(?:T(?=\d)(?:(?P<H>\d+)H)?(?:(?P<M>\d+)M)?)?")
MINUTES = {"D": 1_440, "H": 60, "M": 1}


def check_alert_name(name: str) -> None:
    """Refuse a name that neither an alert nor an action group can have (naming rules, 2026-11)."""
    if not name or len(name) > NAME_LENGTH or set(name) & NOT_IN_NAMES or name[-1] in " .":
        raise bad_request(
            "BadRequest",
            f"The name '{name}' is invalid: it has 1 to {NAME_LENGTH} characters, none of *, #, &, +, :, <, "
            r">, ?, @, %, {, }, \, /, and doesn't end with a blank or '.'.",
        )


def span_minutes(text: str) -> int | None:
    """The minutes of an ISO 8601 duration of days, hours and minutes; None if it is none, or of no length."""
    found = SPAN.fullmatch(text)
    if found is None:
        return None
    return sum(int(number) * MINUTES[unit] for unit, number in found.groupdict("0").items()) or None


def check_span(name: str, value: str, allowed: Iterable[str]) -> int:
    """The minutes of a duration that is one of those allowed, however it is written.

    Raises:
        ArmError: it isn't.
    """
    minutes = span_minutes(value)
    spans = list(allowed)
    if minutes is None or minutes not in (span_minutes(span) for span in spans):
        raise refused(f"The value '{value}' of '{name}' is invalid: it is one of {', '.join(spans)}.", name)
    return minutes


def check_action_groups(store: Store, ids: list[str]) -> None:
    """Refuse more action groups than an alert has, and one that isn't there."""
    if len(ids) > MOST_ACTION_GROUPS:
        raise refused(f"An alert has at most {MOST_ACTION_GROUPS} action groups, not {len(ids)}.", "actions")
    for id_ in ids:
        found = standing(store, id_)
        if found is None or found.id.kind != ACTION_GROUP.lower():
            raise refused(f"The action group '{id_}' was not found.", "actions")


def standing(store: Store, id_: str) -> Resource | None:
    """What stands under an id; None if nothing does."""
    return store.get(resource_id(id_)) if is_resource_id(id_) else None


def refused(message: str, member: str) -> ArmError:
    """The error for a property that can't be so."""
    return bad_request("BadRequest", message, f"properties.{member}")
