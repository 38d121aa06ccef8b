"""Order of deletion, and what a state remembers."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from modelyard_sandbox.state import Entry, Intent, State, deletion_order, ids_owned, read_counts


def entry(name: str, *dependencies: str, id_: str = "") -> Entry:
    return Entry(name, "type", name, id_ or f"id-{name}", "eu-central-1", {}, {}, dependencies)


@given(st.lists(st.lists(st.integers(min_value=0, max_value=19), max_size=4), min_size=1, max_size=20))
def test_dependents_are_deleted_before_what_they_depend_on(links: list[list[int]]) -> None:
    # Each resource depends on earlier ones, as in every program; the order in which they are kept is another.
    entries = [
        entry(str(number), *{str(link % number) for link in found if number})
        for number, found in enumerate(links)
    ]
    order = [made.urn for made in deletion_order(reversed(entries))]
    assert sorted(order) == sorted(made.urn for made in entries)
    for made in entries:
        for needed in made.dependencies:
            assert order.index(made.urn) < order.index(needed)


def test_a_replaced_resource_goes_after_those_that_depended_on_it() -> None:
    old, dependent = entry("a", id_="old"), entry("b", "a")
    assert deletion_order([old, dependent]) == [dependent, old]


def test_a_circle_is_deleted_last_made_first() -> None:
    first, second = entry("a", "b"), entry("b", "a")
    assert deletion_order([first, second]) == [second, first]


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = State.path_of(tmp_path, "dev")
    state, note = State.load(path, "server", "123456789012")
    assert note is None
    state.put(entry("a"))
    state.put(entry("b", "a"))
    state.put(entry("a", id_="new"), replaced=state.entries["a"])
    begun = Intent("type", "c", "eu-central-1", {"x": [1]}, "token", entry("c", "b"))
    state.begin(begun)
    read, _ = State.load(path, "server", "123456789012")
    assert list(read.entries.values()) == [entry("b", "a"), entry("a", id_="new")]
    assert read.doomed == [entry("a")]
    assert read.intent == begun
    assert read_counts(tmp_path, "server") == {"dev": 3}
    assert read_counts(tmp_path, "other") == {}
    owned = {("type", "eu-central-1", name) for name in ("id-a", "id-b", "new")}
    assert ids_owned(tmp_path, "server", "123456789012") == owned
    assert ids_owned(tmp_path, "server", "123456789012", without=path) == set()


def test_the_state_of_another_server_is_thrown_away(tmp_path: Path) -> None:
    path = State.path_of(tmp_path, "dev")
    State.load(path, "server", "123456789012")[0].put(entry("a"))
    state, note = State.load(path, "other", "123456789012")
    assert note == "the sandbox that held 1 resources has ended, and they with it: starting from nothing"
    assert state.standing == []
    assert not path.exists()
