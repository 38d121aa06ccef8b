"""Capacity reservations, capacity blocks and placement groups, and the instances that are started in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modelyard_sandbox.moto_extensions.ec2.capacity import state_of, takes_instances
from modelyard_sandbox.moto_extensions.ec2.capacity_blocks import next_start
from modelyard_sandbox.sandbox import Sandbox

REGION = "us-east-1"
RESERVATION = {
    "InstanceType": "p5.48xlarge",
    "InstancePlatform": "Linux/UNIX",
    "AvailabilityZone": "us-east-1a",
    "InstanceCount": 2,
    "InstanceMatchCriteria": "targeted",
}
BLOCK = {"InstanceType": "p5.48xlarge", "InstanceCount": 4, "CapacityDurationHours": 48}
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(scope="module")
def ec2(sandbox: Sandbox) -> Any:
    return sandbox.client("ec2", REGION, "444455556666")


@pytest.fixture
def reservation(ec2: Any) -> Iterator[str]:
    """A targeted reservation of two instances."""
    id_ = ec2.create_capacity_reservation(**RESERVATION)["CapacityReservation"]["CapacityReservationId"]
    yield id_
    if look(ec2, id_)["State"] == "active":
        ec2.cancel_capacity_reservation(CapacityReservationId=id_)


def refused(call: Any, **request: Any) -> str:
    """Code and message of the error that the call ends with."""
    with pytest.raises(ClientError) as error:
        call(**request)
    return "{Code}: {Message}".format(**error.value.response["Error"])


def look(ec2: Any, id_: str) -> dict[str, Any]:
    """The reservation as it is described."""
    return ec2.describe_capacity_reservations(CapacityReservationIds=[id_])["CapacityReservations"][0]


def launch(id_: str | None, **changes: Any) -> dict[str, Any]:
    """A request for one instance, in a reservation if one is given."""
    target = {"CapacityReservationTarget": {"CapacityReservationId": id_}} if id_ else {}
    return {
        "ImageId": "ami-12c6146b",
        "MinCount": 1,
        "MaxCount": 1,
        "InstanceType": "p5.48xlarge",
        "Placement": {"AvailabilityZone": "us-east-1a"},
        **({"CapacityReservationSpecification": target} if target else {}),
        **changes,
    }


def test_a_reservation_is_made_described_changed_and_cancelled(ec2: Any) -> None:
    made = ec2.create_capacity_reservation(
        **RESERVATION,
        EndDate=TOMORROW,
        EndDateType="limited",
        TagSpecifications=[
            {"ResourceType": "capacity-reservation", "Tags": [{"Key": "Pool", "Value": "h100"}]}
        ],
    )["CapacityReservation"]
    id_ = made["CapacityReservationId"]
    assert (made["State"], made["AvailabilityZoneId"], made["AvailableInstanceCount"]) == (
        "active",
        "use1-az6",
        2,
    )
    assert made["EndDate"].replace(microsecond=0) == TOMORROW.replace(microsecond=0)
    filters = [{"Name": "tag:Pool", "Values": ["h1*"]}, {"Name": "state", "Values": ["active"]}]
    found = ec2.describe_capacity_reservations(Filters=filters)["CapacityReservations"]
    assert [it["CapacityReservationId"] for it in found] == [id_]
    ec2.modify_capacity_reservation(CapacityReservationId=id_, InstanceCount=4, EndDateType="unlimited")
    changed = look(ec2, id_)
    assert (changed["TotalInstanceCount"], changed["EndDateType"]) == (4, "unlimited")
    assert "EndDate" not in changed
    ec2.cancel_capacity_reservation(CapacityReservationId=id_)
    assert (look(ec2, id_)["State"], look(ec2, id_)["AvailableInstanceCount"]) == ("cancelled", 0)
    for change, what in (
        (ec2.cancel_capacity_reservation, "cancelled"),
        (ec2.modify_capacity_reservation, "modified"),
    ):
        assert refused(change, CapacityReservationId=id_) == (
            "InvalidCapacityReservationState: "
            f"The Capacity Reservation {id_} can't be {what} in the state cancelled."
        )
    assert (
        ec2.get_groups_for_capacity_reservation(CapacityReservationId=id_)["CapacityReservationGroups"] == []
    )


CREATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "no instances": ({"InstanceCount": 0}, "InvalidParameterValue: Value (0) for parameter InstanceCount"),
    "too many": ({"InstanceCount": 1001}, "InvalidParameterValue: Value (1001) for parameter InstanceCount"),
    "platform": (
        {"InstancePlatform": "BeOS"},
        "InvalidParameterValue: Value (BeOS) for parameter InstancePlatform is invalid.",
    ),
    "type": (
        {"InstanceType": "p9.large"},
        "InvalidParameterValue: Invalid value 'p9.large' for InstanceType.",
    ),
    "no zone": (
        {"AvailabilityZone": ""},
        "MissingParameter: The request must contain the parameter AvailabilityZone",
    ),
    "zone of another region": (
        {"AvailabilityZone": "eu-central-1a"},
        "InvalidParameterValue: Invalid availability zone: [eu-central-1a]",
    ),
    "two zones": (
        {"AvailabilityZoneId": "use1-az1"},
        "InvalidParameterCombination: AvailabilityZone us-east-1a and AvailabilityZoneId use1-az1",
    ),
    "not offered": (
        {"InstanceType": "trn2.48xlarge"},
        "Unsupported: Your requested instance type (trn2.48xlarge) is not supported in your requested",
    ),
    "tenancy": ({"Tenancy": "host"}, "InvalidParameterValue: Value (host) for parameter Tenancy is invalid."),
    "criteria": (
        {"InstanceMatchCriteria": "closed"},
        "InvalidParameterValue: Value (closed) for parameter InstanceMatchCriteria is invalid.",
    ),
    "no end": (
        {"EndDateType": "limited"},
        "MissingParameter: EndDate must be given if EndDateType is limited.",
    ),
    "end of what has none": (
        {"EndDateType": "unlimited", "EndDate": TOMORROW},
        "InvalidParameterCombination: EndDate can't be given if EndDateType is unlimited.",
    ),
    "end in the past": (
        {"EndDateType": "limited", "EndDate": datetime(2020, 1, 1, tzinfo=UTC)},
        "InvalidParameterValue: EndDate 2020-01-01T00:00:00 must be in the future.",
    ),
    "placement group": (
        {"PlacementGroupArn": "arn:aws:ec2:us-east-1:444455556666:placement-group/none"},
        "InvalidPlacementGroup.Unknown: The Placement Group",
    ),
    "start": (
        {"StartDate": TOMORROW},
        "UnsupportedOperation: The sandbox has no future-dated reservations: leave out StartDate.",
    ),
    "dry run": ({"DryRun": True}, "DryRunOperation: "),
}


@pytest.mark.parametrize("what", CREATIONS)
def test_a_reservation_is_refused_as_documented(what: str, ec2: Any) -> None:
    changes, words = CREATIONS[what]
    before = len(ec2.describe_capacity_reservations()["CapacityReservations"])
    assert refused(ec2.create_capacity_reservation, **{**RESERVATION, **changes}).startswith(words)
    assert len(ec2.describe_capacity_reservations()["CapacityReservations"]) == before


def test_reservations_are_found_by_ids_filters_and_pages_or_refused(ec2: Any, reservation: str) -> None:
    describe = ec2.describe_capacity_reservations
    assert refused(describe, CapacityReservationIds=["cr-0123456789abcdef0"]) == (
        "InvalidCapacityReservationId.NotFound: "
        "The capacity reservation 'cr-0123456789abcdef0' does not exist."
    )
    assert refused(ec2.cancel_capacity_reservation, CapacityReservationId="reserved") == (
        'InvalidCapacityReservationId.Malformed: Invalid id: "reserved" (expecting "cr-...")'
    )
    words = "InvalidParameterValue: The filter 'colour' is invalid"
    assert refused(describe, Filters=[{"Name": "colour", "Values": ["red"]}]) == words
    assert refused(describe, NextToken="none") == "InvalidNextToken: The token 'none' is invalid"
    ec2.create_capacity_reservation(**RESERVATION)
    pages = list(
        ec2.get_paginator("describe_capacity_reservations").paginate(PaginationConfig={"PageSize": 1})
    )
    assert {len(page["CapacityReservations"]) for page in pages} == {1}
    assert reservation in {page["CapacityReservations"][0]["CapacityReservationId"] for page in pages}


def test_a_client_token_makes_one_reservation(ec2: Any) -> None:
    first, again = (
        ec2.create_capacity_reservation(**RESERVATION, ClientToken="once")["CapacityReservation"]
        for _ in range(2)
    )
    assert first["CapacityReservationId"] == again["CapacityReservationId"]
    other = {**RESERVATION, "InstanceCount": 3, "ClientToken": "once"}
    assert refused(ec2.create_capacity_reservation, **other) == (
        "IdempotentParameterMismatch: The client token once was used before with other parameters."
    )


def test_instances_take_the_places_of_the_reservation_that_they_target(ec2: Any, reservation: str) -> None:
    template = ec2.create_launch_template(
        LaunchTemplateName=f"in-{reservation}",
        LaunchTemplateData={
            "InstanceType": "p5.48xlarge",
            "CapacityReservationSpecification": {
                "CapacityReservationTarget": {"CapacityReservationId": reservation}
            },
        },
    )["LaunchTemplate"]["LaunchTemplateId"]
    first = ec2.run_instances(**launch(reservation))["Instances"][0]
    second = ec2.run_instances(
        MinCount=1, MaxCount=1, ImageId="ami-12c6146b", LaunchTemplate={"LaunchTemplateId": template}
    )["Instances"][0]
    assert {first["CapacityReservationId"], second["CapacityReservationId"]} == {reservation}
    full = (
        "ReservationCapacityExceeded: "
        "The requested reservation does not have sufficient compatible and available capacity."
    )
    assert refused(ec2.run_instances, **launch(reservation)) == full
    assert refused(ec2.modify_capacity_reservation, CapacityReservationId=reservation, InstanceCount=1) == (
        "InvalidParameterValue: InstanceCount 1 is less than the 2 instances in use."
    )
    criteria = {"CapacityReservationId": reservation, "InstanceMatchCriteria": "open"}
    assert refused(ec2.modify_capacity_reservation, **criteria).startswith("InvalidCapacityReservationState")
    usage = ec2.get_capacity_reservation_usage(CapacityReservationId=reservation)
    assert (usage["TotalInstanceCount"], usage["AvailableInstanceCount"]) == (2, 0)
    assert usage["InstanceUsages"] == [{"AccountId": "444455556666", "UsedInstanceCount": 2}]

    ec2.stop_instances(InstanceIds=[first["InstanceId"]])
    ec2.terminate_instances(InstanceIds=[second["InstanceId"]])
    assert look(ec2, reservation)["AvailableInstanceCount"] == 2
    ec2.cancel_capacity_reservation(CapacityReservationId=reservation)
    assert refused(ec2.start_instances, InstanceIds=[first["InstanceId"]]) == (
        f"InvalidCapacityReservationState: The capacity reservation '{reservation}' is not active."
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"InstanceType": "c7i.large"},
        {"Placement": {"AvailabilityZone": "us-east-1b"}},
        {"MinCount": 3, "MaxCount": 3},
    ],
    ids=["type", "zone", "count"],
)
def test_what_does_not_fit_a_reservation_is_not_started_in_it(
    changes: dict[str, Any], ec2: Any, reservation: str
) -> None:
    assert refused(ec2.run_instances, **launch(reservation, **changes)).startswith(
        "ReservationCapacityExceeded"
    )
    assert look(ec2, reservation)["AvailableInstanceCount"] == 2


def test_open_reservations_take_what_matches_and_asks_for_no_other(ec2: Any) -> None:
    settings = {
        **RESERVATION,
        "InstanceType": "p4d.24xlarge",
        "InstanceMatchCriteria": "open",
        "InstanceCount": 1,
    }
    id_ = ec2.create_capacity_reservation(**settings)["CapacityReservation"]["CapacityReservationId"]

    def run(preference: str | None = None) -> str | None:
        wish = {"CapacityReservationSpecification": {"CapacityReservationPreference": preference}}
        request = launch(None, InstanceType="p4d.24xlarge", **(wish if preference else {}))
        return ec2.run_instances(**request)["Instances"][0].get("CapacityReservationId")

    assert run("none") is None
    assert run("capacity-reservations-only") == id_
    assert run() is None
    only = {"CapacityReservationPreference": "capacity-reservations-only"}
    assert refused(
        ec2.run_instances, **launch(None, InstanceType="p4d.24xlarge", CapacityReservationSpecification=only)
    ).startswith("ReservationCapacityExceeded")


def test_a_block_is_offered_and_bought_and_can_not_be_given_back(ec2: Any) -> None:
    offering = ec2.describe_capacity_block_offerings(**BLOCK)["CapacityBlockOfferings"][0]
    assert offering["EndDate"] - offering["StartDate"] == timedelta(hours=48)
    # 8 GPUs at the catalog's on-demand price, for two days and four instances.
    assert float(offering["UpfrontFee"]) == pytest.approx(55.04 * 48 * 4, rel=0.01)
    again = ec2.describe_capacity_block_offerings(**BLOCK)["CapacityBlockOfferings"][0]
    assert again["CapacityBlockOfferingId"] == offering["CapacityBlockOfferingId"]
    purchase = {
        "CapacityBlockOfferingId": offering["CapacityBlockOfferingId"],
        "InstancePlatform": "Linux/UNIX",
    }
    bought = ec2.purchase_capacity_block(**purchase)
    reservation, block = bought["CapacityReservation"], bought["CapacityBlocks"][0]
    id_ = reservation["CapacityReservationId"]
    assert (reservation["State"], reservation["ReservationType"]) == ("payment-pending", "capacity-block")
    assert reservation["InstanceMatchCriteria"] == "targeted"
    assert look(ec2, id_)["State"] == "scheduled"
    assert refused(ec2.purchase_capacity_block, **purchase) == (
        "InvalidParameterValue: The Capacity Block offering "
        f"'{offering['CapacityBlockOfferingId']}' does not exist."
    )
    for change, what in (
        (ec2.cancel_capacity_reservation, "cancelled"),
        (ec2.modify_capacity_reservation, "modified"),
    ):
        words = f"OperationNotPermitted: The Capacity Block {id_} can't be {what}."
        assert refused(change, CapacityReservationId=id_) == words
    assert refused(ec2.run_instances, **launch(id_)) == (
        f"InvalidCapacityReservationState: The capacity reservation '{id_}' is not active."
    )
    found = ec2.describe_capacity_blocks(CapacityBlockIds=[block["CapacityBlockId"]])["CapacityBlocks"][0]
    assert (found["State"], found["CapacityReservationIds"]) == ("scheduled", [id_])
    status = ec2.describe_capacity_block_status(CapacityBlockIds=[block["CapacityBlockId"]])
    assert status["CapacityBlockStatuses"][0]["TotalCapacity"] == 4


OFFERINGS: dict[str, tuple[dict[str, Any], str]] = {
    "hours": ({"CapacityDurationHours": 30}, "InvalidParameterValue: Value (30) for parameter Capacity"),
    "15 days": ({"CapacityDurationHours": 360}, "InvalidParameterValue: Value (360) for parameter Capacity"),
    "189 days": ({"CapacityDurationHours": 4536}, "InvalidParameterValue: Value (4536) for parameter"),
    "three": ({"InstanceCount": 3}, "InvalidParameterValue: Value (3) for parameter InstanceCount"),
    "128": ({"InstanceCount": 128}, "InvalidParameterValue: Value (128) for parameter InstanceCount"),
    "type": (
        {"InstanceType": "c7i.large"},
        "InvalidParameterValue: The instance type c7i.large is not offered in Capacity Blocks.",
    ),
    "range": (
        {"StartDateRange": TOMORROW, "EndDateRange": TOMORROW - timedelta(hours=1)},
        "InvalidParameterValue: EndDateRange must be later than StartDateRange.",
    ),
    "UltraServers": (
        {"UltraserverType": "u-p6e-gb200x72"},
        "UnsupportedOperation: The sandbox offers no UltraServers.",
    ),
}


@pytest.mark.parametrize("what", OFFERINGS)
def test_a_block_that_is_not_sold_is_refused(what: str, ec2: Any) -> None:
    changes, words = OFFERINGS[what]
    assert refused(ec2.describe_capacity_block_offerings, **{**BLOCK, **changes}).startswith(words)


@pytest.mark.parametrize("days", [1, 14, 21, 182])
def test_days_up_to_two_weeks_then_weeks_up_to_half_a_year_are_offered(days: int, ec2: Any) -> None:
    offerings = ec2.describe_capacity_block_offerings(**{**BLOCK, "CapacityDurationHours": days * 24})
    assert offerings["CapacityBlockOfferings"][0]["CapacityBlockDurationHours"] == days * 24


def test_no_block_is_offered_outside_the_range_or_too_far_ahead(ec2: Any) -> None:
    for dates in (
        {"EndDateRange": datetime.now(UTC) + timedelta(hours=40)},
        {"StartDateRange": datetime.now(UTC) + timedelta(weeks=9)},
    ):
        assert ec2.describe_capacity_block_offerings(**BLOCK, **dates)["CapacityBlockOfferings"] == []


def test_a_block_starts_at_half_past_eleven() -> None:
    assert next_start(datetime(2026, 11, 25, 11, 30)) == datetime(2026, 11, 25, 11, 30)  # noqa: DTZ001 (as moto keeps times)
    assert next_start(datetime(2026, 11, 25, 11, 31)) == datetime(2026, 11, 26, 11, 30)  # noqa: DTZ001 (as moto keeps times)


@pytest.mark.parametrize(
    ("hours", "state", "takes"),
    [
        (-1, "scheduled", False),
        (0, "active", True),
        (23.4, "active", True),
        (23.6, "active", False),
        (24, "expired", False),
    ],
)
def test_a_block_is_cleared_half_an_hour_before_its_end(hours: float, state: str, takes: bool) -> None:
    start = datetime(2026, 11, 25, 11, 30)  # noqa: DTZ001 (as moto keeps times)
    block = {
        "State": "scheduled",
        "ReservationType": "capacity-block",
        "StartDate": start,
        "EndDate": start + timedelta(days=1),
    }
    now = start + timedelta(hours=hours)
    assert (state_of(block, now), takes_instances(block, now)) == (state, takes)


def test_a_placement_group_stays_while_instances_are_in_it(ec2: Any) -> None:
    ec2.create_placement_group(GroupName="gang", Strategy="cluster")
    arn = ec2.describe_placement_groups(GroupNames=["gang"])["PlacementGroups"][0]["GroupArn"]
    placed = {"AvailabilityZone": "us-east-1a", "GroupName": "gang"}
    id_ = ec2.run_instances(**launch(None, Placement=placed))["Instances"][0]["InstanceId"]
    assert ec2.describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"][0]["Placement"][
        "GroupName"
    ] == ("gang")
    assert refused(ec2.delete_placement_group, GroupName="gang") == (
        "InvalidPlacementGroup.InUse: The placement group gang is in use and may not be deleted."
    )
    missing = launch(None, Placement={"GroupName": "none"})
    assert refused(ec2.run_instances, **missing) == (
        "InvalidPlacementGroup.Unknown: The Placement Group 'none' is unknown."
    )
    within = ec2.create_capacity_reservation(**RESERVATION, PlacementGroupArn=arn)["CapacityReservation"]
    outside = launch(within["CapacityReservationId"])
    assert refused(ec2.run_instances, **outside).startswith("ReservationCapacityExceeded")
    inside = ec2.run_instances(**launch(within["CapacityReservationId"], Placement=placed))["Instances"][0]
    ec2.terminate_instances(InstanceIds=[id_, inside["InstanceId"]])
    ec2.delete_placement_group(GroupName="gang")
    ec2.create_placement_group(GroupName="spread", Strategy="spread")
    spread = ec2.describe_placement_groups(GroupNames=["spread"])["PlacementGroups"][0]["GroupArn"]
    assert refused(ec2.create_capacity_reservation, **RESERVATION, PlacementGroupArn=spread) == (
        "InvalidParameterValue: A Capacity Reservation takes a cluster placement group, not a spread one."
    )
