"""A base from what an earlier run wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from modelyard_policies.assessment import Base
from modelyard_policies.errors import PolicyError
from modelyard_policies.report import Finding


class BaseError(PolicyError):
    """A document that can't be compared with; the message says what is wrong in it."""


def base_of(document: Mapping[str, Any], name: str) -> Base:
    """The base that a document of schema modelyard.check/1 holds. Raises BaseError."""
    listed = document.get("findings")
    if not isinstance(listed, list):
        raise BaseError("it has no list of findings")
    findings: list[Finding] = []
    for place, item in enumerate(cast("list[Any]", listed)):
        try:
            findings.append(replace(Finding.from_json(item), suppression=None, status=None))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            said = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise BaseError(f"findings[{place}]: {said}") from None
    judged = document.get("judged")
    return Base(
        name,
        tuple(findings),
        frozenset(cast("dict[str, Any]", judged)) if isinstance(judged, dict) else None,
        _figures(document.get("figures")),
        str(document.get("name") or ""),
    )


def _figures(given: Any) -> dict[str, float | None]:
    """What the figures were then: their `after`."""
    found: dict[str, float | None] = {}
    for item in cast("list[Any]", given) if isinstance(given, list) else ():
        if isinstance(item, dict):
            figure = cast("dict[str, Any]", item)
            after = figure.get("after")
            number = isinstance(after, (int, float)) and not isinstance(after, bool)
            found[str(figure.get("name"))] = after if number else None
    return found
