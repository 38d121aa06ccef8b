"""Lists of resources and of groups by a filter: what it asks for, and what it can't ask."""

from __future__ import annotations

import pytest
from arming import ACCOUNT, GROUP, HOME, LOCATION, NETWORK, VAULT, Arm, account, network, vault

OTHER = f"{HOME}/resourceGroups/other"


@pytest.fixture
def filled(group: Arm) -> Arm:
    """Two groups, and resources in both."""
    group.put(OTHER, {"location": "northeurope", "tags": {"Owner": "you", "stage": "me"}})
    group.put(GROUP, {"location": LOCATION, "tags": {"owner": "me"}})
    group.put(ACCOUNT, account(tags={"owner": "me"}))
    group.put(VAULT, {**vault(), "tags": {"owner": "you", "stage": "me"}})
    group.put(NETWORK.replace(GROUP, OTHER), {**network(), "location": "northeurope"})
    return group


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("resourceType eq 'microsoft.storage/STORAGEACCOUNTS'", ["account1"]),
        ("name eq 'net'", ["net"]),
        ("resourceGroup eq 'OTHER'", ["net"]),
        ("location eq 'North Europe'", ["NetworkWatcher_northeurope", "net"]),
        ("tagName eq 'OWNER'", ["account1", "vault1"]),
        ("tagName eq 'owner' and tagValue eq 'me'", ["account1"]),
        ("tagname eq 'owner' AND resourceType eq 'Microsoft.KeyVault/vaults'", ["vault1"]),
        ("name eq 'it''s'", []),
    ],
)
def test_resources_are_listed_by_what_is_asked(filled: Arm, asked: str, names: list[str]) -> None:
    found = filled.call("GET", f"{HOME}/resources", query={"$filter": asked})[1]["value"]
    assert sorted(item["name"] for item in found) == names


def test_groups_are_listed_by_their_tags(filled: Arm) -> None:
    asked = {"$filter": "tagName eq 'owner' and tagValue eq 'me'"}
    found = filled.call("GET", f"{HOME}/resourcegroups", query=asked)[1]["value"]
    assert [item["name"] for item in found] == ["rg"]


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "name",
        "name ne 'net'",
        "substringof('n', name)",
        "managedBy eq 'me'",
        "name eq 'a' or name eq 'b'",
        "name eq 'a' and name eq 'b'",
    ],
)
def test_a_filter_that_is_not_read_is_refused(filled: Arm, asked: str) -> None:
    assert filled.refused("GET", f"{HOME}/resources", query={"$filter": asked}) == (
        400,
        "InvalidFilterInQueryString",
        (
            f"Invalid $filter '{asked}' specified in the query string. The sandbox reads NAME eq 'VALUE', joined "
            "by and, for: location, name, resourcegroup, resourcetype, tagname, tagvalue."
        ),
    )


def test_a_page_of_a_filtered_list_leads_to_the_next_one_by_the_same_filter(filled: Arm) -> None:
    asked = {"$filter": "tagName eq 'owner'", "$top": "1"}
    first = filled.call("GET", f"{HOME}/resources", query=asked)[1]
    second = filled.client.get(first["nextLink"]).get_json()
    assert [item["name"] for item in (*first["value"], *second["value"])] == ["account1", "vault1"]
    assert "nextLink" not in second
