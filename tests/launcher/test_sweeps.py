"""Variants of a sweep: which there are, in which order, and that they are the same everywhere."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from itertools import product
from math import isclose, log
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patience import PATIENCE_SECONDS

from modelyard_launcher.job import Sweep
from modelyard_launcher.sweeps import largest_bytes, text_of, variant_at, variants_file, variants_of

names = st.from_regex(r"[A-Z]{1,8}", fullmatch=True)
scalars = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=12),
    st.integers(-(10**18), 10**18),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
)


def grids(most: int = 4) -> st.SearchStrategy[dict[str, list[Any]]]:
    values = st.lists(scalars, min_size=1, max_size=5, unique_by=lambda value: (type(value), value))
    return st.dictionaries(names, values, min_size=1, max_size=most).filter(
        lambda grid: len(list(product(*grid.values()))) >= 2
    )


@st.composite
def ranges(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.booleans()):
        low, high = sorted(draw(st.sets(st.integers(1, 10**6), min_size=2, max_size=2)))
        return {"min": low, "max": high, "integer": True, "log": draw(st.booleans())}
    bounds = st.floats(1e-12, 1e15, allow_nan=False)
    low, high = sorted(draw(st.sets(bounds, min_size=2, max_size=2)))
    return {"min": low, "max": high, "log": draw(st.booleans())}


@st.composite
def random_sweeps(draw: st.DrawFn) -> dict[str, Any]:
    choices = st.builds(lambda values: {"choices": values}, st.lists(scalars, min_size=1, max_size=5))
    variables = draw(st.dictionaries(names, st.one_of(ranges(), choices), min_size=1, max_size=4))
    return {"random": variables, "count": draw(st.integers(2, 40)), "seed": draw(st.integers(0, 2**63 - 1))}


def made(**sweep: Any) -> Sweep:
    return Sweep.model_validate(sweep)


def test_a_grid_is_gone_through_in_the_order_written_the_last_variable_fastest() -> None:
    sweep = made(grid={"LR": [0.1, 0.01], "OPT": ["adam", "sgd"]})
    assert variants_of(sweep) == [
        {"LR": "0.1", "OPT": "adam"},
        {"LR": "0.1", "OPT": "sgd"},
        {"LR": "0.01", "OPT": "adam"},
        {"LR": "0.01", "OPT": "sgd"},
    ]
    assert sweep.names == ("LR", "OPT")


def test_a_list_is_taken_as_it_stands() -> None:
    sweep = made(list=[{"LR": 1e-4, "BIG": True}, {"SEED": 7}])
    assert variants_of(sweep) == [{"LR": "0.0001", "BIG": "true"}, {"SEED": "7"}]
    assert sweep.names == ("LR", "BIG", "SEED")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.10", "0.10"),
        (0.1, "0.1"),
        (1.0, "1.0"),
        (1e-7, "1e-07"),
        (10**20, "100000000000000000000"),
        (True, "true"),
        (False, "false"),
        ("", ""),
    ],
)
def test_values_are_found_as_text(value: object, text: str) -> None:
    assert text_of(value) == text


@given(grids())
def test_a_grid_has_each_combination_once(grid: dict[str, list[Any]]) -> None:
    sweep = made(grid=grid)
    variants = variants_of(sweep)
    expected = [dict(zip(grid, map(text_of, values), strict=True)) for values in product(*grid.values())]
    assert variants == expected
    assert len(variants) == sweep.size


@given(st.one_of(grids().map(lambda grid: {"grid": grid}), random_sweeps()))
def test_one_variant_is_the_same_alone_as_among_all(sweep: dict[str, Any]) -> None:
    whole = made(**sweep)
    assert [variant_at(whole, index) for index in range(whole.size)] == variants_of(whole)


def test_a_variant_of_a_list_is_found_by_its_index() -> None:
    sweep = made(list=[{"A": 1}, {"A": 2}])
    assert variant_at(sweep, 1) == {"A": "2"}
    for index in (-1, 2):
        with pytest.raises(IndexError, match="a sweep of 2 variants has none with index"):
            variant_at(sweep, index)


@given(random_sweeps())
def test_what_is_drawn_lies_where_it_is_drawn_from(sweep: dict[str, Any]) -> None:
    for variant in variants_of(made(**sweep)):
        for name, text in variant.items():
            draw = sweep["random"][name]
            if "choices" in draw:
                assert text in map(text_of, draw["choices"])
            elif draw.get("integer"):
                assert draw["min"] <= int(text) <= draw["max"]
            else:
                assert draw["min"] <= float(text) <= draw["max"]


@given(random_sweeps(), st.integers(1, 20))
def test_more_variants_add_to_those_that_there_were(sweep: dict[str, Any], more: int) -> None:
    before = variants_of(made(**sweep))
    after = variants_of(made(**{**sweep, "count": sweep["count"] + more}))
    assert after[: len(before)] == before


@given(random_sweeps(), ranges())
def test_one_more_variable_leaves_the_others_as_they_were(
    sweep: dict[str, Any], draw: dict[str, Any]
) -> None:
    before = variants_of(made(**sweep))
    after = variants_of(made(**{**sweep, "random": {"LAST_OF_ALL": draw, **sweep["random"]}}))
    assert [{name: variant[name] for name in sweep["random"]} for variant in after] == before


def test_another_seed_draws_others() -> None:
    sweep = {"random": {"LR": {"min": 0, "max": 1}}, "count": 10}
    assert not set(map(str, variants_of(made(**sweep, seed=1)))) & set(
        map(str, variants_of(made(**sweep, seed=2)))
    )


DRAWN = {
    "random": {
        "LR": {"min": 1e-5, "max": 0.1, "log": True},
        "DROPOUT": {"min": 0, "max": 0.5},
        "BATCH": {"min": 8, "max": 512, "log": True, "integer": True},
        "LAYERS": {"min": 2, "max": 12, "integer": True},
        "OPT": {"choices": ["adam", "sgd", "lion"]},
    },
    "count": 10_000,
    "seed": 7,
}

FIRST_DRAWN = [
    {"LR": "0.000641792719", "DROPOUT": "0.302882765", "BATCH": "116", "LAYERS": "9", "OPT": "lion"},
]

DRAWN_SHA256 = "cccdbfe0e703cdb4d69851be0cc94b7763cc10bccea41384627d5b9d868eebf4"


def test_the_draws_are_these_on_every_machine_and_with_every_python() -> None:
    """Figures that were written down once: whoever changes how is drawn changes runs that were planned."""
    file = variants_file(made(**DRAWN))
    assert json.loads(file.content)["variants"][:1] == FIRST_DRAWN
    assert file.sha256 == DRAWN_SHA256


def test_a_draw_is_what_its_documentation_says() -> None:
    digest = hashlib.blake2b(b"7/LR/0", digest_size=8).digest()
    share = (int.from_bytes(digest, "big") >> 32) / 2**32
    drawn = float(variants_of(made(**{**DRAWN, "count": 2}))[0]["LR"])
    assert isclose(drawn, 1e-5 * (0.1 / 1e-5) ** share, rel_tol=1e-8)


def test_draws_by_factors_are_even_by_factors_and_others_by_differences() -> None:
    variants = variants_of(made(**DRAWN))
    by_factors = sorted(log(float(variant["LR"]) / 1e-5) / log(1e4) for variant in variants)
    by_differences = sorted(float(variant["DROPOUT"]) / 0.5 for variant in variants)
    # Kolmogorov and Smirnov: of 10,000 even draws, one in a thousand strays further than 0.0195.
    for shares in (by_factors, by_differences):
        assert max(abs(share - place / 10_000) for place, share in enumerate(shares)) < 0.0195
    counted = [sum(variant["LAYERS"] == str(layers) for variant in variants) for layers in range(2, 13)]
    assert sum(counted) == 10_000
    # 909 of each are expected, 28.7 is a standard deviation.
    assert all(abs(count - 10_000 / 11) < 4 * 28.7 for count in counted)


def test_whole_numbers_reach_both_ends() -> None:
    for by_log in (False, True):
        draw = {"min": 1, "max": 4, "integer": True, "log": by_log}
        drawn = {variant["N"] for variant in variants_of(made(random={"N": draw}, count=200))}
        assert drawn == {"1", "2", "3", "4"}


def test_ten_thousand_variants_are_made_within_a_fifth_of_a_second() -> None:
    # Of processor time: other processes of this machine don't count.
    for sweep in (made(**DRAWN), made(grid={"A": list(range(100)), "B": list(range(100))})):
        best = min(_seconds(sweep) for _ in range(3))
        assert best < 0.2


def _seconds(sweep: Sweep) -> float:
    started = time.process_time()
    variants_file(sweep)
    return time.process_time() - started


def test_the_object_of_a_sweep_has_its_schema_its_digest_and_the_same_bytes_each_time() -> None:
    sweep = made(grid={"A": [1, 2], "B": ["ü"]})
    file = variants_file(sweep)
    assert json.loads(file.content) == {
        "schema": "modelyard.variants/1",
        "variants": [{"A": "1", "B": "ü"}, {"A": "2", "B": "ü"}],
    }
    assert file.sha256 == hashlib.sha256(file.content).hexdigest()
    assert file.count == 2
    assert variants_file(sweep) == file


def test_another_process_with_other_hashes_draws_the_same() -> None:
    program = (
        "import json, sys; from modelyard_launcher.job import Sweep; "
        "from modelyard_launcher.sweeps import variants_file; "
        "print(variants_file(Sweep.model_validate(json.load(sys.stdin))).sha256)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(DRAWN),
        env={"PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.stdout.strip() == DRAWN_SHA256


@given(st.one_of(grids().map(lambda grid: {"grid": grid}), random_sweeps()))
def test_the_size_of_variants_is_known_without_making_them(sweep: dict[str, Any]) -> None:
    whole = made(**sweep)
    size = sum(
        len(name.encode()) + len(text.encode())
        for variant in variants_of(whole)
        for name, text in variant.items()
    )
    assert size <= largest_bytes(whole)
    if whole.grid is not None:
        assert size == largest_bytes(whole)


def test_the_size_of_a_lists_variants_is_that_of_its_texts() -> None:
    assert largest_bytes(made(list=[{"AB": "ü"}, {"AB": 10}])) == 2 + 2 + 2 + 2
