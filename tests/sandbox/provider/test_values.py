"""Property maps on the wire: what goes in comes out."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from modelyard_sandbox.provider.values import UNKNOWN, Secret, decode, encode, reveal, seal

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)
MARKED = st.recursive(
    PLAIN | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
        | inner.map(Secret)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=4), MARKED, max_size=4))
def test_values_secrets_and_unknowns_survive_the_wire(properties: dict[str, Any]) -> None:
    assert decode(encode(properties)) == properties


def test_values_are_marked_as_the_sdk_marks_them() -> None:
    struct = encode({"known": 1, "later": UNKNOWN, "hidden": Secret("hush")})
    read = rpc.deserialize_properties(struct)
    assert read["known"] == 1
    assert rpc.is_rpc_secret(read["hidden"])
    assert rpc.unwrap_rpc_secret(read["hidden"]) == "hush"
    assert struct["later"] == rpc.UNKNOWN


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        ({"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4"}, UNKNOWN),
        ({"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": 2}, 2),
        (
            {
                "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4",
                "value": "x",
                "secret": True,
            },
            Secret("x"),
        ),
        (
            {"4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u", "id": "i"},
            "i",
        ),
        ({"4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u"}, "u"),
    ],
)
def test_outputs_and_references_stand_for_what_they_hold(wire: dict[str, Any], value: object) -> None:
    struct = Struct()
    struct.update({"property": wire})
    assert decode(struct) == {"property": value}


@given(PLAIN)
def test_what_is_sealed_like_a_secret_is_revealed_again(value: Any) -> None:
    assert reveal(seal({"a": value, "b": value}, {"a": Secret(0)})) == {"a": value, "b": value}
    assert seal({"a": value}, {"a": Secret(0)}) == {"a": Secret(value)}


def test_secrets_are_sealed_at_their_own_place() -> None:
    like = {"rules": [{"name": "a", "token": Secret("x")}], "open": 1}
    assert seal({"rules": [{"name": "b", "token": "y"}], "open": 2}, like) == {
        "rules": [{"name": "b", "token": Secret("y")}],
        "open": 2,
    }


def test_a_secret_never_shows_its_content() -> None:
    assert "hush" not in repr(Secret("hush"))
