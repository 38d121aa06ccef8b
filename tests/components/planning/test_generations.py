"""What makes another generation of a compute environment, and what doesn't."""

import re

from hypothesis import given
from hypothesis import strategies as st

from modelyard.planning.generations import (
    GENERATION_PATTERN,
    SCALING,
    UPDATABLE_STRATEGIES,
    generation_of,
    has_placement_group,
)

VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=3)
SETTINGS = st.dictionaries(st.text(min_size=1), VALUES, max_size=5)
UPDATABLE = st.sampled_from(sorted(UPDATABLE_STRATEGIES))


@given(strategy=UPDATABLE, other=UPDATABLE, before=SETTINGS, after=SETTINGS, grouped=st.booleans())
def test_what_batch_updates_in_place_stays_the_same_generation(strategy, other, before, after, grouped):
    first = generation_of({**before, "allocation_strategy": strategy}, before, placement_group=grouped)
    second = generation_of({**after, "allocation_strategy": other}, after, placement_group=grouped)
    assert first == second


@given(settings=SETTINGS, machines=SETTINGS, strategy=UPDATABLE)
def test_a_placement_group_comes_and_goes_with_its_generation(settings, machines, strategy):
    resources = {**settings, "allocation_strategy": strategy}
    alone = generation_of(resources, machines, placement_group=False)
    grouped = generation_of(resources, machines, placement_group=True)
    assert alone != grouped
    assert (has_placement_group(alone), has_placement_group(grouped)) == (False, True)


@given(settings=SETTINGS, machines=SETTINGS, strategy=UPDATABLE)
def test_best_fit_is_another_generation(settings, machines, strategy):
    best = generation_of({**settings, "allocation_strategy": "BEST_FIT"}, machines, placement_group=False)
    other = generation_of({**settings, "allocation_strategy": strategy}, machines, placement_group=False)
    assert best != other


@given(settings=SETTINGS, machines=SETTINGS, other=SETTINGS, numbers=st.tuples(st.integers(), st.integers()))
def test_best_fit_takes_nothing_in_place_but_numbers_of_vcpus(settings, machines, other, numbers):
    settings = {name: value for name, value in settings.items() if name not in SCALING}
    other = {name: value for name, value in other.items() if name not in SCALING}

    def generation(resources, nodes, vcpus):
        return generation_of({**resources, "max_vcpus": vcpus}, nodes, placement_group=False)

    first = generation(settings, machines, numbers[0])
    assert generation(settings, machines, numbers[1]) == first
    # True is 1 to Python, and not to JSON.
    assert (generation(other, machines, numbers[0]) == first) == (
        repr(sorted(other.items())) == repr(sorted(settings.items()))
    )
    assert (generation(settings, other, numbers[0]) == first) == (
        repr(sorted(other.items())) == repr(sorted(machines.items()))
    )


@given(settings=SETTINGS, machines=SETTINGS, grouped=st.booleans())
def test_a_generation_is_written_as_names_may_be_and_whatever_the_order(settings, machines, grouped):
    generation = generation_of(settings, machines, placement_group=grouped)
    assert re.fullmatch(GENERATION_PATTERN, generation)
    turned = dict(reversed(settings.items())), dict(reversed(machines.items()))
    assert generation_of(*turned, placement_group=grouped) == generation
