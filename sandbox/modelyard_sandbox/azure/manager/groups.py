"""Resource groups (REST reference: Resource Groups, 2024-03-01; naming rules for resources; 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict, not_found
from modelyard_sandbox.azure.manager.filters import filtered
from modelyard_sandbox.azure.manager.ids import GROUP, SUBSCRIPTION, ResourceId
from modelyard_sandbox.azure.manager.kinds import Kind, Write, envelope
from modelyard_sandbox.azure.manager.locations import REGIONS
from modelyard_sandbox.azure.manager.shapes import record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

NAME_LENGTH = 90

API_VERSIONS = (
    "2020-10-01",
    "2021-01-01",
    "2021-04-01",
    "2022-09-01",
    "2023-07-01",
    "2024-03-01",
    "2024-07-01",
    "2024-11-01",
    "2025-03-01",
    "2025-04-01",
)
"""Versions of Microsoft.Resources: of groups as of deployments."""


class ResourceGroup(Kind):
    """A resource group: what lies in it goes with it."""

    type = GROUP
    api_versions = API_VERSIONS
    parent_type = SUBSCRIPTION
    shape = envelope(
        "ResourceGroup",
        record("ResourceGroupProperties", {}, read_only=("provisioningState",)),
        managedBy=text(),
    )

    @override
    def check_name(self, name: str) -> None:
        wrong = sorted(set(re.findall(r"[^\w.()-]", name)))
        if wrong:
            raise bad_request(
                "InvalidResourceGroup",
                f"The provided resource group name '{name}' has these invalid characters: "
                f"'{''.join(wrong)}'. The name can only be a letter, digit, '-', '.', '(', ')' or '_'.",
            )
        if len(name) > NAME_LENGTH or name.endswith("."):
            raise bad_request(
                "InvalidResourceGroup",
                f"The provided resource group name '{name}' is invalid: it has at most {NAME_LENGTH} "
                "characters, and can't end with '.'.",
            )

    @override
    def chosen(
        self, store: Store, owner: ResourceId, found: list[Resource], query: Mapping[str, str]
    ) -> list[Resource]:
        return filtered(found, query)

    @override
    def settle(self, write: Write) -> Body:
        return {**write.asked, "properties": {"provisioningState": "Succeeded"}}

    @override
    def missing(self, id_: ResourceId) -> ArmError:
        return no_group(id_)

    @override
    def no_such_location(self, location: str) -> ArmError:
        return bad_request(
            "LocationNotAvailableForResourceGroup",
            f"The provided location '{location}' is not available for resource group. "
            f"List of available regions is '{','.join(REGIONS)}'.",
        )

    @override
    def elsewhere(self, old: Resource, location: str) -> ArmError:
        return conflict(
            "InvalidResourceGroupLocation",
            f"Invalid resource group location '{location}'. The Resource group already exists in location "
            f"'{old.location}'.",
        )


def no_group(id_: ResourceId) -> ArmError:
    """The error for a resource group that isn't there."""
    return not_found("ResourceGroupNotFound", f"Resource group '{id_.name}' could not be found.")
