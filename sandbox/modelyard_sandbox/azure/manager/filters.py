"""`$filter` of lists of resources and of groups (REST reference: Resources, List; Resource Groups, List;
2026-11).

Equality of what `NAMES` has, joined by `and`, is understood. Whatever else is refused, as Azure refuses what
it can't read: a filter that is passed over gives everything, which looks like an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.locations import normal
from modelyard_sandbox.azure.manager.store import Resource

TERM = re.compile(r"\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*", re.IGNORECASE)
AND = re.compile(r"\s+and\s+(?=\w+\s+eq\s)", re.IGNORECASE)


def _tags(resource: Resource) -> Mapping[str, str]:
    return {name.lower(): value for name, value in resource.body.get("tags", {}).items()}


def _group(resource: Resource) -> str:
    return resource.id.group.name if resource.id.group else ""


NAMES: Mapping[str, Callable[[Resource, str], bool]] = {
    "location": lambda resource, value: resource.location == normal(value),
    "name": lambda resource, value: resource.id.name.lower() == value.lower(),
    "resourcegroup": lambda resource, value: _group(resource).lower() == value.lower(),
    "resourcetype": lambda resource, value: resource.id.kind == value.lower(),
    "tagname": lambda resource, value: value.lower() in _tags(resource),
    "tagvalue": lambda resource, value: value in _tags(resource).values(),
}
"""What can be asked, in lower case, and whether a resource is so."""


def filtered(resources: Sequence[Resource], query: Mapping[str, str]) -> list[Resource]:
    """Those of a list that a request's `$filter` asks for; all of them where it has none.

    Raises:
        ArmError: InvalidFilterInQueryString.
    """
    given = query.get("$filter")
    if given is None:
        return list(resources)
    terms = [TERM.fullmatch(term) for term in AND.split(given)]
    asked = {term[1].lower(): term[2].replace("''", "'") for term in terms if term}
    if len(asked) < len(terms) or not asked.keys() <= NAMES.keys():
        raise bad_request(
            "InvalidFilterInQueryString",
            f"Invalid $filter '{given}' specified in the query string. The sandbox reads NAME eq 'VALUE', "
            f"joined by and, for: {', '.join(NAMES)}.",
        )
    name, value = asked.get("tagname"), asked.get("tagvalue")
    if name is not None and value is not None:
        # The two are of one tag.
        resources = [resource for resource in resources if _tags(resource).get(name.lower()) == value]
    return [
        resource
        for resource in resources
        if all(NAMES[name](resource, value) for name, value in asked.items())
    ]
