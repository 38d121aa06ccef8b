"""Updates that fail half way under the real engine: what they leave, and that the next one ends them."""

from __future__ import annotations

import os
import signal

import pytest
from patience import PATIENCE_SECONDS, eventually
from rehearsing import ACCOUNT, Begin, Rehearsal

from modelyard_sandbox.faults import Fault
from modelyard_sandbox.pulumi_stacks import Stack

THREE_BUCKETS = """
first = aws.s3.Bucket("first", bucket="toy-first")
second = aws.s3.Bucket("second", bucket="toy-second", opts=pulumi.ResourceOptions(depends_on=[first]))
third = aws.s3.Bucket("third", bucket="toy-third", opts=pulumi.ResourceOptions(depends_on=[second]))
aws.kms.Key("last", opts=pulumi.ResourceOptions(depends_on=[third]))
"""
NETWORK = """
net = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", tags={"owner": "me"})
aws.ec2.Subnet("a", vpc_id=net.id, cidr_block="10.0.0.0/24")
"""
MANY = 1_000


def buckets(toy: Rehearsal) -> list[str]:
    return sorted(bucket["Name"] for bucket in toy.client("s3").list_buckets()["Buckets"])


def networks(toy: Rehearsal) -> list[str]:
    return [vpc["CidrBlock"] for vpc in toy.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown"], ids=["refused", "throttled"])
def test_what_is_refused_half_way_is_named_and_ended_by_the_next_update(begin: Begin, code: str) -> None:
    toy = begin(THREE_BUCKETS)
    toy.sandbox.set_faults(Fault("s3:PUT /toy-third", "refuse", times=MANY, code=code))
    said = toy.fails("up", "--yes", "--skip-preview")
    assert "aws:s3:Bucket (third)" in said
    assert f"s3:CreateBucket answered {code}" in said
    assert "Traceback" not in said
    assert buckets(toy) == ["toy-first", "toy-second"]
    assert toy.client("kms").list_keys()["Keys"] == []

    toy.sandbox.set_faults()
    assert "+ 2 created" in toy.up()
    assert buckets(toy) == ["toy-first", "toy-second", "toy-third"]
    assert len(toy.client("kms").list_keys()["Keys"]) == 1
    toy.up("--expect-no-changes")


def test_throttling_that_passes_is_not_seen(begin: Begin) -> None:
    toy = begin(THREE_BUCKETS)
    toy.sandbox.set_faults(Fault("s3:PUT /toy-third", "refuse", times=3, code="SlowDown"))
    toy.up()
    assert buckets(toy) == ["toy-first", "toy-second", "toy-third"]


def test_a_creation_that_got_no_answer_is_found_again_and_not_made_twice(begin: Begin) -> None:
    toy = begin(NETWORK)
    toy.sandbox.set_faults(Fault("ec2:CreateVpc", "lose", times=MANY))
    said = toy.fails("up", "--yes", "--skip-preview")
    assert "gave no answer to ec2:CreateVpc, which may have been carried out" in said
    assert "mend: try again: what was carried out is found again, and not done twice" in said
    assert networks(toy) == ["10.0.0.0/16"]
    assert "ec2/vpc:Vpc net" not in toy.state()

    toy.sandbox.set_faults()
    toy.up()
    assert networks(toy) == ["10.0.0.0/16"]
    toy.up("--expect-no-changes")
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    toy.must("destroy", "--yes", "--skip-preview")
    assert networks(toy) == []


def test_an_answer_that_comes_too_late_leaves_nothing_twice(begin: Begin) -> None:
    toy = begin(NETWORK)
    toy.variables["MODELYARD_SANDBOX_TIMEOUT_SECONDS"] = "0.5"
    toy.sandbox.set_faults(Fault("ec2:CreateVpc", "delay", times=MANY, seconds=1.0))
    said = toy.fails("up", "--yes", "--skip-preview")
    assert "Read timeout" in said
    toy.sandbox.set_faults()
    del toy.variables["MODELYARD_SANDBOX_TIMEOUT_SECONDS"]
    toy.up()
    assert networks(toy) == ["10.0.0.0/16"]


def test_a_server_killed_in_an_update_is_told_and_the_next_one_starts_clean(begin: Begin) -> None:
    toy = begin(THREE_BUCKETS)
    toy.sandbox.set_faults(Fault("s3:PUT /toy-third", "delay", seconds=PATIENCE_SECONDS))
    command = ["up", "--yes", "--skip-preview", "--stack", toy.stack, "--non-interactive"]
    with toy.engine.start(command, toy.project, toy.variables) as update:
        eventually(lambda: "toy-third" in buckets(toy))
        first = toy.sandbox.must_run()
        os.kill(first.process.pid, signal.SIGKILL)
        said = "".join(update.communicate(timeout=PATIENCE_SECONDS))
    assert update.returncode not in (0, None)
    assert f"the sandbox at {first.endpoint} has ended, and with it all that stood in it" in said
    assert "`modelyard sandbox start`" in said
    assert "Traceback" not in said
    assert "no sandbox runs in" in toy.fails("up", "--yes", "--skip-preview")

    toy.sandbox.start(lifeline=True)
    # The stack itself, the provider and the two buckets that were answered.
    assert toy.sandbox.emptied == [Stack("toy", toy.stack, 4)]
    assert buckets(toy) == []
    assert "+ 5 created" in toy.up()
    assert buckets(toy) == ["toy-first", "toy-second", "toy-third"]
    toy.up("--expect-no-changes")
    assert toy.client("sts").get_caller_identity()["Account"] == ACCOUNT
