"""Resource groups and subscriptions, as far as something is said of all that is in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from modelyard_policies.azure.scopes import is_whole
from modelyard_policies.azure.types import RESOURCE_GROUP
from modelyard_policies.errors import Unread
from modelyard_policies.reading import GraphView, Resource, all_of, any_of, some

_SCOPE = "scope"
Test = Callable[[Resource], bool]


def _no_groups() -> dict[str, list[Resource]]:
    return {}


@dataclass(slots=True)
class _Scopes:
    """The resources of one type that name what they are for by `scope`."""

    of_groups: dict[str, list[Resource]] = field(default_factory=_no_groups)
    """By the name of a resource group, in lower case."""
    of_subscriptions: list[Resource] = field(default_factory=list["Resource"])
    untold: list[Resource] = field(default_factory=list["Resource"])
    """Neither the scope nor where it comes from is known."""


def is_within(
    resource: Resource, token: str, graph: GraphView, counts: Test, test: Test | None = None
) -> bool:
    """Whether a resource of type `token` that passes both tests has the resource group of `resource` as its
    `scope`, or a whole subscription. The first test is the same for every `resource`, and so asked once.
    """
    scopes = graph.once(_scopes, token, counts)
    groups = graph.candidates(resource, "resourceGroupName", RESOURCE_GROUP)

    def passes(each: Resource) -> bool:
        return all_of(lambda: counts(each), lambda: test is None or test(each))

    def is_in_group() -> bool:
        if groups:
            return some(groups, lambda group: some(graph.linked(group, token, _SCOPE), passes))
        name = resource.text("resourceGroupName").strip().lower() if scopes.of_groups else ""
        return some(scopes.of_groups.get(name, ()), passes)

    return any_of(
        is_in_group,
        lambda: some(scopes.of_subscriptions, passes),
        lambda: some(
            scopes.untold, lambda each: all_of(lambda: passes(each), lambda: bool(each.text(_SCOPE)))
        ),
    )


def _scopes(graph: GraphView, token: str, counts: Test) -> _Scopes:
    found = _Scopes()
    for each in graph.of_type(token):
        scope = each.raw(_SCOPE)
        if not _may(counts, each):
            continue
        if isinstance(scope, str):
            _sort(each, scope, found)
        elif scope is not None and not each.node.property_dependencies.get(_SCOPE):
            found.untold.append(each)
    return found


def _may(test: Test, resource: Resource) -> bool:
    try:
        return test(resource)
    except Unread:
        return True


def _sort(each: Resource, scope: str, found: _Scopes) -> None:
    parts = scope.strip("/").lower().split("/")
    if is_whole(scope):
        found.of_subscriptions.append(each)
    elif len(parts) == 4 and parts[2] == "resourcegroups":
        found.of_groups.setdefault(parts[3], []).append(each)
