"""Pulumi's spelling and Azure's: there, back, and as a program would ask for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_sandbox.azure.translate import Form, as_input, item, pulumi_path, to_azure, to_pulumi

FORM = Form(
    frozenset({"id", "name", "sku"}),
    renames={"secure": "isSecure", "rules": "acls"},
    inner={
        "rules": Form(renames={"address": "value"}),
        "parts": item(inner={"inner": item()}),
        "who": Form(keyed=frozenset({"ids"}), read_only=frozenset({"principalId"})),
        "mode": Form(write_only=frozenset({"once"})),
    },
)
OURS: dict[str, Any] = {
    "name": "it",
    "sku": {"name": "S1"},
    "secure": True,
    "rules": [{"address": "198.51.100.1"}],
    "parts": [{"name": "a", "size": 1, "inner": [{"name": "b", "size": 2}]}],
    "who": {"ids": ["/x", "/y"]},
    "tags": {"secure": "yes"},
}
THEIRS: dict[str, Any] = {
    "name": "it",
    "sku": {"name": "S1"},
    "properties": {
        "isSecure": True,
        "acls": [{"value": "198.51.100.1"}],
        "parts": [
            {"name": "a", "properties": {"size": 1, "inner": [{"name": "b", "properties": {"size": 2}}]}}
        ],
        "who": {"ids": {"/x": {}, "/y": {}}},
        "tags": {"secure": "yes"},
    },
}


def test_a_document_is_what_the_api_takes() -> None:
    assert to_azure(FORM, OURS) == THEIRS


def test_an_answer_is_what_a_program_gets() -> None:
    assert to_pulumi(FORM, THEIRS) == {**OURS, "who": {"ids": {"/x": {}, "/y": {}}}}


def test_what_azure_adds_is_left_out_where_a_program_left_it_out() -> None:
    found = to_pulumi(FORM, THEIRS)
    found["sku"]["tier"] = "Standard"
    found["parts"][0] |= {"id": "/a", "provisioningState": "Succeeded"}
    found["who"]["principalId"] = "p"
    assert as_input(FORM, found, OURS) == OURS
    found["tags"]["more"] = "seen"
    assert as_input(FORM, found, OURS)["tags"] == {"secure": "yes", "more": "seen"}
    del found["secure"]
    assert "secure" not in as_input(FORM, found, OURS)


def test_without_a_program_only_what_is_azures_alone_is_left_out() -> None:
    found = to_pulumi(FORM, THEIRS)
    found["parts"][0] |= {"id": "/a", "provisioningState": "Succeeded"}
    found["who"]["principalId"] = "p"
    assert as_input(FORM, found, None) == OURS


def test_what_azure_does_not_show_again_is_as_it_was_asked_for() -> None:
    form = FORM.inner["mode"]
    assert as_input(form, {"kept": 1}, {"kept": 2, "once": "now"}) == {"kept": 1, "once": "now"}


def test_lists_of_ids_keep_the_order_of_the_program() -> None:
    form = FORM.inner["who"]
    keys: dict[str, Any] = {"/y": {}, "/x": {}, "/z": {}}
    assert as_input(form, {"ids": keys}, {"ids": ["/y", "/gone"]}) == {"ids": ["/y", "/x", "/z"]}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("properties.isSecure", "secure"),
        ("properties.acls[2].value", "rules[2].address"),
        ("sku.name", "sku.name"),
        ("properties.parts[0].properties.size", "parts[0].size"),
    ],
)
def test_a_path_of_azures_is_the_inputs_path(theirs: str, ours: str) -> None:
    assert pulumi_path(FORM, theirs) == ours


values = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={"name": st.text(), "sku": values, "secure": st.booleans(), "size": values, "tags": values},
    )
)
def test_there_and_back_is_the_same(inputs: dict[str, Any]) -> None:
    assert to_pulumi(FORM, to_azure(FORM, inputs)) == inputs
    assert as_input(FORM, to_pulumi(FORM, to_azure(FORM, inputs)), inputs) == inputs
