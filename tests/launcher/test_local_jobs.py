"""What else a job may ask for, on this machine: sweeps, secrets, runs before, notices, files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from patience import PATIENCE_SECONDS

from modelyard.errors import InputError, SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.sweep_words import failed_variants

REGION = "eu-central-1"


def test_a_sweep_runs_every_variant_with_its_own_values_and_its_own_run(yard: Any) -> None:
    record, lines = yard.run(
        'echo "$RATE $SEED $MODELYARD_RUN_ID"', sweep={"grid": {"RATE": [0.1, 0.2], "SEED": [1, 2]}}
    )
    assert (record.state, record.variants, record.exit_code) == ("succeeded", 4, 0)
    assert sorted(lines) == [
        f"[{index}] {rate} {seed} {record.run_id}.{index}"
        for index, (rate, seed) in enumerate([("0.1", "1"), ("0.1", "2"), ("0.2", "1"), ("0.2", "2")])
    ]
    for index in range(4):
        end = json.loads(yard.stored(f"runs/{record.run_id}.{index}/attempts/001-01/ends/0.json"))
        assert end["kind"] == "succeeded"
    assert [run["run_id"] for run in yard.job("list")["runs"]] == [record.run_id]


def test_variants_that_fail_are_counted_and_the_first_is_named(yard: Any) -> None:
    record, _ = yard.run('exit "$CODE"', sweep={"list": [{"CODE": 0}, {"CODE": 3}, {"CODE": 4}]})
    assert (record.state, record.exit_code) == ("failed", 3)
    assert record.reason == "2 of 3 variants failed (1, 2); the first: rank 0 exited with code 3"


def test_of_many_variants_that_fail_some_are_named() -> None:
    assert failed_variants([*range(4, 1_204)], 10_000, "it burned") == (
        "1,200 of 10,000 variants failed (4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 1,190 more); "
        "the first: it burned"
    )
    assert failed_variants([0], 1, "") == "1 of 1 variant failed (0)"


def test_each_variant_is_tried_again_by_itself(yard: Any) -> None:
    record, lines = yard.run(
        '[ "$N" = 1 ] || [ "$MODELYARD_ATTEMPT" = 2 ]; echo "$N took $MODELYARD_ATTEMPT"',
        sweep={"list": [{"N": 1}, {"N": 2}]},
        retry={"attempts": 2},
    )
    assert record.state == "succeeded"
    assert {"[0] 1 took 1", "[1] 2 took 2"} <= set(lines)


def test_logs_of_a_sweep_are_its_variants(yard: Any, capfd: pytest.CaptureFixture[str]) -> None:
    from modelyard_cli.main import run

    record, _ = yard.run("echo $N", sweep={"list": [{"N": "a"}, {"N": "b"}]})
    assert run(["job", "logs", record.run_id, *yard.where, "--rank", "1"]) == 0
    assert capfd.readouterr().out == "b\n"
    assert run(["job", "logs", record.run_id, *yard.where, "--rank", "2"]) == 2
    assert "has variants 0 to 1" in capfd.readouterr().err


@pytest.fixture
def secrets_manager(s3_access: S3Access) -> Any:
    return boto3.client(
        "secretsmanager",
        region_name=REGION,
        endpoint_url=s3_access.endpoint_url,
        aws_access_key_id=s3_access.credentials["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=s3_access.credentials["AWS_SECRET_ACCESS_KEY"],
    )


def test_secrets_are_read_by_their_references_and_written_nowhere(
    s3_yard: Any, secrets_manager: Any, s3_client: Any
) -> None:
    name = f"hub-{s3_yard.marker}"
    text = json.dumps({"token": "hush-hush", "user": "me"})
    arn = secrets_manager.create_secret(Name=name, SecretString=text)["ARN"]
    record, lines = s3_yard.run(
        'echo "${#TOKEN} ${#ALL}"; [ "${TOKEN#hush-}" = hush ]',
        secrets={"TOKEN": f"{arn}:token::", "ALL": arn},
    )
    assert (record.state, lines) == ("succeeded", [f"[0] 9 {len(text)}"])
    bucket = s3_yard.target.stores.checkpoints.uri.removeprefix("s3://")
    for found in s3_client.list_objects_v2(Bucket=bucket)["Contents"]:
        content = s3_client.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
        assert b"hush-hush" not in content, found["Key"]


@pytest.mark.parametrize(
    ("suffix", "words"),
    [(":nothing::", "secret TOKEN has no nothing in its JSON"), ("x", "secret TOKEN can't be read: ")],
)
def test_a_secret_that_cannot_be_read_is_named_and_nothing_is_started(
    s3_yard: Any, secrets_manager: Any, suffix: str, words: str
) -> None:
    arn = secrets_manager.create_secret(Name=f"hub-{s3_yard.marker}", SecretString='{"token": "hush"}')["ARN"]
    with pytest.raises(SurroundingsError, match=words) as raised:
        s3_yard.run("echo started", secrets={"TOKEN": arn + suffix})
    assert "hush" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_job_waits_for_runs_that_have_to_succeed_first(yard: Any, eventually: Callable[..., Any]) -> None:
    gate = yard.project / "gate"
    first = yard.start(f"while [ ! -e {gate} ]; do sleep 0.05; done; echo one >> order", "--detach")
    before = first.communicate(timeout=PATIENCE_SECONDS)[0].strip()
    second = yard.start("echo two >> order", "--detach", depends_on=[before])
    after = second.communicate(timeout=PATIENCE_SECONDS)[0].strip()
    assert yard.job("status", after)["state"] == "running"
    assert yard.job("status", after)["attempts"] == []
    gate.touch()
    eventually(lambda: yard.job("status", after)["state"] == "succeeded")
    assert (yard.project / "order").read_text() == "one\ntwo\n"


def test_a_run_before_that_failed_ends_the_one_that_waits(yard: Any) -> None:
    before, _ = yard.run("exit 1")
    record, lines = yard.run("echo never", depends_on=[before.run_id])
    assert (record.state, record.attempts, lines) == ("failed", [], [])
    assert record.reason == f"run {before.run_id}, which has to succeed first, failed"


def test_file_mounts_are_refused_where_there_is_no_container(yard: Any) -> None:
    (yard.project / "data").mkdir()
    with pytest.raises(InputError) as raised:
        yard.run("true", file_mounts={"/data": "data"})
    (problem,) = raised.value.problems
    assert (problem.field, problem.given) == ("file_mounts", "/data")
    assert problem.message == "this machine is no container: nothing is put at paths of its own"


def test_a_notice_asks_the_job_to_save_and_it_is_started_again(
    yard: Any, eventually: Callable[..., Any]
) -> None:
    (yard.project / "save.py").write_text(
        "import os, pathlib, signal, sys, time\n"
        "def save(*_):\n    print('saved', flush=True); sys.exit(143)\n"
        "if os.environ['MODELYARD_ATTEMPT'] == '2': sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, save)\npathlib.Path('ready').touch()\ntime.sleep(60)\n"
    )
    process = yard.start("python save.py")
    eventually((yard.project / "ready").exists)
    (notices,) = (yard.project / ".modelyard" / "runs").glob("*/notices")
    notice = {"schema": "modelyard.notice/1", "kind": "spot_interruption", "at": "2026-12-01T11:00:00Z"}
    new = notices / "notice.new"
    new.write_text(json.dumps({**notice, "drain_at": "2026-12-01T11:00:00Z", "leave": True}) + "\n")
    new.replace(notices / "notice.json")
    eventually(lambda: "saved" in "".join(process.stdout.readline()))
    (notices / "notice.json").unlink()
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, err
    first, second = yard.job("list")["runs"][0]["attempts"]
    assert (first["kind"], second["kind"]) == ("host", "succeeded")


def test_a_run_before_that_there_is_not_is_refused_before_anything_is_submitted(yard: Any) -> None:
    with pytest.raises(InputError, match="there is no such run"):
        yard.run("true", depends_on=["try-20260101-000000-0000"])
    assert yard.job("list")["runs"] == []
