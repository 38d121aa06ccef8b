"""Rules as SARIF describes them."""

from __future__ import annotations

from typing import Any, Final

from modelyard_policies.configuration.level import Level
from modelyard_policies.reports.markdown.markup import fenced, ours
from modelyard_policies.reports.words import family
from modelyard_policies.rule import ELSEWHERE, Rule, Severity

PAGE: Final = "reference/policies.md"
"""The page of the documentation that describes the rules."""

LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
SCORES: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
}
"""`security-severity`, in the middle of the band that code scanning shows under the same word."""
NOT_SECURITY: Final = frozenset({"cost", "tags"})
"""Families whose failures harm something else than security."""


def descriptor(rule: Rule, level: Level, docs: str | None) -> dict[str, Any]:
    """The rule, with what code scanning shows of it; `docs` is where the documentation is published."""
    about = family(rule)
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}. {rule.why}"},
        "help": {"text": f"{rule.why}\n\nMend: {rule.mend}", "markdown": _help(rule)},
        **({"helpUri": f"{docs}/{PAGE}#{rule.id}"} if docs else {}),
        "defaultConfiguration": {"level": LEVELS[rule.severity], "enabled": level is not Level.DISABLED},
        "properties": {
            "tags": _tags(rule, about),
            "precision": "very-high",
            "problem.severity": {"error": "error", "warning": "warning"}.get(
                LEVELS[rule.severity], "recommendation"
            ),
            **({} if about in NOT_SECURITY else {"security-severity": SCORES[rule.severity]}),
            "code": rule.code,
            "severity": rule.severity.value,
            "enforcement": level.value,
            "mapsTo": {name: list(ids) for name, ids in rule.maps_to.items()},
        },
    }


def _tags(rule: Rule, about: str) -> list[str]:
    elsewhere = [f"{name}/{given}" for name, ids in sorted(rule.maps_to.items()) for given in ids]
    return [*(() if about in NOT_SECURITY else ("security",)), about, *elsewhere]


def _help(rule: Rule) -> str:
    parts = [ours(rule.why), f"**Mend.** {ours(rule.mend)}"]
    if rule.snippet:
        parts.append(fenced(rule.snippet, "python"))
    if rule.maps_to:
        ids = (f"{ELSEWHERE.get(name, name)}: {', '.join(given)}" for name, given in rule.maps_to.items())
        parts.append(f"**Elsewhere.** {ours('; '.join(ids))}")
    return "\n\n".join(parts)
