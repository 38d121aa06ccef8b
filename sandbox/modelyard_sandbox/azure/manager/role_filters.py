"""Which role assignments a list at a scope holds (REST reference: Role Assignments, List For Scope,
2022-04-01; "List Azure role assignments using the REST API"; as of 2026-11).

Those at it, above it and below; by `$filter` those at it and above alone, or one principal's. Nobody is in a
group here, so that what is assigned to somebody is what names them.
"""

from __future__ import annotations

import re

from modelyard_sandbox.azure.manager.access import ROLE_ASSIGNMENT
from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.store import Resource, Store

FILTER = re.compile(
    r"(?P<at>atScope\(\))"
    r"|(?:(?P<both>atScope\(\))\s+and\s+)?"
    r"(?:principalId\s+eq\s+'(?P<principal>[^']+)'|assignedTo\('(?P<assigned>[^']+)'\))",
    re.IGNORECASE,
)


def assignments_at(store: Store, scope: ResourceId, filter_: str | None) -> list[Resource]:
    """The assignments of a list, those at the scope and above it first.

    Raises:
        ArmError: UnsupportedQuery, for a filter that Azure doesn't know.
    """
    asked = FILTER.fullmatch(filter_.strip()) if filter_ is not None else None
    if filter_ is not None and asked is None:
        raise bad_request(
            "UnsupportedQuery",
            f"The filter '{filter_}' is not supported. Supported filters are either 'atScope()' or "
            "'principalId eq '{value}' or assignedTo('{value}')'.",
        )
    every = list(store.of_type(ROLE_ASSIGNMENT))
    found = [held for held in every if held.id.parent is not None and scope.is_in(held.id.parent)]
    if asked is None or not (asked["at"] or asked["both"]):
        found += [held for held in every if held not in found and held.id.is_in(scope)]
    whose = (asked["principal"] or asked["assigned"] or "").lower() if asked else ""
    return [held for held in found if not whose or held.properties["principalId"].lower() == whose]
