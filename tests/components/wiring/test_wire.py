"""Args as another program sends them."""

import asyncio
from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pytest
from pulumi.errors import InputPropertiesError
from pulumi.output import UNKNOWN

from modelyard.errors import InputError, Problem
from modelyard.wiring.wire import args_from_wire, refusal


class BucketArgs(TypedDict):
    key_arn: pulumi.Input[str]
    retention_days: NotRequired[pulumi.Input[int]]


class StoreArgs(TypedDict):
    account_id: str
    copies: NotRequired[int]
    share: NotRequired[float]
    encrypted: NotRequired[bool]
    lock_days: NotRequired[pulumi.Input[int]]
    zone_ids: NotRequired[list[str]]
    replica_days: NotRequired[list[pulumi.Input[int]]]
    buckets: NotRequired[Mapping[str, pulumi.Input[BucketArgs]]]
    pools: NotRequired[list[BucketArgs]]
    subnet_ids: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]


def taken(**sent):
    return args_from_wire("store", {"accountId": "1", **sent}, StoreArgs)


def refused(**sent):
    with pytest.raises(InputPropertiesError) as caught:
        taken(**sent)
    assert caught.value.errors == []
    return str(caught.value).splitlines()


def settled(make):
    """Value, secrecy and being known of the output that `make` gives, made and awaited in one loop."""

    async def run():
        output = make()
        assert isinstance(output, pulumi.Output)
        return await output.future(), await output.is_secret(), await output.is_known()

    # asyncio.run would leave the tests after this one without a loop.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(run())
    finally:
        loop.close()


def test_names_and_whole_numbers_become_pythons_at_every_depth():
    args = taken(
        copies=2.0,
        share=0.5,
        encrypted=True,
        zoneIds=["z1"],
        replicaDays=[3.0, 4.0],
        buckets={"my_data": {"keyArn": "a", "retentionDays": 7.0}},
        pools=[{"keyArn": "b"}],
        subnetIds={"z-1_a": "s"},
    )
    assert args == {
        "account_id": "1",
        "copies": 2,
        "share": 0.5,
        "encrypted": True,
        "zone_ids": ["z1"],
        "replica_days": [3, 4],
        "buckets": {"my_data": {"key_arn": "a", "retention_days": 7}},
        "pools": [{"key_arn": "b"}],
        "subnet_ids": {"z-1_a": "s"},
    }
    assert type(args["copies"]) is type(args["buckets"]["my_data"]["retention_days"]) is int
    assert [type(days) for days in args["replica_days"]] == [int, int]


def test_an_output_for_an_int_is_an_output_of_an_int():
    value, secret, known = settled(lambda: taken(lockDays=pulumi.Output.from_input(7.0))["lock_days"])
    assert (value, type(value), secret, known) == (7, int, False, True)


def test_an_output_for_an_object_is_mapped_once_it_is_known():
    sent = {"keyArn": "a", "retentionDays": 7.0}
    value, secret, _ = settled(lambda: taken(buckets={"data": pulumi.Output.secret(sent)})["buckets"]["data"])
    assert (value, secret) == ({"key_arn": "a", "retention_days": 7}, True)


def test_an_output_inside_an_object_stays_where_it_is():
    def make():
        bucket = {"keyArn": pulumi.Output.secret("a"), "retentionDays": pulumi.Output.from_input(7.0)}
        args = taken(buckets={"data": bucket})["buckets"]["data"]
        return pulumi.Output.all(args["key_arn"], args["retention_days"])

    assert settled(make) == (["a", 7], True, True)


def test_what_is_unknown_stays_unknown():
    assert settled(lambda: taken(lockDays=UNKNOWN)["lock_days"]) == (None, False, False)
    unknown_inside = settled(lambda: taken(subnetIds={"z1": UNKNOWN})["subnet_ids"]["z1"])
    assert unknown_inside == (None, False, False)


@pytest.mark.parametrize(
    ("sent", "field", "mend"),
    [
        ({"acountId": "1"}, "store.acountId", "did you mean 'accountId'?"),
        ({"account_id": "1"}, "store.account_id", "did you mean 'accountId'?"),
        (
            {"buckets": {"d": {"keyArn": "a", "keyArm": "b"}}},
            "store.buckets.d.keyArm",
            "did you mean 'keyArn'?",
        ),
        (
            {"pools": [{"keyArn": "a"}, {"colour": "a", "keyArn": "b"}]},
            "store.pools[1].colour",
            "leave it out",
        ),
    ],
)
def test_a_key_that_the_schema_does_not_have_is_refused_and_the_nearest_named(sent, field, mend):
    lines = refused(**sent)
    assert lines[:2] == ["it can't be made of these arguments", field]
    assert lines[2].endswith("Args has no such argument")
    assert lines[-1].startswith(f"  mend: {mend}")


def test_every_problem_is_told_at_once():
    lines = refused(copies=1.5, zoneIds="z1", pools=[{}])
    assert [line for line in lines if line.startswith("store.")] == [
        "store.copies",
        "store.zoneIds",
        "store.pools[0].keyArn",
    ]
    assert "  a float can't stand here" in lines
    assert "  mend: add 'keyArn' to args" in lines


def test_an_output_is_refused_where_the_value_decides_what_is_made_and_never_shown():
    def make():
        lines = refused(zoneIds=pulumi.Output.secret(["hidden"]))
        assert lines[1] == "store.zoneIds"
        assert lines[3] == "  given: an output, whose value becomes known later"
        return pulumi.Output.from_input(lines)

    lines, _, _ = settled(make)
    assert "hidden" not in "".join(lines)


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"lockDays": "hidden"}, "store.lockDays", "a str can't stand here"),
        ({"buckets": {"d": {"keyArn": ["hidden"]}}}, "store.buckets.d.keyArn", "a list can't stand here"),
        ({"buckets": {"d": {"key": "hidden"}}}, "store.buckets.d.key", "BucketArgs has no such argument"),
    ],
)
def test_an_output_that_turns_out_wrong_is_refused_then_without_its_value(sent, field, message):
    def make():
        if "lockDays" in sent:
            return taken(lockDays=pulumi.Output.secret(sent["lockDays"]))["lock_days"]
        return taken(buckets={"d": pulumi.Output.secret(sent["buckets"]["d"])})["buckets"]["d"]

    with pytest.raises(InputPropertiesError) as caught:
        settled(make)
    lines = str(caught.value).splitlines()
    assert lines[1:3] == [field, f"  {message}"]
    assert "hidden" not in str(caught.value)


def test_a_components_own_refusal_is_told_in_the_schemas_spelling():
    problem = Problem(
        field="store.buckets.my_data.retention_days",
        given="my_data",
        message="account_id and zone_ids decide on retention_days of my_data",
        allowed="on_demand",
        mend="set lock_days first",
    )
    assert str(refusal("store", InputError([problem]), StoreArgs)).splitlines() == [
        "it can't be made of these arguments",
        "store.buckets.my_data.retentionDays",
        "  accountId and zoneIds decide on retentionDays of my_data",
        "  given: my_data",
        "  allowed here: on_demand",
        "  mend: set lockDays first",
    ]
