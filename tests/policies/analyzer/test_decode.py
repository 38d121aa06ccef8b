import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct

from modelyard_policies.analyzer.decode import (
    OUTPUT_SIGNATURE,
    RESOURCE_SIGNATURE,
    SECRET_SIGNATURE,
    SIGNATURE,
    UNKNOWNS,
    properties,
    texts,
)
from modelyard_policies.graph import SECRET, UNKNOWN

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def struct(**values):
    return json_format.ParseDict(values, Struct())


def test_plain_values_keep_their_kind():
    values = {"a": None, "b": True, "c": 22, "d": 2.5, "e": "text", "f": [1, {"g": "h"}], "i": {}}
    decoded = properties(struct(**values))
    assert decoded == values
    assert type(decoded["c"]) is int


@pytest.mark.parametrize("sentinel", sorted(UNKNOWNS))
def test_every_sentinel_is_unknown_at_any_depth(sentinel):
    assert properties(struct(a=sentinel, b=[{"c": sentinel}])) == {"a": UNKNOWN, "b": [{"c": UNKNOWN}]}


def test_a_text_that_only_contains_a_sentinel_is_text():
    assert properties(struct(a=f"x{UNKNOWN_TEXT}")) == {"a": f"x{UNKNOWN_TEXT}"}


def test_a_secret_is_never_kept():
    secret = {SIGNATURE: SECRET_SIGNATURE, "value": {"password": "hunter2"}}
    assert properties(struct(a=secret, b=[secret])) == {"a": SECRET, "b": [SECRET]}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"value": 3}, 3),
        ({}, UNKNOWN),
        ({"value": UNKNOWN_TEXT}, UNKNOWN),
        ({"value": "x", "secret": True}, SECRET),
    ],
)
def test_an_output_is_its_value(fields, expected):
    assert properties(struct(a={SIGNATURE: OUTPUT_SIGNATURE, **fields})) == {"a": expected}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"urn": "urn:x", "id": "sg-1"}, "sg-1"),
        ({"urn": "urn:x", "id": UNKNOWN_TEXT}, UNKNOWN),
        ({"urn": "urn:x", "id": ""}, "urn:x"),
        ({"urn": "urn:x"}, "urn:x"),
    ],
)
def test_a_reference_to_a_resource_is_its_id(fields, expected):
    assert properties(struct(a={SIGNATURE: RESOURCE_SIGNATURE, **fields})) == {"a": expected}


def test_pulumis_own_properties_are_left_out():
    assert properties(struct(__defaults=["x"], a=1)) == {"a": 1}


def test_only_known_texts_are_taken_as_names():
    given = struct(id="x", arn=UNKNOWN_TEXT, name=3, tags={"a": "b"})
    assert texts(given, ("id", "arn", "name", "bucket")) == {"id": "x"}
