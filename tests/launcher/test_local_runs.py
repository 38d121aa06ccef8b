"""Real runs on this machine: what ranks find, how they end together, and what the record says."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

SHOW = "python -c 'import json, os; print(json.dumps(dict(os.environ)))'"


def environments(lines: list[str]) -> dict[int, dict[str, str]]:
    return {int(line[1]): json.loads(line[4:]) for line in lines}


def test_every_rank_finds_the_job_contract(yard: Any) -> None:
    record, lines = yard.run(SHOW, num_nodes=2, envs={"EPOCHS": "3"})
    assert record.state == "succeeded"
    seen = environments(lines)
    assert sorted(seen) == [0, 1]
    for rank, found in seen.items():
        assert found["NODE_RANK"] == str(rank)
        assert found["NUM_NODES"] == "2"
        assert found["GPUS_PER_NODE"] == "0"
        assert found["MASTER_ADDR"] == "127.0.0.1"
        assert 1_024 < int(found["MASTER_PORT"]) < 65_536
        assert found["MODELYARD_RUN_ID"] == record.run_id
        assert found["MODELYARD_ATTEMPT"] == "1"
        assert found["MODELYARD_DATASETS"] == f"file://{yard.project}/datasets"
        assert found["MODELYARD_CHECKPOINTS"] == f"file://{yard.project}/checkpoints"
        assert found["MODELYARD_METRICS"].endswith(f"/metrics/{rank}.jsonl")
        assert found["EPOCHS"] == "3"
        assert "RANK" not in found
    assert seen[0]["MASTER_PORT"] == seen[1]["MASTER_PORT"]
    assert seen[0]["HOME"] != seen[1]["HOME"]


def test_torchrun_adds_rank_local_rank_and_world_size(yard: Any) -> None:
    _, lines = yard.run(SHOW, num_nodes=2, distribution="torchrun")
    for rank, found in environments(lines).items():
        assert (found["RANK"], found["LOCAL_RANK"], found["WORLD_SIZE"]) == (str(rank), "0", "2")


def test_nothing_of_the_launchers_secrets_is_passed_on(yard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SECRET_ACCESS_KEY": "shh",
        "AWS_SESSION_TOKEN": "shh",
        "GITHUB_TOKEN": "shh",
        "ANYTHING": "shh",
        "PULUMI_CONFIG_PASSPHRASE": "shh",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LANG", "C.UTF-8")
    _, lines = yard.run(SHOW)
    found = environments(lines)[0]
    assert not secrets.keys() & found.keys()
    assert found["LANG"] == "C.UTF-8"
    contract = {"NODE_RANK", "NUM_NODES", "GPUS_PER_NODE", "MASTER_ADDR", "MASTER_PORT"}
    passed = {
        "PATH",
        "HOME",
        "LANG",
        "PYTHONUNBUFFERED",
        "PWD",
        "MARKER",
        "LOGNAME",
        "TMPDIR",
        "TZ",
        "USER",
        "VIRTUAL_ENV",
    }
    locale = {"LC_ALL", "LC_CTYPE", "LANGUAGE", "LD_LIBRARY_PATH", "OLDPWD", "SHLVL", "_"}
    assert {name for name in found if not name.startswith("MODELYARD_")} <= contract | passed | locale


def test_home_is_empty_so_that_the_users_credentials_are_not_found(yard: Any, tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("[default]\naws_access_key_id = AKIAREAL\n")
    _, lines = yard.run("ls -A ~; echo done")
    assert lines == ["[0] done"]


def test_python_is_the_launchers_own(yard: Any) -> None:
    _, lines = yard.run("python -c 'import sys; print(sys.prefix)'")
    assert lines == [f"[0] {sys.prefix}"]


def test_a_job_on_s3_reaches_its_stores_through_the_sandbox(s3_yard: Any) -> None:
    put = (
        "import boto3, os; bucket = os.environ['MODELYARD_CHECKPOINTS'].removeprefix('s3://'); "
        "boto3.client('s3').put_object(Bucket=bucket, Key='step', Body=b'7')"
    )
    record, lines = s3_yard.run(f'python -c "{put}"; echo put')
    assert record.state == "succeeded", lines
    assert s3_yard.stored("step") == b"7"


def test_setup_comes_first_and_ends_the_job_if_it_fails(yard: Any) -> None:
    _, lines = yard.run("cat made", setup="cd /; echo well > ~/made", workdir=".", envs={"X": "1"})
    assert lines[-2].startswith("[0] cat: made")  # a shell of its own: its cd is forgotten
    _, lines = yard.run("cat ~/made", setup="cd /; echo well > ~/made")
    assert lines == ["[0] well"]
    record, lines = yard.run("echo never", setup="false\necho neither")
    assert (record.state, record.exit_code) == ("failed", 1)
    assert lines == ["[0] modelyard: this attempt ends: rank 0's setup exited with code 1"]


def test_the_first_command_that_fails_ends_the_job(yard: Any) -> None:
    record, lines = yard.run("echo one\n(exit 5)\necho two")
    assert (record.state, record.exit_code) == ("failed", 5)
    assert lines == ["[0] one", "[0] modelyard: this attempt ends: rank 0 exited with code 5"]


def test_the_job_starts_in_its_workdir(yard: Any) -> None:
    (yard.project / "code").mkdir()
    _, lines = yard.run("pwd", workdir="code")
    assert lines == [f"[0] {yard.project}/code"]


def test_one_failing_rank_ends_the_gang_and_its_code_is_kept(yard: Any) -> None:
    record, lines = yard.run(
        'if [ "$NODE_RANK" = 1 ]; then echo boom; exit 7; fi\nsleep 60 & setsid sleep 60 & sleep 60',
        num_nodes=3,
    )
    assert "[1] boom" in lines
    assert (record.state, record.exit_code) == ("failed", 7)
    assert record.reason == "rank 1 exited with code 7"
    (attempt,) = record.attempts
    assert [(rank.rank, rank.exit_code, rank.stopped) for rank in attempt.ranks] == [
        (0, 143, True),
        (1, 7, False),
        (2, 143, True),
    ]
    assert not yard.processes()


def test_a_rank_that_ends_well_early_does_not_end_the_others(yard: Any) -> None:
    record, lines = yard.run('[ "$NODE_RANK" = 0 ] || { sleep 0.4; echo last; }', num_nodes=2)
    assert (record.state, record.exit_code, lines) == ("succeeded", 0, ["[1] last"])


def test_a_rank_that_ignores_being_asked_is_killed_after_the_grace(yard: Any) -> None:
    record, _ = yard.run(
        'if [ "$NODE_RANK" = 1 ]; then while [ ! -e deaf ]; do sleep 0.05; done; exit 1; fi\n'
        'trap "" TERM; touch deaf; while true; do sleep 0.1; done',
        num_nodes=2,
        grace_seconds=0.3,
    )
    assert [rank.exit_code for rank in record.attempts[0].ranks] == [137, 1]


def test_a_rank_that_is_asked_has_time_to_save(yard: Any) -> None:
    save = (
        "import signal, sys, time\n"
        "def save(*_):\n    time.sleep(0.3); print('saved', flush=True); sys.exit(143)\n"
        "signal.signal(signal.SIGTERM, save)\nopen('ready', 'w').close()\ntime.sleep(60)"
    )
    (yard.project / "save.py").write_text(save)
    wait = "while [ ! -e ready ]; do sleep 0.05; done; exit 1"
    _, lines = yard.run(
        f'if [ "$NODE_RANK" = 1 ]; then {wait}; fi\npython save.py', num_nodes=2, grace_seconds=5
    )
    assert "[0] saved" in lines


def test_what_a_rank_leaves_running_ends_with_it(yard: Any) -> None:
    record, _ = yard.run("sleep 60 & setsid sleep 60 & nohup sleep 60 >/dev/null 2>&1 &\nexit 0")
    assert record.state == "succeeded"
    assert not yard.processes()


def test_a_signal_that_ends_a_rank_is_named(yard: Any) -> None:
    record, _ = yard.run("kill -KILL $$")
    assert (record.exit_code, record.reason) == (137, "rank 0 was ended by SIGKILL (exit code 137)")


def test_a_guard_that_is_killed_takes_its_node_with_it(yard: Any) -> None:
    record, _ = yard.run("sleep 60 & kill -KILL $PPID; sleep 60")
    assert (record.state, record.exit_code) == ("failed", 137)
    assert not yard.processes()


def test_a_timeout_ends_every_rank_and_is_not_tried_again(yard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from modelyard_launcher import durations

    monkeypatch.setitem(durations.SECONDS, "m", 60)
    monkeypatch.setattr("modelyard_launcher.job.Job.timeout_seconds", property(lambda _: 0.4))
    record, _ = yard.run("sleep 60", num_nodes=2, timeout="1m", retry={"attempts": 3})
    assert (record.state, len(record.attempts)) == ("failed", 1)
    assert record.reason == "the timeout of 0.4 seconds has passed"
    assert all(rank.stopped for rank in record.attempts[0].ranks)


def test_a_failed_job_is_tried_again_with_the_next_attempts_number(yard: Any) -> None:
    record, lines = yard.run(
        'echo "$MODELYARD_ATTEMPT $MODELYARD_RUN_ID"; [ "$MODELYARD_ATTEMPT" = 3 ]', retry={"attempts": 4}
    )
    assert record.state == "succeeded"
    said = [line for line in lines if "modelyard: " not in line]
    assert said == [f"[0] {attempt} {record.run_id}" for attempt in (1, 2, 3)]
    assert [(attempt.number, attempt.exit_code) for attempt in record.attempts] == [(1, 1), (2, 1), (3, 0)]


def test_attempts_come_to_an_end(yard: Any) -> None:
    record, _ = yard.run("exit 9", retry={"attempts": 2})
    assert (record.state, record.exit_code, len(record.attempts)) == ("failed", 9, 2)


@pytest.mark.parametrize(("code", "attempts"), [(75, 2), (1, 1)])
def test_only_the_exit_codes_that_are_named_are_tried_again(yard: Any, code: int, attempts: int) -> None:
    record, _ = yard.run(f"exit {code}", retry={"attempts": 2, "exit_codes": [75]})
    assert len(record.attempts) == attempts


def test_lines_come_whole_and_progress_bars_as_they_end(yard: Any) -> None:
    _, lines = yard.run(r"printf 'a\r50%%\r100%%\n\nlast'; printf '\377\n'")
    assert lines == ["[0] 100%", "[0] ", "[0] last\N{REPLACEMENT CHARACTER}"]


def test_a_line_without_end_is_cut(yard: Any) -> None:
    _, lines = yard.run("head -c 200000 /dev/zero | tr '\\0' x")
    assert sum(len(line) - 4 for line in lines) == 200_000
    assert max(len(line) for line in lines) <= 65_536 + 4


def test_the_truth_of_the_run_is_in_the_checkpoint_store(s3_yard: Any) -> None:
    record, _ = s3_yard.run(
        'echo "out of $NODE_RANK"; echo "{\\"step\\": $NODE_RANK}" >> "$MODELYARD_METRICS"; '
        # The first to fail stops the other: each waits until both have written.
        "touch wrote-$NODE_RANK; while ! [ -e wrote-0 -a -e wrote-1 ]; do sleep 0.05; done; exit 4",
        num_nodes=2,
        envs={"API_KEY": "hush", "EPOCHS": "2"},
    )
    kept = json.loads(s3_yard.stored(f"runs/{record.run_id}/run.json"))
    assert kept["schema"] == "modelyard.run/1"
    assert (kept["state"], kept["exit_code"], kept["backend"], kept["pool"]) == ("failed", 4, "local", "cpu")
    assert kept["job"]["envs"] == {"MARKER": s3_yard.marker, "API_KEY": "(hidden)", "EPOCHS": "2"}
    assert kept["target"]["schema"] == "modelyard.target/1"
    assert len(kept["plan_digest"]) == 64
    assert kept["supervisor"]["pid"]
    assert kept["created"] <= kept["attempts"][0]["started"] <= kept["ended"]
    for rank in (0, 1):
        log = s3_yard.stored(f"runs/{record.run_id}/logs/{rank}.log").decode()
        assert log.startswith(f"out of {rank}\n")
        assert json.loads(s3_yard.stored(f"runs/{record.run_id}/metrics/{rank}.jsonl")) == {"step": rank}
    assert list((s3_yard.project / ".modelyard" / "runs").iterdir()) == []


def test_writes_to_s3_name_no_encryption_so_that_the_buckets_default_is_used(
    s3_yard: Any, s3_client: Any
) -> None:
    bucket = s3_yard.target.stores.checkpoints.uri.removeprefix("s3://")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "our-key"}}
    s3_client.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    record, _ = s3_yard.run("echo hi")
    head = s3_client.head_object(Bucket=bucket, Key=f"runs/{record.run_id}/logs/0.log")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "our-key")


def test_a_reader_that_breaks_ends_the_run_and_the_record_says_so(yard: Any) -> None:
    backend = yard.backend()

    def broken(_rank: int, _line: str) -> None:
        raise BrokenPipeError

    plan = backend.plan(yard.load("echo hi; sleep 60"), yard.resolved())
    with pytest.raises(BrokenPipeError):
        backend.submit(plan, detach=False, on_line=broken, on_event=lambda _: None)
    (record,) = backend._context.runs.newest(5)
    assert (record.state, record.reason) == ("failed", "whoever read its lines has gone")
