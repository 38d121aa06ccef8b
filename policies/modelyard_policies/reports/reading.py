"""A document of schema modelyard.check/1 as the assessment that it was made from.

For whoever shows a report that somebody else made: nothing in it is trusted, and all of it is data. Titles,
remedies and snippets are those of the rules here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar, cast

from modelyard_policies.assessment import Answer, Applied, Assessment, State
from modelyard_policies.figures import Figure, Unit
from modelyard_policies.pending import Change, Pending
from modelyard_policies.policy import Policy
from modelyard_policies.report import Finding, Report, Verdict
from modelyard_policies.reports.document import SCHEMA
from modelyard_policies.rule import Rule
from modelyard_policies.suppressions.entry import Suppression

Item = TypeVar("Item")
Data = Mapping[str, Any]


def assessment_of(document: Data, rules: Iterable[Rule]) -> Assessment:
    """The assessment. Raises ValueError for what isn't such a document."""
    if document.get("schema") != SCHEMA:
        raise ValueError(f"it isn't of schema {SCHEMA}")
    try:
        return _assessment(document, {rule.id: rule for rule in rules})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a field is missing or isn't right: {type(error).__name__}") from None


def _assessment(document: Data, rules: Mapping[str, Rule]) -> Assessment:
    judged = cast("dict[str, str]", document["judged"])
    base, fail_on = document["base"], document["failOn"]
    return Assessment(
        name=_text(document["name"]),
        report=Report(
            findings=_each(document["findings"], Finding.from_json),
            verdicts={},
            rules={_text(rule): Verdict(found) for rule, found in judged.items()},
            unchecked=_each(document["unchecked"], _text),
        ),
        rules={name: rules[name] for name in judged if name in rules},
        today=date.min,
        answer=Answer(unknown=fail_on["unknown"] is True, only_new=fail_on["findings"] == "new"),
        suppressions=_each(document["suppressions"], _applied),
        policy=Policy(pending=_each(document["pending"], _pending)),
        base=_text(base["name"]) if base else None,
        fixed=_each(document["fixed"], Finding.from_json),
        not_compared=_number(base["notCompared"]) if base else 0,
        new_rules=_each(base["newRules"], _text) if base else (),
        disabled=_each(document["disabled"], _text),
        selected=document["selected"] is True,
        figures=_each(document["figures"], _figure),
        notes=_each(document["remarks"], _text),
    )


def _each(items: Any, read: Callable[[Any], Item]) -> tuple[Item, ...]:
    if not isinstance(items, list):
        raise TypeError("not a list")
    return tuple(map(read, cast("list[Any]", items)))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1_000_000_000:
        raise TypeError("not a count")
    return value


def _applied(data: Data) -> Applied:
    return Applied(Suppression.from_json(data), State(data["state"]), _number(data["findings"]))


def _pending(data: Data) -> Pending:
    suppression = None
    if data["kind"] == "suppression":
        path = _text(data["property"] or "")
        # Who answers for it, why and until when is in the texts of before and after.
        suppression = Suppression(_text(data["rule"]), _text(data["resource"]), path, "", "", date.max, "", 0)
    before, after = (_text(data[name] or "") for name in ("before", "after"))
    return Pending(Change(data["change"]), _text(data["rule"]), before, after, suppression)


def _figure(data: Data) -> Figure:
    return Figure(
        _text(data["name"]),
        Unit(data["unit"]),
        _amount(data["before"]),
        _amount(data["after"]),
        _text(data["note"]),
    )


def _amount(value: Any) -> float | None:
    """A number; None for null. Raises TypeError for what can't be added up or shown."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e15:
        raise TypeError("not an amount")
    return float(value)
