"""Patterns of resources: two signs, and nothing else is one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_policies.suppressions.patterns import matches

SIGNS = st.text(alphabet="ab*?[].$:", max_size=12)


@given(pattern=SIGNS, text=SIGNS)
def test_a_pattern_means_what_its_regular_expression_would(pattern, text):
    meant = "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in pattern)
    assert matches(pattern, text) == bool(re.fullmatch(meant, text, re.DOTALL))


@given(st.text())
def test_a_text_without_signs_fits_itself(text):
    assert matches(text, text)
    assert matches("*", text)
    assert not matches(f"{text}x", text)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("scratch-*", "scratch-1", True),
        ("scratch-*", "my-scratch-1", False),
        ("Scratch", "scratch", False),
        ("list[*].p", "list[12].p", True),
        ("list[0].p", "list0.p", False),
        ("node-?", "node-12", False),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_the_whole_has_to_fit(pattern, text, fits):
    assert matches(pattern, text) is fits


def test_many_stars_don_t_take_for_ever():
    assert not matches("*a" * 200 + "b", "a" * 5_000)
