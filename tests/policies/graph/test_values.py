import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_policies.graph import SECRET, UNKNOWN, from_json, to_json

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.sampled_from([UNKNOWN, SECRET]),
)
# The key "secret" or "unknown" alone with true is the one mapping that JSON can't tell from a marker.
values = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner), max_leaves=20
)


@given(values)
def test_a_value_comes_back_from_json_as_it_was(value):
    assert from_json(json.loads(json.dumps(to_json(value)))) == value


def test_the_markers_are_written_as_the_contract_says():
    assert to_json({"a": [UNKNOWN], "b": SECRET}) == {"a": [{"unknown": True}], "b": {"secret": True}}


def test_only_true_makes_a_marker():
    tags = {"unknown": "true"}
    assert from_json(tags) == tags


@pytest.mark.parametrize("marker", [UNKNOWN, SECRET])
def test_a_marker_stays_the_one_object_when_copied(marker):
    assert copy.copy(marker) is marker
    assert copy.deepcopy({"a": [marker]})["a"][0] is marker
    assert pickle.loads(pickle.dumps(marker)) is marker  # noqa: S301


def test_markers_have_speaking_names():
    assert (repr(UNKNOWN), repr(SECRET)) == ("unknown", "secret")


def test_a_marker_is_neither_true_nor_false():
    with pytest.raises(TypeError, match="a value that is unknown is neither true nor false"):
        bool(UNKNOWN)
