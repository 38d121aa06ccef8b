"""The doctor in an account, in the sandbox: each thing that can be missing, and how it is mended.

What is looked at is looked at twice: looking changes nothing.
"""

from __future__ import annotations

import itertools
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from accounts import POOL_GROUP, PRIMARY, RECOVERY, Lab, pool
from patience import PATIENCE_SECONDS
from previewing import ROOT

from modelyard_cli import extras
from modelyard_cli.main import run
from modelyard_sandbox.faults import Fault
from modelyard_sandbox.sandbox import Sandbox

WITHHELD = "g5.xlarge@euc1-az1 g5.xlarge@euc1-az2 c7i.4xlarge@euc1-az1"
ZONES = {"zone_count": None, "zone_ids": ["euc1-az2", "euc1-az3"]}
_accounts = itertools.count(300_000_000_000)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path_factory.mktemp("sandbox"))
    with pytest.MonkeyPatch.context() as outer:
        outer.setenv("MODELYARD_SANDBOX_WITHHELD", WITHHELD)
        made.start(lifeline=True)
    yield made
    made.stop()


@pytest.fixture
def lab(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """An account that no other test has, signed in to."""
    monkeypatch.chdir(ROOT)
    made = Lab(sandbox, str(next(_accounts)), tmp_path / "lab.yaml", monkeypatch)
    made.sign_in()
    return made


@dataclass
class Visit:
    """What the doctor said."""

    exit_code: int
    document: dict[str, Any]

    def in_account(self) -> list[dict[str, Any]]:
        """All but what the machine has, whose free disk changes by itself."""
        return [finding for finding in self.document["findings"] if finding["check"] != "machine"]

    def findings(self, check: str) -> list[dict[str, Any]]:
        return [finding for finding in self.document["findings"] if finding["check"] == check]

    def one(self, check: str, name: str = "") -> dict[str, Any]:
        """The only finding of a check whose name holds this."""
        found = [finding for finding in self.findings(check) if name in finding["name"]]
        assert len(found) == 1, [finding["name"] for finding in found]
        return found[0]

    def missing(self, check: str) -> list[dict[str, Any]]:
        return [finding for finding in self.findings(check) if not finding["found"]]


Doctor = Callable[[str], Visit]


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str], answer: Callable[[], Any]) -> Doctor:
    """Visits twice: the second time all is the same."""

    def visit(environment: str) -> Visit:
        first, second = (Visit(run(["doctor", environment, "--format", "json"]), answer()) for _ in range(2))
        assert first.exit_code == second.exit_code
        assert first.in_account() == second.in_account()
        assert first.document["schema"] == "modelyard.doctor/1"
        assert first.document["missing"] == [
            it["name"] for it in first.document["findings"] if it["required"] and not it["found"]
        ]
        assert first.exit_code == (3 if first.document["missing"] else 0)
        return first

    return visit


def network(**changes: Any) -> dict[str, Any]:
    fields = {"cidr": "10.32.0.0/20", "zone_count": 2, "egress": "endpoints", **changes}
    return {name: value for name, value in fields.items() if value is not None}


# Who is asking ----------------------------------------------------------------------------------------------


def test_without_credentials_that_is_what_is_found(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, doctor: Doctor, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name)
    file = lab.write()
    visit = doctor(file)
    assert visit.document["missing"] == [f"account {lab.account_id}"]
    finding = visit.one("identity")
    assert finding["detail"] == "there are no AWS credentials here"
    assert finding["field"] == "account_id"
    assert "aws sso login" in finding["mend"]
    assert "modelyard sandbox env" in finding["mend"]
    assert run(["doctor", file]) == 3
    lines = capsys.readouterr().out.splitlines()
    place = lines.index(f" MISSING  account {lab.account_id}: there are no AWS credentials here")
    assert lines[place - 1] == f"      ok  environment {file}: its file is in order"
    assert lines[place + 1] == "          needed for: everything in the account"
    assert lines[place + 2].startswith("          mend: sign in")
    assert lines[place + 3 :] == ["          field: account_id"]


def test_another_account_than_the_environments_is_told(lab: Lab, doctor: Doctor) -> None:
    lab.sign_in("999999999999")
    finding = doctor(lab.write()).one("identity")
    assert finding["detail"] == (
        "these credentials are of account 999999999999 (arn:aws:sts::999999999999:user/moto), "
        f"and the environment lab belongs to account {lab.account_id}"
    )
    assert finding["mend"].startswith(f"choose a profile of account {lab.account_id} with AWS_PROFILE")


def test_an_account_that_cant_be_reached_is_told(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("modelyard_cli.account.session.ATTEMPTS", 1)
    finding = doctor(lab.write()).one("identity")
    assert finding["detail"].startswith("AWS can't be reached: Could not connect to the endpoint URL")
    assert finding["mend"].startswith("check the network")


def test_without_boto3_nothing_is_asked(lab: Lab, monkeypatch: pytest.MonkeyPatch, doctor: Doctor) -> None:
    find = extras.find_spec
    monkeypatch.setattr(
        extras, "find_spec", lambda name, *rest: None if name == "boto3" else find(name, *rest)
    )
    visit = doctor(lab.write())
    assert visit.document["missing"] == ["extra aws", f"account {lab.account_id}"]
    assert visit.one("identity")["detail"] == "can't be asked without boto3"
    assert "modelyard[aws]" in visit.one("identity")["mend"]


# An account where nothing is missing ------------------------------------------------------------------------


def test_an_account_with_everything_is_told_so(
    lab: Lab, doctor: Doctor, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.make_service_roles()
    lab.grant("L-1216C47A", 64)
    lab.grant("L-3819A6DF", 16)
    image = lab.client("ec2").describe_images(
        Owners=["amazon"], Filters=[{"Name": "name", "Values": ["al2023-ami-ecs-hvm-*-x86_64"]}]
    )["Images"][-1]
    pinned = {"image_ids": {PRIMARY: image["ImageId"]}}
    file = lab.write(
        pool(max_nodes=4, **pinned),
        pool("gpu", "g5.xlarge", max_nodes=4, capacity={"mode": "spot"}, **pinned),
        network=network(**ZONES),
    )
    visit = doctor(file)
    assert (visit.exit_code, visit.document["missing"]) == (0, [])
    checks = [finding["check"] for finding in visit.in_account()]
    assert list(dict.fromkeys(checks)) == [
        "identity",
        "regions",
        "service-roles",
        "quotas",
        "offerings",
        "images",
        "backups",
    ]
    assert (
        visit.one("quotas", "Standard")["detail"]
        == "64 vCPUs, and 64 vCPUs are wanted for 4 x c7i.4xlarge of pool cpu"
    )
    assert visit.one("images", "pool cpu")["detail"] == f"{image['ImageId']} ({image['Name']})"
    assert run(["doctor", file]) == 0
    assert "MISSING" not in capsys.readouterr().out


# Regions ----------------------------------------------------------------------------------------------------


def test_a_region_that_isnt_enabled_is_told_and_nothing_else_is_looked_at_there(
    lab: Lab, doctor: Doctor
) -> None:
    file = lab.write(
        regions={"primary": PRIMARY, "recovery": RECOVERY}, recovery={"network": {"cidr": "10.48.0.0/20"}}
    )
    visit = doctor(file)
    finding = visit.one("regions", RECOVERY)
    assert finding["detail"] == (
        f"the region {RECOVERY} (regions.recovery) isn't enabled in account {lab.account_id}; "
        "nothing else was looked at there"
    )
    assert finding["mend"].startswith(f"enable it: `aws account enable-region --region-name {RECOVERY}`")
    assert visit.one("regions", PRIMARY)["detail"] == "enabled by default"
    assert not [it for it in visit.document["findings"] if f"in {RECOVERY}" in it["name"]]
    lab.client("account").enable_region(RegionName=RECOVERY)
    mended = doctor(file)
    assert mended.one("regions", RECOVERY)["detail"] == "enabled"
    assert mended.one("quotas", RECOVERY)["detail"].startswith("5 vCPUs, but 16 vCPUs are wanted")


# Quotas -----------------------------------------------------------------------------------------------------


def test_a_quota_that_is_too_small_is_told_with_what_to_ask_for(lab: Lab, doctor: Doctor) -> None:
    file = lab.write(
        pool("train", "p4d.24xlarge", max_nodes=2),
        pool("more", "p4d.24xlarge", max_nodes=1),
        pool("spare", "g5.xlarge", max_nodes=4, capacity={"mode": "spot"}),
    )
    visit = doctor(file)
    finding = visit.one("quotas", "Running On-Demand P instances")
    assert finding["name"] == f"quota Running On-Demand P instances in {PRIMARY}"
    assert finding["detail"] == (
        "0 vCPUs, but 288 vCPUs are wanted for 2 x p4d.24xlarge (16 A100) of pool train, "
        "1 x p4d.24xlarge (8 A100) of pool more"
    )
    assert finding["field"] == "compute"
    request = (
        "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-417A185B "
        f"--desired-value 288 --region {PRIMARY}"
    )
    assert f"`{request}`" in finding["mend"]
    assert "L-3819A6DF --desired-value 16" in visit.one("quotas", "G and VT Spot")["mend"]
    lab.grant("L-417A185B", 288)
    assert doctor(file).one("quotas", "P instances")["found"]


def test_an_increase_that_waits_for_a_decision_is_told(lab: Lab, doctor: Doctor) -> None:
    file = lab.write(pool("train", "p4d.24xlarge", max_nodes=200))
    lab.grant("L-417A185B", 19_200)
    finding = doctor(file).one("quotas", "P instances")
    assert "0 vCPUs, but 19200 vCPUs are wanted" in finding["detail"]
    assert finding["detail"].endswith("; 19200 are asked for already")


def test_reserved_machines_count_and_those_of_a_block_dont(lab: Lab, doctor: Doctor) -> None:
    reservation_id = lab.reserve("p4d.24xlarge", 2)
    block = lab.buy_block("p4d.24xlarge", 4)
    file = lab.write(
        reserved(reservation_id, 2),
        block_pool(block, 4),
        network=network(**ZONES),
    )
    visit = doctor(file)
    assert "192 vCPUs are wanted for 2 x p4d.24xlarge" in visit.one("quotas", "P instances")["detail"]
    assert visit.one("quotas", "pool block")["detail"] == (
        "none: instances in a capacity block count against no on-demand quota"
    )


def test_a_type_whose_quota_the_catalog_doesnt_know_stops_nothing(
    lab: Lab, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelyard.planning.quotas.vcpu_quota", lambda *_: None)
    finding = doctor(lab.write()).one("quotas")
    assert finding["detail"] == "the catalog knows no quota for c7i.4xlarge (on_demand)"
    assert not finding["required"]


# Zones ------------------------------------------------------------------------------------------------------


def test_a_zone_that_no_longer_offers_the_type_is_told(lab: Lab, doctor: Doctor) -> None:
    finding = doctor(lab.write(pool("gpu", "g5.xlarge", zone_id="euc1-az2"))).one("offerings")
    assert finding["detail"] == "g5.xlarge isn't offered in euc1-az2"
    assert finding["mend"] == "use a zone that does (euc1-az3): network.zone_ids and the pool's zone_id"
    assert finding["field"] == "compute[0].zone_id"


def test_a_pool_with_a_zone_left_goes_on(lab: Lab, doctor: Doctor) -> None:
    finding = doctor(lab.write(pool())).one("offerings")
    assert (finding["found"], finding["required"]) == (False, False)
    assert finding["detail"] == "c7i.4xlarge isn't offered in euc1-az1"


# Images -----------------------------------------------------------------------------------------------------


def amazons(lab: Lab, pattern: str) -> list[dict[str, Any]]:
    """Images that AWS publishes for ECS, the oldest first."""
    images = lab.client("ec2").describe_images(
        Owners=["amazon"], IncludeDeprecated=True, Filters=[{"Name": "name", "Values": [pattern]}]
    )["Images"]
    return sorted(images, key=lambda image: image["CreationDate"])


def pinned(lab: Lab, image_id: str, **fields: Any) -> str:
    return lab.write(pool(image_ids={PRIMARY: image_id}, **fields))


def test_an_image_that_isnt_there_is_told(lab: Lab, doctor: Doctor) -> None:
    file = pinned(lab, "ami-0123456789abcdef0")
    finding = doctor(file).one("images")
    assert finding["detail"] == f"there is no image ami-0123456789abcdef0 in {PRIMARY} for this account"
    assert finding["mend"] == f"`modelyard pin-images {file}` names the newest one that fits"
    assert finding["field"] == "compute[0].image_ids"


def test_an_image_for_another_architecture_is_told(lab: Lab, doctor: Doctor) -> None:
    image = amazons(lab, "al2023-ami-ecs-hvm-*-arm64")[-1]
    finding = doctor(pinned(lab, image["ImageId"])).one("images")
    assert finding["name"] == f"image of pool cpu in {PRIMARY}, architecture"
    assert finding["detail"].endswith(" is for arm64, and c7i.4xlarge is x86_64")


def test_a_deprecated_image_is_told(lab: Lab, doctor: Doctor) -> None:
    image = amazons(lab, "al2023-ami-ecs-hvm-*-x86_64")[0]
    finding = doctor(pinned(lab, image["ImageId"])).one("images")
    assert finding["name"].endswith(", deprecation")
    assert re.search(r"is deprecated since 20\d\d-\d\d-\d\d: it gets no fixes and may go", finding["detail"])


def test_an_image_that_is_switched_off_is_told(lab: Lab, doctor: Doctor) -> None:
    ec2 = lab.client("ec2")
    source = amazons(lab, "al2023-ami-ecs-hvm-*-x86_64")[-1]
    own = ec2.copy_image(SourceImageId=source["ImageId"], SourceRegion=PRIMARY, Name="ours")["ImageId"]
    file = pinned(lab, own)
    assert doctor(file).one("images")["detail"] == f"{own} (ours)"
    ec2.disable_image(ImageId=own)
    finding = doctor(file).one("images")
    assert finding["name"].endswith(", state")
    assert finding["detail"] == f"{own} (ours) is disabled, not available"


@pytest.mark.parametrize(("stage", "required"), [("development", False), ("staging", True)])
def test_a_pool_without_an_image_is_told(lab: Lab, doctor: Doctor, stage: str, required: bool) -> None:
    file = lab.write(stage=stage)
    finding = doctor(file).one("images")
    assert finding["required"] is required
    assert finding["detail"].startswith("none is named")
    assert finding["mend"] == f"`modelyard pin-images {file}` writes it"


# Reservations and blocks ------------------------------------------------------------------------------------


def reserved(reservation_id: str, nodes: int, mode: str = "reservation", **fields: Any) -> dict[str, Any]:
    capacity = {"mode": mode, "reservation_id": reservation_id}
    given = {"max_nodes": nodes, "capacity": capacity, "zone_id": "euc1-az2", **fields}
    return {**pool("held", "p4d.24xlarge"), **given}


def block_pool(block: dict[str, Any], nodes: int, **changes: Any) -> dict[str, Any]:
    window = {
        "starts_at": f"{block['StartDate']:%Y-%m-%dT%H:%M:%SZ}",
        "ends_at": f"{block['EndDate']:%Y-%m-%dT%H:%M:%SZ}",
    }
    capacity = {
        "mode": "capacity_block",
        "reservation_id": block["CapacityReservationId"],
        "node_count": nodes,
        **window,
        **changes,
    }
    return pool("block", "p4d.24xlarge", max_nodes=nodes, capacity=capacity, zone_id="euc1-az2")


def test_reservations_that_are_what_the_pools_say_are_found(lab: Lab, doctor: Doctor) -> None:
    targeted, open_ = lab.reserve("p4d.24xlarge", 2), lab.reserve("p4d.24xlarge", 2, matching="open")
    block = lab.buy_block("p4d.24xlarge", 4)
    visit = doctor(
        lab.write(
            reserved(targeted, 2),
            reserved(open_, 2, "open_reservation", name="open"),
            block_pool(block, 4),
            network=network(**ZONES),
        )
    )
    assert visit.missing("reservations") == []
    details = {it["name"]: it["detail"] for it in visit.findings("reservations")}
    assert details == {
        f"reservation {targeted} of pool held in {PRIMARY}": "active, 2 x p4d.24xlarge in euc1-az2",
        f"reservation {open_} of pool open in {PRIMARY}": "active, 2 x p4d.24xlarge in euc1-az2",
        f"capacity block {block['CapacityReservationId']} of pool block in {PRIMARY}": (
            "scheduled, 4 x p4d.24xlarge in euc1-az2"
        ),
    }


def test_a_reservation_that_isnt_there_is_told(lab: Lab, doctor: Doctor) -> None:
    finding = doctor(lab.write(reserved("cr-0123456789abcdef0", 1), network=network(**ZONES))).one(
        "reservations"
    )
    assert finding["detail"] == (
        f"there is no capacity reservation cr-0123456789abcdef0 in {PRIMARY} for this account"
    )
    assert f"`aws ec2 describe-capacity-reservations --region {PRIMARY}` lists them" in finding["mend"]
    assert finding["field"] == "compute[0].capacity.reservation_id"


@pytest.mark.parametrize(
    ("made", "asked", "aspect", "detail", "mend"),
    [
        (
            {"type_": "g5.xlarge", "count": 2},
            {},
            "type",
            "holds g5.xlarge, and the pool is of p4d.24xlarge",
            "or set instance_type: g5.xlarge",
        ),
        (
            {"zone_id": "euc1-az3"},
            {},
            "zone",
            "lies in euc1-az3, and the pool runs in euc1-az2",
            "set the pool's zone_id: euc1-az3, with euc1-az3 among network.zone_ids",
        ),
        (
            {"matching": "open"},
            {},
            "matching",
            "is open, and the pool's mode wants targeted",
            "set capacity.mode: open_reservation, or `aws ec2 modify-capacity-reservation",
        ),
        (
            {},
            {"mode": "open_reservation"},
            "matching",
            "is targeted, and the pool's mode wants open",
            "--instance-match-criteria open --region eu-central-1`",
        ),
        (
            {"count": 1},
            {},
            "count",
            "it holds 1 of the pool's 2 nodes: jobs on more would wait for ever",
            "or set max_nodes: 1",
        ),
    ],
    ids=["type", "zone", "open", "targeted", "count"],
)
def test_a_reservation_that_is_otherwise_is_told(
    lab: Lab, doctor: Doctor, made: dict[str, Any], asked: dict[str, Any], aspect: str, detail: str, mend: str
) -> None:
    reservation_id = lab.reserve(**{"type_": "p4d.24xlarge", "count": 2, **made})
    visit = doctor(lab.write(reserved(reservation_id, 2, **asked), network=network(**ZONES)))
    finding = visit.one("reservations")
    assert finding["name"] == f"reservation {reservation_id} of pool held in {PRIMARY}, {aspect}"
    assert finding["detail"].endswith(detail)
    assert mend in finding["mend"]
    assert finding["required"]


def test_a_reservation_that_was_given_up_is_told(lab: Lab, doctor: Doctor) -> None:
    reservation_id = lab.reserve("p4d.24xlarge", 2)
    lab.client("ec2").cancel_capacity_reservation(CapacityReservationId=reservation_id)
    finding = doctor(lab.write(reserved(reservation_id, 2), network=network(**ZONES))).one("reservations")
    assert finding["detail"] == f"{reservation_id} is cancelled"


def test_an_open_reservation_may_be_smaller_than_its_pool(lab: Lab, doctor: Doctor) -> None:
    reservation_id = lab.reserve("p4d.24xlarge", 1, matching="open")
    file = lab.write(reserved(reservation_id, 2, "open_reservation"), network=network(**ZONES))
    finding = doctor(file).one("reservations")
    assert not finding["required"]
    assert finding["detail"] == (
        "it holds 1 of the pool's 2 nodes: further ones run beside it at the list price, if EC2 has any"
    )


def test_a_block_with_another_window_is_told_with_the_one_that_was_bought(lab: Lab, doctor: Doctor) -> None:
    block = lab.buy_block("p4d.24xlarge", 4)
    stated = {"starts_at": "2026-01-01T11:30:00Z", "ends_at": "2026-01-03T11:30:00Z"}
    visit = doctor(lab.write(block_pool(block, 2, **stated), network=network(**ZONES)))
    id_ = block["CapacityReservationId"]
    start, end = (f"{block[name]:%Y-%m-%dT%H:%M:%SZ}" for name in ("StartDate", "EndDate"))
    assert {
        it["name"].rpartition(", ")[2]: (it["detail"], it["mend"]) for it in visit.missing("reservations")
    } == {
        "starts_at": (
            f"{id_} has starts_at {start}, and the environment says 2026-01-01T11:30:00Z",
            f'set capacity.starts_at: "{start}"',
        ),
        "ends_at": (
            f"{id_} has ends_at {end}, and the environment says 2026-01-03T11:30:00Z",
            f'set capacity.ends_at: "{end}"',
        ),
        "node_count": (
            f"{id_} holds 4 nodes, and the environment says 2",
            "set capacity.node_count and max_nodes: 4",
        ),
    }


def test_a_block_and_a_reservation_arent_taken_for_each_other(lab: Lab, doctor: Doctor) -> None:
    block, reservation_id = lab.buy_block("p4d.24xlarge", 2), lab.reserve("p4d.24xlarge", 2)
    file = lab.write(
        reserved(block["CapacityReservationId"], 2),
        block_pool({**block, "CapacityReservationId": reservation_id}, 2),
        network=network(**ZONES),
    )
    visit = doctor(file)
    assert visit.one("reservations", "pool held")["detail"] == (
        f"{block['CapacityReservationId']} is a capacity block's"
    )
    assert visit.one("reservations", "pool block")["detail"] == f"{reservation_id} is no capacity block"


def group_pool(lab: Lab, nodes: int) -> str:
    arn = f"arn:aws:resource-groups:{PRIMARY}:{lab.account_id}:group/training"
    held = pool("held", "p4d.24xlarge", max_nodes=nodes, zone_id="euc1-az2")
    held["capacity"] = {"mode": "reservation", "resource_group_arn": arn}
    return lab.write(held, network=network(**ZONES))


def test_a_group_of_reservations_is_looked_into(lab: Lab, doctor: Doctor) -> None:
    groups, file = lab.client("resource-groups"), group_pool(lab, 3)
    missing = doctor(file).one("reservations")
    assert missing["detail"].startswith("there is no resource group arn:aws:resource-groups:")
    assert "`aws resource-groups list-groups" in missing["mend"]
    groups.create_group(Name="training", Configuration=POOL_GROUP)
    empty = doctor(file).one("reservations")
    assert empty["detail"] == "no capacity reservation is in it"
    assert "`aws resource-groups group-resources --group training" in empty["mend"]
    for count in (1, 2):
        reservation_id = lab.reserve("p4d.24xlarge", count)
        arn = f"arn:aws:ec2:{PRIMARY}:{lab.account_id}:capacity-reservation/{reservation_id}"
        groups.group_resources(Group="training", ResourceArns=[arn])
        found = doctor(file).one("reservations")
        assert found["found"] == (count == 2)
    assert found["detail"] == "active, 3 x p4d.24xlarge in euc1-az2"
    other = lab.reserve("g5.xlarge", 1)
    arn = f"arn:aws:ec2:{PRIMARY}:{lab.account_id}:capacity-reservation/{other}"
    groups.group_resources(Group="training", ResourceArns=[arn])
    assert doctor(file).one("reservations")["detail"] == (
        f"{other} holds g5.xlarge, and the pool is of p4d.24xlarge"
    )


# Roles and backups ------------------------------------------------------------------------------------------


def test_service_linked_roles_that_arent_there_are_told_one_by_one(lab: Lab, doctor: Doctor) -> None:
    file = lab.write(pool(capacity={"mode": "spot"}))
    missing = doctor(file).missing("service-roles")
    assert [finding["name"] for finding in missing] == [
        "service-linked role AWSServiceRoleForBatch",
        "service-linked role AWSServiceRoleForECS",
        "service-linked role AWSServiceRoleForAutoScaling",
        "service-linked role AWSServiceRoleForEC2Spot",
    ]
    assert missing[0]["mend"] == (
        f"`modelyard bootstrap aws {file}` makes it, or "
        "`aws iam create-service-linked-role --aws-service-name batch.amazonaws.com`"
    )
    lab.make_service_roles()
    assert doctor(file).missing("service-roles") == []


def test_the_spot_role_is_asked_for_by_spot_pools_only(lab: Lab, doctor: Doctor) -> None:
    names = [finding["name"] for finding in doctor(lab.write()).findings("service-roles")]
    assert len(names) == 3
    assert not [name for name in names if "Spot" in name]


def test_what_backup_isnt_opted_in_to_is_told(lab: Lab, doctor: Doctor) -> None:
    lab.client("backup").update_region_settings(ResourceTypeOptInPreference={"S3": False, "EFS": False})
    file = lab.write()
    [finding] = doctor(file).missing("backups")
    assert finding["name"] == f"backups of S3 in {PRIMARY}"
    assert finding["detail"] == "AWS Backup isn't opted in to it"
    assert finding["mend"].endswith(
        f"`aws backup update-region-settings --resource-type-opt-in-preference S3=true --region {PRIMARY}`"
    )
    assert finding["field"] == "storage.datasets.backed_up"
    lab.client("backup").update_region_settings(ResourceTypeOptInPreference={"S3": True})
    assert doctor(file).missing("backups") == []


def test_without_backups_no_opt_in_is_asked_for(lab: Lab, doctor: Doctor) -> None:
    storage = {
        "datasets": {"kind": "s3"},
        "checkpoints": {"kind": "s3"},
    }
    assert doctor(lab.write(backup=None, storage=storage)).findings("backups") == []


# Mending ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_aws_commands_that_it_names_mend_what_is_missing(lab: Lab, doctor: Doctor) -> None:
    lab.client("backup").update_region_settings(ResourceTypeOptInPreference={"S3": False})
    reservation_id = lab.reserve("p4d.24xlarge", 2, matching="open")
    file = lab.write(
        reserved(reservation_id, 2, max_nodes_per_job=1),
        regions={"primary": PRIMARY, "recovery": RECOVERY},
        recovery={"network": {"cidr": "10.48.0.0/20"}, "compute": [pool("spare", "c7i.large")]},
        network=network(**ZONES),
    )
    commands: list[str] = []
    for _ in range(2):  # what is in a region that isn't enabled is seen once it is
        mends = [finding["mend"] for finding in doctor(file).document["findings"] if finding["required"]]
        for command in dict.fromkeys(re.findall(r"`(aws [^`]+)`", " ".join(mends))):
            program, *arguments = shlex.split(command)
            done = subprocess.run(
                [Path(sys.executable).parent / program, *arguments],
                capture_output=True,
                text=True,
                check=False,
                timeout=PATIENCE_SECONDS,
            )
            assert done.returncode == 0, f"{command}: {done.stderr}"
            commands.append(" ".join(arguments[:2]))
    visit = doctor(file)
    assert (visit.exit_code, visit.document["missing"]) == (0, [])
    assert set(commands) == {
        "account enable-region",
        "backup update-region-settings",
        "ec2 modify-capacity-reservation",
        "iam create-service-linked-role",
        "service-quotas request-service-quota-increase",
    }


# What AWS refuses to tell -----------------------------------------------------------------------------------


def test_a_call_that_is_refused_is_a_finding_and_the_others_go_on(
    lab: Lab, sandbox: Sandbox, doctor: Doctor
) -> None:
    sandbox.set_faults(Fault("servicequotas:GetServiceQuota", "refuse", 2, "AccessDeniedException"))
    try:
        visit = doctor(lab.write())
    finally:
        sandbox.set_faults()
    finding = visit.one("quotas")
    assert finding["name"] == f"quotas in {PRIMARY}"
    assert finding["detail"].startswith(
        f"can't be looked at: servicequotas:GetServiceQuota in {PRIMARY} is refused: "
    )
    assert finding["mend"].startswith("let this identity do servicequotas:GetServiceQuota")
    assert visit.findings("images")
    assert visit.findings("backups")


def test_a_file_that_isnt_in_order_is_told_and_no_account_is_asked(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(["doctor", lab.write(pool(type_="p9.huge")), "--format", "json"]) == 2
        assert "compute[0].instance_type" in capsys.readouterr().out
