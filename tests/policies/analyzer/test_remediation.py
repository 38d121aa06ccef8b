import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct

from modelyard_policies.analyzer.decode import SECRET_SIGNATURE, SIGNATURE
from modelyard_policies.analyzer.remediation import with_values

SECRET = {SIGNATURE: SECRET_SIGNATURE, "value": {"a": "hunter2"}}


def struct(values):
    return json_format.ParseDict(values, Struct())


@pytest.mark.parametrize(
    ("before", "values", "after"),
    [
        ({}, {"a": True}, {"a": True}),
        ({"a": 1, "b": "x"}, {"a": "y"}, {"a": "y", "b": "x"}),
        ({}, {"a.b.c": "x"}, {"a": {"b": {"c": "x"}}}),
        ({"a": None}, {"a.b": "x"}, {"a": {"b": "x"}}),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a[1].b": 3, "a[0].c": []}, {"a": [{"b": 1, "c": []}, {"b": 3}]}),
        ({"a": SECRET}, {"b": {"c": [1, None]}}, {"a": SECRET, "b": {"c": [1, None]}}),
    ],
)
def test_values_are_set_at_their_paths(before, values, after):
    given = struct(before)
    assert with_values(given, values) == struct(after)
    assert given == struct(before)


@pytest.mark.parametrize(
    ("before", "path"),
    [
        ({"a": SECRET}, "a.value.a"),
        ({"a": [1]}, "a[1]"),
        ({"a": {"b": 1}}, "a[0]"),
        ({"a": "text"}, "a.b"),
        ({"a": ["x"]}, "a.b"),
        ({}, "a[0]"),
    ],
)
def test_a_path_that_leads_nowhere_changes_nothing(before, path):
    assert with_values(struct(before), {path: "x"}) is None
