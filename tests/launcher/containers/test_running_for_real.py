"""Jobs in real containers on this machine, with docker and with podman: as on a cluster, and nothing is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from launcher.containers.conftest import IMAGE, LOCAL_IMAGE
from launcher.containers.real import RealEngine
from patience import GONE_SECONDS, PATIENCE_SECONDS

from modelyard_launcher.backends.local.backend import GRACE_SECONDS
from modelyard_launcher.containers.engines import find_runner
from modelyard_launcher.containers.leftovers import remove_leftovers
from modelyard_launcher.containers.node import RUN_LABEL, SUPERVISOR_LABEL
from modelyard_launcher.supervise import decide

CONTAINER = ("--container",)
STUBBORN = "trap '' TERM; echo up; while :; do sleep 1; done"
"""A program that doesn't heed a request to end."""


def lines_of(process: subprocess.Popen[str]) -> tuple[list[str], str]:
    assert process.stdout is not None
    assert process.stderr is not None
    # Not by communicate(): it leaves out what a line that was read had behind it already.
    with process:
        out, err = process.stdout.read(), process.stderr.read()
    return out.splitlines(), err


def containers(engine: RealEngine, yard: Any) -> list[str]:
    """The containers of a yard's runs: other tests may run on the same engine."""
    listed = engine.say("ps", "--all", "--quiet", "--filter", f"label={RUN_LABEL}").split()
    return [
        container
        for container in listed
        if f"{yard.project}/" in engine.say("container", "inspect", container, check=False)
    ]


def clients(engine: RealEngine, launcher: int) -> list[int]:
    """The engine's clients that run containers for a launcher."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            if words[1:2] != [b"run"] or not words[0].decode().endswith(engine.kind):
                continue
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == launcher:
                found.append(int(entry.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def is_up(process: subprocess.Popen[str], ranks: int) -> None:
    assert process.stdout is not None
    seen: set[str] = set()
    while len(seen) < ranks:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        if line.endswith("up\n"):
            seen.add(line)


def test_two_nodes_run_in_the_image_with_files_from_the_store_and_variables_as_on_a_cluster(
    runner: RealEngine, s3_yard: Any
) -> None:
    (s3_yard.project / "src").mkdir()
    (s3_yard.project / "src" / "hello").write_text("hello from the archive\n")
    (s3_yard.project / "extra").write_text("mounted\n")
    run = (
        'echo "$NODE_RANK of $NUM_NODES at $MASTER_ADDR as $(id -u) in ${PWD##*/}"; cat hello /tmp/extra; '
        'echo "$MODELYARD_CHECKPOINTS ${HOME:-none} ${MODELYARD_RUNTIME:-gone} ${MODELYARD_NOTICES:-gone}"'
    )
    process = s3_yard.start(
        run,
        *CONTAINER,
        image=IMAGE,
        num_nodes=2,
        workdir="src",
        file_mounts={"/tmp/extra": "extra"},
    )
    lines, err = lines_of(process)
    assert process.returncode == 0, err
    uri = s3_yard.target.stores.checkpoints.uri
    for rank in (0, 1):
        own = [line.removeprefix(f"[{rank}] ") for line in lines if line.startswith(f"[{rank}] ")]
        assert own == [
            f"{rank} of 2 at 127.0.0.1 as 10001 in workdir",
            "hello from the archive",
            "mounted",
            f"{uri} /tmp gone gone",
        ]
    assert containers(runner, s3_yard) == []
    assert list((s3_yard.project / ".modelyard" / "runs").iterdir()) == []


def test_secrets_reach_the_program_and_the_engine_never_hears_of_them(
    runner: RealEngine, s3_yard: Any, s3_access: Any, eventually: Callable[..., Any]
) -> None:
    import boto3

    keys = s3_access.credentials
    client = boto3.client(
        "secretsmanager",
        region_name="eu-central-1",
        endpoint_url=s3_access.endpoint_url,
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
    )
    text = "hush\n'a \"quoted\" line' $HOME"
    arn = client.create_secret(Name=f"hub-{s3_yard.marker}", SecretString=text)["ARN"]
    process = s3_yard.start(
        'echo up; printf %s "$TOKEN" | cat; echo; while [ ! -e /tmp/go ]; do sleep 0.1; done',
        *CONTAINER,
        image=IMAGE,
        secrets={"TOKEN": arn},
    )
    is_up(process, 1)
    (container,) = eventually(lambda: containers(runner, s3_yard))
    told = runner.say("inspect", container)
    assert "hush" not in told
    assert keys["AWS_SECRET_ACCESS_KEY"] not in told
    (client_pid,) = clients(runner, process.pid)
    assert b"hush" not in Path(f"/proc/{client_pid}/environ").read_bytes()
    assert b"hush" not in Path(f"/proc/{client_pid}/cmdline").read_bytes()
    labels = json.loads(told)[0]["Config"]["Labels"]
    assert labels[SUPERVISOR_LABEL].startswith(f"{process.pid} ")
    # Not checked: the container may be over and gone before `exec` has taken leave of it, which podman calls an
    # error. If the file weren't there the program wouldn't end.
    runner.say("exec", container, "touch", "/tmp/go", check=False)
    lines, err = lines_of(process)
    assert process.returncode == 0, err
    assert lines == ["[0] hush", "[0] 'a \"quoted\" line' $HOME"]


def test_stores_that_are_directories_are_there_at_their_own_paths_and_belong_to_who_submits(
    one_runner: RealEngine, yard: Any
) -> None:
    datasets = yard.project / "datasets"
    datasets.mkdir()
    (datasets / "one").write_text("a dataset\n")
    run = (
        'cat "${MODELYARD_DATASETS#file://}/one"; echo kept > "${MODELYARD_CHECKPOINTS#file://}/kept"; '
        'touch "${MODELYARD_DATASETS#file://}/two" || echo "datasets are read only"; touch "$HOME/mine"; id -u'
    )
    process = yard.start(run, *CONTAINER, image=IMAGE)
    lines, err = lines_of(process)
    assert process.returncode == 0, err
    assert lines[0] == "[0] a dataset"
    assert {"[0] datasets are read only", f"[0] {os.getuid()}"} <= set(lines)
    kept = yard.project / "checkpoints" / "kept"
    assert (kept.read_text(), kept.stat().st_uid) == ("kept\n", os.getuid())


def test_limits_are_those_that_the_job_asks_for(one_runner: RealEngine, yard: Any) -> None:
    read = "import os, pathlib; print(os.statvfs('/dev/shm').f_blocks * os.statvfs('/dev/shm').f_frsize)"
    limit = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max"
    process = yard.start(
        f'python3 -c "{read}"; {limit}', *CONTAINER, image=IMAGE, resources={"memory": 2, "shm": 1, "cpus": 1}
    )
    lines, err = lines_of(process)
    assert process.returncode == 0, err
    assert lines == [f"[0] {1 << 30}", f"[0] {2 << 30}"]


def test_memory_that_runs_out_is_told_as_on_a_cluster(one_runner: RealEngine, yard: Any) -> None:
    process = yard.start(
        'python3 -c "b = bytearray(3 << 30); b[::4096] = bytes(len(b[::4096]))"',
        *CONTAINER,
        image=IMAGE,
        resources={"memory": 1},
    )
    lines_of(process)
    assert process.returncode == 1
    (run,) = yard.job("list")["runs"]
    assert run["attempts"][-1]["kind"] == "program"
    assert run["reason"] == "rank 0 was ended by SIGKILL (exit code 137): the container's memory ran out"


def test_a_program_s_exit_code_and_its_last_lines_are_in_the_record(
    one_runner: RealEngine, yard: Any
) -> None:
    process = yard.start("echo so far; exit 7", *CONTAINER, image=IMAGE)
    lines_of(process)
    (run,) = yard.job("list")["runs"]
    assert (run["state"], run["exit_code"], run["reason"]) == ("failed", 7, "rank 0 exited with code 7")
    assert run["attempts"][-1]["tail"] == ["so far"]


@pytest.mark.parametrize("killed", ["the launcher", "the launcher and the clients"])
def test_a_launcher_that_is_killed_leaves_no_container(
    runner: RealEngine, yard: Any, killed: str, eventually: Callable[..., Any]
) -> None:
    process = yard.start(STUBBORN, *CONTAINER, image=IMAGE, num_nodes=2)
    is_up(process, 2)
    assert len(containers(runner, yard)) == 2
    doomed = clients(runner, process.pid) if "clients" in killed else []
    for pid in (process.pid, *doomed):
        os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE_SECONDS)
    eventually(lambda: not containers(runner, yard), GONE_SECONDS)
    eventually(lambda: not yard.processes(), GONE_SECONDS)


def test_a_client_that_is_killed_is_a_lost_node_and_the_job_starts_again(
    runner: RealEngine, yard: Any, eventually: Callable[..., Any]
) -> None:
    run = '[ "$MODELYARD_ATTEMPT" = 2 ] && exit 0; echo up; sleep 600'
    process = yard.start(run, *CONTAINER, image=IMAGE)
    is_up(process, 1)
    for pid in clients(runner, process.pid):
        os.kill(pid, signal.SIGKILL)
    _, err = lines_of(process)
    assert process.returncode == 0, err
    assert "attempt 1 failed: the main node was lost: its process was ended by SIGKILL; starting again" in err
    assert containers(runner, yard) == []


def test_ctrl_c_lets_the_program_save_and_a_second_one_ends_it_at_once(runner: RealEngine, yard: Any) -> None:
    save = "trap 'echo saved; exit 0' TERM; echo up; while :; do sleep 0.1 || true; done"
    process = yard.start(save, *CONTAINER, image=IMAGE)
    is_up(process, 1)
    process.send_signal(signal.SIGINT)
    lines, err = lines_of(process)
    assert process.returncode == 130, err
    # What the program writes and what is said about it are two streams.
    assert {"[0] saved", "[0] modelyard: this attempt ends: rank 0 was told to end (SIGTERM)"} <= set(lines)
    stays = "trap 'echo asked' TERM; echo up; while :; do sleep 0.1 || true; done"
    process = yard.start(stays, *CONTAINER, image=IMAGE)
    is_up(process, 1)
    process.send_signal(signal.SIGINT)
    # Two that come before either is heeded may be one.
    assert process.stdout is not None
    assert "[0] asked\n" in process.stdout
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    lines_of(process)
    assert process.returncode == 130
    assert time.monotonic() - asked < GRACE_SECONDS
    assert containers(runner, yard) == []


def test_detached_it_is_cancelled_from_elsewhere(
    one_runner: RealEngine, yard: Any, eventually: Callable[..., Any]
) -> None:
    process = yard.start("echo up; sleep 600", "--detach", *CONTAINER, image=IMAGE)
    run_id, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, err
    eventually(lambda: containers(one_runner, yard))
    eventually(lambda: yard.processes())
    assert yard.job("cancel", run_id.strip())["state"] == "cancelled"
    assert containers(one_runner, yard) == []


def test_a_container_that_was_made_and_never_started_is_removed_by_the_next_run(
    one_runner: RealEngine, yard: Any
) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    words = ["--label", f"{RUN_LABEL}=old", "--label", f"{SUPERVISOR_LABEL}={gone.pid} boot/1"]
    one_runner.say("create", "--name", "modelyard-old-1-1-0", *words, LOCAL_IMAGE, "true")
    one_runner.say("create", "--name", "somebody-elses", LOCAL_IMAGE, "true")
    try:
        process = yard.start("echo up", *CONTAINER, image=IMAGE)
        _, err = lines_of(process)
        assert "modelyard: removed container modelyard-old-1-1-0: nobody watched over it any more\n" in err
        assert containers(one_runner, yard) == []
        assert one_runner.say("ps", "--all", "--quiet", "--filter", "name=somebody-elses")
        assert remove_leftovers(find_runner()) == []
    finally:
        one_runner.say("rm", "--force", "somebody-elses")


def test_an_image_without_python_is_told_by_the_entrypoint_itself(
    one_runner: RealEngine, yard: Any, tmp_path: Path
) -> None:
    context = tmp_path / "bare"
    context.mkdir()
    (context / "Dockerfile").write_text(f"FROM {LOCAL_IMAGE}\nENV PATH=/bin:/usr/bin\n")
    one_runner.say("build", "--tag", LOCAL_IMAGE.replace("try-1.0", "bare-1.0"), str(context))
    process = yard.start("echo up", *CONTAINER, image="bare:1.0")
    lines, err = lines_of(process)
    assert lines == ["[0] modelyard: the image has no python3: 3.9 or newer is needed"], err
    assert process.returncode == 1


def test_an_image_that_is_not_here_is_told_before_there_is_a_run(
    one_runner: RealEngine, s3_yard: Any
) -> None:
    process = s3_yard.start("echo up", *CONTAINER, image="away:1.0")
    _, err = lines_of(process)
    assert process.returncode == 3
    uri = LOCAL_IMAGE.replace("try-1.0", "away-1.0")
    assert err == (
        f"the image {uri} isn't on this machine, and the sandbox at {s3_yard.access.endpoint_url} keeps no "
        "images to pull\n  mend: build it: `modelyard job build JOB --no-push`\n"
    )
    assert s3_yard.job("list")["runs"] == []


def test_an_image_is_pulled_from_the_registry_by_its_digest(
    runner: RealEngine, yard: Any, registry: str
) -> None:
    repository = f"{registry}/pulled"
    runner.say("tag", LOCAL_IMAGE, f"{repository}:try-1.0")
    quiet = ["--tls-verify=false"] if runner.kind == "podman" else []
    runner.say("push", *quiet, f"{repository}:try-1.0")
    from modelyard_launcher.containers.registry import find_tag

    pushed = find_tag(repository, "try-1.0", {})
    assert pushed is not None
    runner.say("rmi", "--force", f"{repository}:try-1.0")
    if runner.kind == "docker":  # which knows by which digest it pushed
        runner.say("rmi", f"{repository}@{pushed.digest}", check=False)
    registry_target = yard.target.registry.model_copy(update={"repository_url": repository})
    yard.target = yard.target.model_copy(update={"registry": registry_target})
    process = yard.start("echo up", *CONTAINER, image=f"try:1.0@{pushed.digest}")
    lines, err = lines_of(process)
    assert process.returncode == 0, err
    assert lines == ["[0] up"]
    assert f"modelyard: pulling {repository}@{pushed.digest}\n" in err


def test_a_sweep_runs_its_variants_in_containers(one_runner: RealEngine, yard: Any) -> None:
    process = yard.start(
        'echo "$RATE"', *CONTAINER, image=IMAGE, sweep={"grid": {"RATE": ["0.1", "0.2"]}, "parallel": 2}
    )
    lines, err = lines_of(process)
    assert process.returncode == 0, err
    assert sorted(lines) == ["[0] 0.1", "[1] 0.2"]


def test_a_run_whose_launcher_was_killed_goes_on_in_containers_when_it_is_supervised(
    one_runner: RealEngine, yard: Any, eventually: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decide, "FIRST_PAUSE_SECONDS", 1.0)
    (yard.project / "hello").write_text("from the archive\n")
    run = 'cat hello; [ "$MODELYARD_ATTEMPT" = 2 ] && exit 0; echo up; sleep 600'
    process = yard.start(run, *CONTAINER, image=IMAGE, workdir=".")
    is_up(process, 1)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE_SECONDS)
    (record,) = eventually(
        lambda: not containers(one_runner, yard) and yard.job("list")["runs"], GONE_SECONDS
    )
    (yard.project / "hello").unlink()  # what it needs is in the store
    ended = yard.job("supervise", record["run_id"], "--every", "1s")
    assert (ended["state"], len(ended["submissions"])) == ("succeeded", 2)
    log = yard.stored(f"runs/{record['run_id']}/logs/0.log").decode()
    assert log.splitlines()[-1] == "from the archive"
    assert containers(one_runner, yard) == []
