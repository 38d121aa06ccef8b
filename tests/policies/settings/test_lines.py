"""YAML with lines: plain data only, and one clear problem for all else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_policies.errors import SettingsError
from modelyard_policies.settings import Source, read


def problem(text):
    with pytest.raises(SettingsError) as error:
        read(Source(text, "f.yaml"))
    (found,) = error.value.problems
    return found


def test_every_place_has_its_line():
    document = read(Source("a: 1\nb:\n  - c: x\n    d: [1,\n        2]\n", "f.yaml"))
    assert document.data == {"a": 1, "b": [{"c": "x", "d": [1, 2]}]}
    places = [("a",), ("b",), ("b", 0), ("b", 0, "c"), ("b", 0, "d"), ("b", 0, "d", 1)]
    assert [document.line(place) for place in places] == [1, 2, 3, 3, 4, 5]
    assert document.line(("b", 0, "missing")) == 3
    assert document.line(("missing",)) == 1


def test_dates_and_numbers_that_are_read_in_two_ways_stay_text():
    text = "[2026-12-31, 010, yes, 1_000, 0x1F, 12:30, -3, 1.5, true, null, '3']"
    assert read(Source(f"a: {text}", "f.yaml")).data["a"] == [
        *("2026-12-31", "010", "yes", "1_000", "0x1F", "12:30", -3, 1.5, True, None, "3"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", None, "the file holds no mapping"),
        ("- a", 1, "the file holds no mapping"),
        ("a: &x 1\nb: *x", 2, "aliases aren't read here"),
        ("a: !!python/name:os.system x", 1, "a tag isn't plain data"),
        ("a: !mine {}", 1, "a tag isn't plain data"),
        ("a: 1\nb: 2\na: 3", 3, "this name stands here twice"),
        ("1: a", 1, "a name has to be text"),
        ("? [a]\n: b", 1, "a name has to be text"),
        ("a:\n\tb: 1", 2, "this isn't YAML: found character that cannot start any token"),
        ("a: 1\n---\nb: 2", 2, "this isn't YAML: but found another document"),
        ("a: " + "[" * 5_000, 1, "nested too deep"),
        ("a: " + "x" * 1_100_000, None, "the file is too large"),
    ],
)
def test_what_is_no_plain_data_is_refused_at_its_line(text, line, message):
    found = problem(text)
    assert (found.file, found.line, found.message) == ("f.yaml", line, message)


def test_a_problem_shows_a_long_value_cut():
    assert len(problem("? " + "x" * 500 + "\n: 1\n? " + "x" * 500 + "\n: 1").given) == 80


@given(st.text(max_size=60) | st.text(alphabet="ab:-[]{}&*!\n \"'?|>#", max_size=60))
def test_whatever_the_text_it_is_read_or_refused(text):
    refused = ""
    try:
        document = read(Source(text, "f.yaml"))
    except SettingsError as error:
        refused = str(error)
    assert refused.startswith("f.yaml") or document.line(()) >= 1
