"""One node, from its variables to its exit code: real processes, stores of files and buckets."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from typing import Any

import pytest

from modelyard_node import keys

RUN = "try-20261126-120000-abcd"
SHOW = f"{sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"


def test_a_job_that_succeeds_leaves_its_lease_its_heartbeat_and_its_end(any_nodes: Any):
    (node,) = any_nodes.run("echo hello; echo beside >&2")
    assert (node.wait(), node.out, node.err) == (0, "hello\n", "beside\n")
    attempt = keys.attempt_prefix(RUN, "001-01")
    assert [key for key in any_nodes.store.all_keys() if key.startswith(attempt)] == [
        f"{attempt}ends/0.json",
        f"{attempt}heartbeat.json",
        f"{attempt}lease.json",
    ]
    end = any_nodes.end()
    assert {name: end[name] for name in ("schema", "rank", "kind", "exit_code", "reason", "stopped")} == {
        "schema": "modelyard.end/1",
        "rank": 0,
        "kind": "succeeded",
        "exit_code": 0,
        "reason": None,
        "stopped": False,
    }
    assert sorted(end["tail"]) == ["beside", "hello"]
    lease = any_nodes.lease()
    assert (lease["schema"], lease["num_nodes"], lease["region"]) == ("modelyard.lease/1", 1, "eu-central-1")
    assert re.fullmatch(r".+:\d+", lease["holder"])


def test_a_program_finds_the_contract_and_nothing_of_the_runtimes_own(nodes: Any):
    given = {"MODELYARD_METRICS": str(nodes.directory / "m.jsonl"), "SECRET": "of the container"}
    (node,) = nodes.run(
        SHOW, given, envs={"COLOUR": "a 'red'\none"}, distribution="torchrun", gpus_per_node=8
    )
    found = json.loads(node.out)
    contract = {
        "NODE_RANK": "0",
        "NUM_NODES": "1",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(nodes.port),
        "GPUS_PER_NODE": "8",
        "MODELYARD_RUN_ID": RUN,
        "MODELYARD_ATTEMPT": "1",
        "MODELYARD_DATASETS": "file:///datasets",
        "MODELYARD_CHECKPOINTS": nodes.store.uri,
        "MODELYARD_METRICS": given["MODELYARD_METRICS"],
        "RANK": "0",
        "LOCAL_RANK": "0",
        "WORLD_SIZE": "1",
        "COLOUR": "a 'red'\none",
        "SECRET": "of the container",
    }
    assert found | contract == found
    assert {name for name in found if name.startswith("MODELYARD_")} <= contract.keys()


def test_without_torchrun_its_variables_are_not_set(nodes: Any):
    (node,) = nodes.run(SHOW)
    assert not {"RANK", "LOCAL_RANK", "WORLD_SIZE"} & json.loads(node.out).keys()


def test_accelerators_are_counted_where_nobody_says_how_many(nodes: Any):
    devices = nodes.directory / "root" / "dev"
    devices.mkdir(parents=True)
    for name in ("nvidia0", "nvidia1", "nvidia11", "nvidiactl", "nvidia-uvm", "neuron0"):
        (devices / name).touch()
    (node,) = nodes.run("echo $GPUS_PER_NODE", gpus_per_node=None)
    assert node.out == "4\n"


def test_setup_runs_first_in_a_shell_of_its_own(nodes: Any):
    (node,) = nodes.run("echo run $FROM_SETUP", setup="export FROM_SETUP=1; echo setup")
    assert (node.wait(), node.out) == (0, "setup\nrun\n")


def test_a_setup_that_fails_is_named(nodes: Any):
    (node,) = nodes.run("echo never", setup="echo no internet; false")
    assert (node.wait(), node.out) == (1, "no internet\n")
    assert node.said == ["this attempt ends: rank 0's setup exited with code 1"]
    assert (nodes.end()["kind"], nodes.end()["tail"]) == ("program", ["no internet"])


@pytest.mark.parametrize(
    ("script", "code", "reason"),
    [
        ("exit 3", 3, "rank 0 exited with code 3"),
        ("kill -9 $$", 137, "rank 0 was ended by SIGKILL (exit code 137)"),
        ("kill -s TERM $$", 143, "rank 0 was ended by SIGTERM (exit code 143)"),
        ("no-such-program", 127, "rank 0 exited with code 127"),
        ("false; echo never", 1, "rank 0 exited with code 1"),
    ],
)
def test_the_exit_code_is_the_programs(nodes: Any, script: str, code: int, reason: str):
    (node,) = nodes.run(script)
    assert (node.wait(), node.said) == (code, [f"this attempt ends: {reason}"])
    end = nodes.end()
    assert (end["kind"], end["exit_code"], end["reason"]) == ("program", code, reason)


@pytest.mark.parametrize("code", [240, 241, 242])
def test_a_programs_code_is_not_taken_for_one_of_the_runtimes(nodes: Any, code: int):
    (node,) = nodes.run(f"exit {code}")
    assert (node.wait(), nodes.end()["exit_code"]) == (1, code)


def test_a_failure_asks_for_another_attempt_until_none_is_left(nodes: Any):
    nodes.submit("echo attempt $MODELYARD_ATTEMPT; exit 5", retry={"attempts": 3, "exit_codes": None})
    codes, outs = [], []
    for submission, attempt in ((1, 1), (1, 2), (2, 1)):
        node = nodes.start(MODELYARD_SUBMISSION=str(submission), MODELYARD_BATCH_ATTEMPT=str(attempt))
        codes.append(node.wait())
        outs.append(node.out)
    assert codes == [241, 241, 5]
    assert outs == ["attempt 1\n", "attempt 2\n", "attempt 3\n"]


@pytest.mark.parametrize(("code", "expected"), [(75, 241), (1, 1)])
def test_only_the_exit_codes_that_the_job_names_ask_for_another(nodes: Any, code: int, expected: int):
    retry = {"attempts": 2, "exit_codes": [75], "on_events": []}
    (node,) = nodes.run(f"exit {code}", retry=retry)
    assert node.wait() == expected


def test_memory_that_ran_out_is_said_and_may_ask_for_another_attempt(nodes: Any):
    counter = nodes.directory / "root/sys/fs/cgroup/memory.events"
    counter.parent.mkdir(parents=True)
    counter.write_text("low 0\noom 0\noom_kill 2\n")
    retry = {"attempts": 2, "exit_codes": [], "on_events": ["out_of_memory"]}
    (node,) = nodes.run(f"echo 'oom_kill 3' >{counter}; kill -9 $$", retry=retry)
    assert node.wait() == 241
    assert nodes.end()["reason"] == (
        "rank 0 was ended by SIGKILL (exit code 137): the container's memory ran out"
    )


def test_the_job_starts_in_its_directory(nodes: Any):
    (nodes.directory / "here").mkdir()
    (node,) = nodes.run("pwd", workdir=str(nodes.directory / "here"))
    assert node.out == f"{nodes.directory}/here\n"


def test_a_directory_that_is_not_there_is_said(nodes: Any):
    (node,) = nodes.run("pwd", workdir="/not/there")
    assert node.wait() == 242
    assert node.said == ["this attempt ends: run can't be started in /not/there: No such file or directory"]
    assert nodes.end()["kind"] == "broken"


def test_metrics_and_progress_are_kept_current_and_go_on_over_attempts(any_nodes: Any, eventually: Any):
    line = '{"step": %d, "total_steps": 9, "epoch": 1, "loss": 0.5, "kind": "step"}'
    script = f"""
    echo '{line % 1}' >>$MODELYARD_METRICS
    printf '{{"step": 2' >>$MODELYARD_METRICS
    while [ ! -e gate$MODELYARD_ATTEMPT ]; do sleep 0.02; done
    printf '}}\\n' >>$MODELYARD_METRICS; exit 4"""
    any_nodes.submit(script, retry={"attempts": 3, "exit_codes": None, "on_events": []})
    for attempt in (1, 2):
        node = any_nodes.start(MODELYARD_BATCH_ATTEMPT=str(attempt))
        name = f"001-0{attempt}"
        eventually(lambda name=name: (any_nodes.heartbeat(name) or {}).get("progress"))
        progress = any_nodes.heartbeat(name)["progress"]
        assert {field: progress[field] for field in ("step", "total_steps", "epoch", "loss")} == {
            "step": 1,
            "total_steps": 9,
            "epoch": 1,
            "loss": 0.5,
        }
        (any_nodes.directory / f"gate{attempt}").touch()
        assert node.wait() == 241
        assert any_nodes.heartbeat(name)["progress"]["step"] == 2
    stored = any_nodes.store.get(keys.metrics_key(RUN, 0)).decode().splitlines()
    assert [json.loads(each)["step"] for each in stored] == [1, 2, 1, 2]


def test_a_variant_of_a_sweep_is_a_run_of_its_own(any_nodes: Any):
    content = json.dumps(
        {"schema": "modelyard.variants/1", "variants": [{"LR": "0.1"}, {"LR": "0.2"}, {"LR": "0.3"}]}
    ).encode()
    key = f"runs/{RUN}/variants.json"
    any_nodes.store.put(key, content)
    sweep = {"variants": key, "sha256": hashlib.sha256(content).hexdigest(), "count": 3}
    any_nodes.submit("echo $MODELYARD_RUN_ID $LR", sweep=sweep, envs={"LR": "unset"})
    for variables in ({"AWS_BATCH_JOB_ARRAY_INDEX": "2"}, {"MODELYARD_VARIANT": "0"}):
        any_nodes.start(**variables).wait()
    assert any_nodes.end(run_id=f"{RUN}.2")["tail"] == [f"{RUN}.2 0.3"]
    assert any_nodes.end(run_id=f"{RUN}.0")["tail"] == [f"{RUN}.0 0.1"]
    beyond = any_nodes.start(MODELYARD_VARIANT="3")
    assert (beyond.wait(), beyond.said) == (242, ["this attempt ends: this node is variant 3 of 3"])
    none = any_nodes.start()
    assert (none.wait(), none.said) == (
        242,
        ["this attempt ends: the job is a sweep, and this node isn't told its variant"],
    )


def test_what_was_not_submitted_is_not_run(any_nodes: Any):
    any_nodes.submit("echo the one")
    submitted = any_nodes.sha256
    any_nodes.submit("echo another")
    found, any_nodes.sha256 = any_nodes.sha256, submitted
    spec = keys.spec_key(RUN, submitted)
    any_nodes.store.put(spec, any_nodes.store.get(keys.spec_key(RUN, found)))
    node = any_nodes.start()
    assert (node.wait(), node.out) == (242, "")
    said = (
        f"this attempt ends: {any_nodes.store.uri}/{spec} isn't what was submitted: "
        f"its SHA-256 is {found}, not {submitted}"
    )
    assert node.said == [said]
    assert any_nodes.end()["kind"] == "broken"


def test_a_specification_of_another_schema_is_named(nodes: Any):
    (node,) = nodes.run("true", schema="modelyard.spec/2")
    said = f"{nodes.store.uri}/{keys.spec_key(RUN, nodes.sha256)} is of schema modelyard.spec/2, and modelyard.spec/1 is known"
    assert (node.wait(), node.said) == (242, [f"this attempt ends: {said}"])


def test_a_store_without_the_specification_is_said(any_nodes: Any):
    any_nodes.submit("true")
    node = any_nodes.start(MODELYARD_RUN_ID="other")
    said = f"this attempt ends: {any_nodes.store.uri} has no {keys.spec_key('other', any_nodes.sha256)}"
    assert (node.wait(), node.said) == (242, [said])


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"MODELYARD_RUN_ID": ""}, "MODELYARD_RUN_ID isn't set"),
        ({"MODELYARD_RUN_ID": "../x"}, "MODELYARD_RUN_ID is '../x'; allowed: letters, digits, . _ and -"),
        ({"MODELYARD_CHECKPOINTS": ""}, "MODELYARD_CHECKPOINTS isn't set"),
        (
            {"MODELYARD_CHECKPOINTS": "gs://x"},
            (
                "gs://x: no such store is known; allowed: s3://bucket, "
                "https://ACCOUNT.blob.core.windows.net/CONTAINER or file:///directory"
            ),
        ),
        ({"MODELYARD_CHECKPOINTS": "s3://x", "AWS_REGION": ""}, "s3://x: AWS_REGION isn't set"),
        (
            {"MODELYARD_SPEC_SHA256": "abc"},
            "MODELYARD_SPEC_SHA256 is 'abc'; allowed: 64 hexadecimal digits",
        ),
        ({"NODE_RANK": "x"}, "NODE_RANK is 'x'; allowed: a whole number from 0"),
        ({"NODE_RANK": "2"}, "rank 2 isn't one of 1 nodes"),
        ({"MODELYARD_HEARTBEAT_SECONDS": "often"}, "could not convert string to float: 'often'"),
    ],
)
def test_what_a_node_must_be_told_is_named(nodes: Any, variables: dict[str, str], said: str):
    nodes.submit("echo never")
    node = nodes.start(**variables)
    assert (node.wait(), node.out, node.said) == (242, "", [said])


def test_a_node_without_a_place_for_its_files_says_so(nodes: Any):
    nodes.submit("echo never")
    node = nodes.start(MODELYARD_SCRATCH="/not/there")
    assert (node.wait(), node.out) == (242, "")
    assert node.said[0].startswith(
        "this attempt ends: there is no place for this node's own files: [Errno 2] No such file or directory: "
    )


def test_a_node_that_needs_no_files_makes_none(nodes: Any):
    nodes.submit("ls -A scratch; echo done")
    node = nodes.start(MODELYARD_METRICS=str(nodes.directory / "m.jsonl"))
    assert (node.wait(), node.out) == (0, "done\n")


def test_a_job_of_more_nodes_than_were_started_is_not_run(nodes: Any):
    nodes.submit("echo never", num_nodes=2)
    node = nodes.start(NUM_NODES="1")
    assert (node.wait(), node.said) == (242, ["this attempt ends: the job has 2 nodes, and 1 were started"])
