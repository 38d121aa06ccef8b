"""Private endpoints: addresses in a network of one's own under which a service is reached."""

from __future__ import annotations

from typing import Final

from modelyard_policies.azure.types import PRIVATE_ENDPOINT
from modelyard_policies.reading import Block, GraphView, Resource, all_of, any_of, some

_CONNECTIONS: Final = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
"""Where an endpoint names what it leads to; the second is for what somebody else has to approve."""


def has_private_endpoint(target: Resource, graph: GraphView, *groups: str) -> bool:
    """Whether a private endpoint of the graph leads to `target`, by one of `groups` (in lower case): the part
    of the service that it is for, such as `blob` or `vault`.
    """
    first, second = _CONNECTIONS
    return any_of(
        lambda: _leads_there(target, graph, first, groups),
        lambda: _leads_there(target, graph, second, groups),
    )


def _leads_there(target: Resource, graph: GraphView, key: str, groups: tuple[str, ...]) -> bool:
    def connects(connection: Block) -> bool:
        return all_of(
            lambda: some(connection.strings("groupIds"), lambda group: group.lower() in groups),
            lambda: graph.refers_to(connection, "privateLinkServiceId", target),
        )

    endpoints = graph.linking(target, PRIVATE_ENDPOINT, key)
    return some(endpoints, lambda endpoint: some(endpoint.list(key), connects))
