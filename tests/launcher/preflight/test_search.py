"""The search for a slow node: whoever is slow is found, nobody else is, in few rounds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelyard_node.preflight.search import PAIRINGS, conclude, next_pairs


def searched(count: int, bad: set[int]) -> tuple[dict[tuple[int, int], bool], int]:
    """What was measured to the end, and in how many rounds. A pair is well if both of its nodes are."""
    nodes, measured, rounds = list(range(count)), dict[tuple[int, int], bool](), 0
    while pairs := next_pairs(nodes, measured):
        rounds += 1
        used = [node for pair in pairs for node in pair]
        assert len(used) == len(set(used)), "a node can't measure with two at once"
        assert not set(pairs) & set(measured), "nothing is measured twice"
        measured |= {pair: not set(pair) & bad for pair in pairs}
    return measured, rounds


def test_one_bad_node_of_four_is_found_in_two_rounds() -> None:
    measured, rounds = searched(4, {2})
    assert conclude(range(4), measured) == ((2,), ())
    assert rounds == 2


def test_one_bad_node_of_three_is_found() -> None:
    for bad in range(3):
        measured, rounds = searched(3, {bad})
        assert conclude(range(3), measured) == ((bad,), ())
        assert rounds <= 3


def test_a_thousand_nodes_take_no_more_rounds() -> None:
    measured, rounds = searched(1_000, {7, 123, 999})
    assert conclude(range(1_000), measured) == ((7, 123, 999), ())
    assert rounds <= 3


def test_where_no_pair_is_well_nobody_is_named() -> None:
    measured, rounds = searched(8, set(range(8)))
    assert conclude(range(8), measured) == ((), tuple(range(8)))
    assert rounds == PAIRINGS


def test_where_every_pair_is_well_nobody_is_named() -> None:
    measured, rounds = searched(8, set())
    assert conclude(range(8), measured) == ((), ())
    assert rounds == 1


def test_two_nodes_alone_are_not_told_apart() -> None:
    measured, _ = searched(2, {1})
    assert conclude(range(2), measured) == ((), (0, 1))


def test_a_link_that_is_bad_between_two_that_are_well_blames_neither() -> None:
    measured = {(0, 3): True, (1, 2): False}
    assert next_pairs(range(4), measured) == [(0, 1), (2, 3)]
    measured |= {(0, 1): True, (2, 3): True}
    assert next_pairs(range(4), measured) == []
    assert conclude(range(4), measured) == ((), ())


def test_nobody_is_named_by_one_witness_where_there_are_two() -> None:
    measured = {(0, 5): True, (1, 4): True, (2, 3): False}
    measured |= {(0, 2): False, (1, 3): True}
    # 3 is cleared now, and was bad with 2: that makes two.
    assert next_pairs(range(6), measured) == []
    assert conclude(range(6), measured).bad == (2,)
    measured |= {(1, 3): False}
    assert next_pairs(range(6), measured) == [(1, 2), (0, 3)]


@given(st.integers(3, 24).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1)))))
def test_only_bad_nodes_are_named_and_all_of_them_if_most_are_well(case: tuple[int, set[int]]) -> None:
    count, bad = case
    measured, rounds = searched(count, bad)
    conclusion = conclude(range(count), measured)
    assert set(conclusion.bad) <= bad
    if len(bad) * 2 < count:
        assert set(conclusion.bad) == bad
    assert rounds <= PAIRINGS + 2 * max(len(bad), 1)
