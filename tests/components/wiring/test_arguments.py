import asyncio
from typing import NotRequired, TypedDict

import pulumi
import pytest
from pulumi.provider.experimental.util import camel_case

from modelyard.errors import InputError
from modelyard.wiring.arguments import check_args


class Inner(TypedDict):
    key_arn: pulumi.Input[str]
    days: NotRequired[int]


class Outer(TypedDict):
    name: str
    zones: list[str]
    buckets: dict[str, Inner]
    subnets: NotRequired[dict[str, pulumi.Input[str]]]


@pytest.fixture(autouse=True)
def loop():
    """A loop for outputs that no program makes."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


GOOD = {"name": "a", "zones": ["z1"], "buckets": {"data": {"key_arn": "arn"}}}


def problem(args):
    with pytest.raises(InputError) as caught:
        check_args("store", args, Outer)
    (only,) = caught.value.problems
    return only


def test_good_args_pass_and_outputs_pass_unread():
    check_args("store", GOOD, Outer)
    later = pulumi.Output.from_input("later")
    check_args("store", {**GOOD, "buckets": {"data": {"key_arn": later}}, "subnets": {"z1": later}}, Outer)


def test_a_misspelt_argument_is_refused_and_the_nearest_named():
    found = problem({**GOOD, "bucket": {}})
    assert found.field == "store.bucket"
    assert found.mend == "did you mean 'buckets'?"
    assert found.allowed == "buckets, name, subnets, zones"


def test_a_misspelt_argument_inside_is_refused_too():
    found = problem({**GOOD, "buckets": {"data": {"key_arn": "arn", "dais": 3}}})
    assert found.field == "store.buckets.data.dais"
    assert found.mend == "did you mean 'days'?"


def test_a_missing_argument_is_named():
    found = problem({key: value for key, value in GOOD.items() if key != "name"})
    assert (found.field, found.given, found.mend) == ("store.name", "nothing", "add 'name' to args")


@pytest.mark.parametrize(
    ("change", "field", "given"),
    [
        ({"name": 3}, "store.name", "3"),
        ({"zones": "z1"}, "store.zones", "'z1'"),
        ({"zones": ["z1", 2]}, "store.zones[1]", "2"),
        ({"buckets": {"data": {"key_arn": "arn", "days": True}}}, "store.buckets.data.days", "True"),
        ({"buckets": {"data": "arn"}}, "store.buckets.data", "'arn'"),
        ({"subnets": {"z1": None}}, "store.subnets.z1", "None"),
    ],
)
def test_a_value_of_another_type_is_refused_where_it_stands(change, field, given):
    found = problem({**GOOD, **change})
    assert (found.field, found.given) == (field, given)
    assert "can't stand here" in found.message


def test_every_problem_is_reported_at_once():
    with pytest.raises(InputError) as caught:
        check_args("store", {"zones": 1}, Outer)
    assert [found.field for found in caught.value.problems] == ["store.buckets", "store.name", "store.zones"]


def test_an_output_is_refused_where_the_value_decides_what_is_made():
    found = problem({**GOOD, "zones": pulumi.Output.secret(["z1"])})
    assert (found.field, found.given) == ("store.zones", "an output, whose value becomes known later")
    assert found.message == "this decides what is made, so it must be known before anything is"
    assert (found.allowed, found.mend) == ("list", "give the value itself")


def test_problems_are_told_in_the_spelling_of_who_wrote_the_args():
    args = {**GOOD, "buckets": {"data": {"keyarn": "arn"}}}
    with pytest.raises(InputError) as caught:
        check_args("store", args, Outer, spelled=camel_case)
    unknown, missing = caught.value.problems
    assert (unknown.field, unknown.mend) == ("store.buckets.data.keyarn", "did you mean 'keyArn'?")
    assert (missing.field, missing.mend) == ("store.buckets.data.keyArn", "add 'keyArn' to args")
