"""Resource groups and subscriptions, as far as something is said of all that is in them."""

from __future__ import annotations

from modelyard_policies.azure.scopes import is_whole
from modelyard_policies.azure.types import RESOURCE_GROUP
from modelyard_policies.reading import GraphView, Resource, any_of, some


def is_around(holder: Resource, resource: Resource, graph: GraphView) -> bool:
    """Whether the `scope` of `holder` is the resource group of `resource`, or a whole subscription."""
    groups = graph.candidates(resource, "resourceGroupName", RESOURCE_GROUP)

    def names_the_group() -> bool:
        parts = holder.text("scope").strip("/").lower().split("/")
        group = resource.text("resourceGroupName").strip().lower()
        return len(parts) == 4 and parts[2:] == ["resourcegroups", group]

    return any_of(
        lambda: some(groups, lambda group: graph.refers_to(holder, "scope", group)),
        lambda: is_whole(holder.text("scope")),
        names_the_group,
    )
