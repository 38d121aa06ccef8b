"""Requests that nobody means: they are refused in Azure's form, whatever is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest
from arming import ACCOUNT, BLOBS, GROUP, HOME, LOCATION, NETWORK, Arm, network
from azure_ml import WORKSPACE

from modelyard_sandbox.azure.manager import application

VERSION = {"api-version": "2024-03-01"}
QUOTA = f"{HOME}/providers/Microsoft.MachineLearningServices/locations/{LOCATION}/providers/Microsoft.Quota/quotas/any"


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"location": ' + b"[" * 100_000])
def test_a_document_of_endless_depth_is_refused(arm: Arm, content: bytes) -> None:
    answer = arm.client.put(GROUP, data=content, query_string=VERSION)
    assert (answer.status_code, answer.get_json()["error"]) == (
        400,
        {"code": "InvalidRequestContent", "message": "The request content is nested too deeply."},
    )


@pytest.mark.parametrize("body", [{}, {"properties": None}, {"properties": []}, {"properties": {"limit": 1}}])
def test_a_quota_without_its_value_is_refused(arm: Arm, body: Any) -> None:
    assert arm.refused("PUT", QUOTA, body) == (
        400,
        "BadRequest",
        "properties.limit.value must be a whole number of vCPUs, 0 or more.",
    )


@pytest.mark.parametrize("place", ["\N{SUPERSCRIPT TWO}", "\N{ARABIC-INDIC DIGIT TWO}"])
def test_only_plain_digits_are_a_place_in_a_list(arm: Arm, place: str) -> None:
    assert arm.refused("GET", f"{HOME}/resources", query={"$skipToken": place}) == (
        400,
        "InvalidQueryParameterValue",
        f"The value '{place}' of the query parameter '$skipToken' is invalid: it must be a whole number, 0 or more.",
    )


def test_a_fault_of_the_resource_manager_is_told_in_azures_form_and_logged(
    arm: Arm, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError("what nobody thought of")

    monkeypatch.setattr(application, "locate", break_down)
    assert arm.refused("GET", GROUP) == (
        500,
        "InternalServerError",
        f"The sandbox failed to answer GET {GROUP}: ZeroDivisionError: what nobody thought of. Its log has more.",
    )
    assert "Traceback" in caplog.text


def test_a_change_of_what_must_stand_makes_nothing(arm: Arm) -> None:
    unmet = (412, "PreconditionFailed", "The condition specified by the ETag header is not satisfied.")
    assert arm.refused("PUT", GROUP, {"location": LOCATION}, headers={"If-Match": "*"}) == unmet
    arm.put(GROUP, {"location": LOCATION})
    arm.put(GROUP, {"location": LOCATION}, headers={"If-Match": "*"})


PARTS = {
    "a subnet": (NETWORK, f"{NETWORK}/subnets/a", "virtualNetworks/subnets"),
    "a container": (BLOBS, f"{BLOBS}/containers/data", "storageAccounts/blobServices/containers"),
    "the blob service": (ACCOUNT, BLOBS, "storageAccounts/blobServices"),
    "a cluster": (WORKSPACE, f"{WORKSPACE}/computes/gpu", "workspaces/computes"),
}


@pytest.mark.parametrize(("parent", "part", "type_"), PARTS.values(), ids=PARTS)
@pytest.mark.parametrize(("method", "work"), [("GET", "read"), ("PUT", "write"), ("DELETE", "delete")])
def test_a_part_of_what_is_not_there_is_refused_by_the_work_asked_for(
    group: Arm, parent: str, part: str, type_: str, method: str, work: str
) -> None:
    refused = (
        404,
        "ParentResourceNotFound",
        (
            f"Failed to perform '{work}' on resource(s) of type '{type_}', because the parent resource "
            f"'{parent}' could not be found."
        ),
    )
    body = {"properties": {}} if method == "PUT" else None
    assert group.refused(method, part, body) == refused
    if method == "GET":
        assert group.refused("GET", part.rpartition("/")[0]) == refused


def test_a_part_that_is_not_there_of_what_is_there_is_missing_itself(group: Arm) -> None:
    group.put(NETWORK, network())
    assert group.refused("GET", f"{NETWORK}/subnets/a") == (
        404,
        "ResourceNotFound",
        "The Resource 'Microsoft.Network/virtualNetworks/subnets/net/a' under resource group 'rg' was not found.",
    )
    assert group.call("DELETE", f"{NETWORK}/subnets/a") == (204, None)


def test_a_part_in_a_group_that_is_not_there_names_the_group(arm: Arm) -> None:
    for method in ("GET", "PUT", "DELETE"):
        assert arm.refused(method, f"{NETWORK}/subnets/a", {})[1:] == (
            "ResourceGroupNotFound",
            "Resource group 'rg' could not be found.",
        )


def test_a_name_has_no_control_characters(group: Arm) -> None:
    place = f"{GROUP}/providers/Microsoft.Authorization/locks/a%0Ab"
    assert group.refused("PUT", place, {"properties": {"level": "CanNotDelete"}})[1:] == (
        "InvalidLockName",
        "The lock name 'a\nb' is invalid: it has at most 260 characters, and none of <, >, %, &, :, \\, ?, /.",
    )
