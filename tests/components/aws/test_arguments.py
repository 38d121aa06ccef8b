from typing import NotRequired, TypedDict

import pulumi
import pytest

from modelyard.aws.arguments import check_args
from modelyard.errors import InputError


class Inner(TypedDict):
    key_arn: pulumi.Input[str]
    days: NotRequired[int]


class Outer(TypedDict):
    name: str
    zones: list[str]
    buckets: dict[str, Inner]
    subnets: NotRequired[dict[str, pulumi.Input[str]]]


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
    check_args("store", {**GOOD, "zones": later}, Outer)


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
