"""What is planned and told of containers on this machine, before any runs."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from launcher.planning import CPU, H100, loaded, target

from modelyard.errors import InputError
from modelyard_launcher.access import S3Access
from modelyard_launcher.api import Launcher
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.local.backend import LocalBackend
from modelyard_launcher.backends.local.containers import container_setup
from modelyard_launcher.containers.engines import Engine
from modelyard_launcher.containers.gpus import can_give_gpus
from modelyard_launcher.containers.node import (
    ContainerPlace,
    ContainerSetup,
    Mount,
    opening,
    remove_command,
    run_command,
)
from modelyard_launcher.plan import Plan
from modelyard_launcher.plan_text import plan_text
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.uploads import Runtime

DOCKER = Engine("docker", "/usr/bin/docker")
RUNTIME = Runtime(b"", "9f" * 32)
PLACE = ContainerPlace(
    name="modelyard-try-1-1-0",
    labels={"com.modelyard.run": "try"},
    variables={"NODE_RANK": "0"},
    tools=Path("/home/me/.modelyard/runs/try/container"),
    notices=Path("/home/me/.modelyard/runs/try/notices"),
    scratch=Path("/home/me/.modelyard/runs/try/scratch/0"),
    grace_seconds=25.0,
)


def setup_of(tmp_path: Path, job: dict[str, Any], engine: Engine = DOCKER, **changes: Any) -> ContainerSetup:
    there = target(CPU, H100, **changes)
    read = loaded(tmp_path, {"image": "cnn:0.1.0", **job})
    return container_setup(read.job, there, engine, S3Access("aws", "eu-central-1"), RUNTIME)


def test_the_command_has_all_that_a_node_has_on_a_cluster(tmp_path: Path) -> None:
    setup = setup_of(tmp_path, {"resources": {"cpus": 1, "memory": 4}})
    words = (
        "/usr/bin/docker run --rm --interactive --pull never --network host --log-driver none "
        "--name modelyard-try-1-1-0 --security-opt label=disable --label com.modelyard.run=try "
        "--env AWS_DEFAULT_REGION=eu-central-1 --env AWS_REGION=eu-central-1 "
        "--env MODELYARD_NOTICES=/run/modelyard/notices "
        f"--env MODELYARD_RUNTIME=s3://bucket-c/runs/runtime/{'9f' * 32}.pyz "
        "--env MODELYARD_SCRATCH=/scratch --env NODE_RANK=0 "
        "--mount type=bind,src=/home/me/.modelyard/runs/try/container/entrypoint,dst=/opt/modelyard/entrypoint,readonly "
        "--mount type=bind,src=/home/me/.modelyard/runs/try/container/lifeline,dst=/opt/modelyard/lifeline,readonly "
        "--mount type=bind,src=/home/me/.modelyard/runs/try/notices,dst=/run/modelyard/notices,readonly "
        "--mount type=bind,src=/home/me/.modelyard/runs/try/scratch/0,dst=/scratch "
        "--cpus 1 --memory 4g --shm-size 2048m registry/dev:cnn-0.1.0 "
        "/opt/modelyard/lifeline/run 25 /opt/modelyard/entrypoint"
    )
    assert run_command(setup, PLACE) == words.split()
    assert remove_command(DOCKER, PLACE.name) == ["/usr/bin/docker", "rm", "--force", "modelyard-try-1-1-0"]


def test_a_setup_goes_through_a_pipe_as_it_is(tmp_path: Path) -> None:
    setup = setup_of(tmp_path, {"resources": {"shm": 1}}, stores=f"file://{tmp_path}/s")
    assert ContainerSetup.read(json.loads(json.dumps(setup.as_dict()))) == setup


def test_stores_that_are_directories_are_mounted_and_run_as_who_submits(tmp_path: Path) -> None:
    uri = f"file://{tmp_path}/a%20store"
    (tmp_path / "a store-d").mkdir()
    setup = setup_of(tmp_path, {}, stores=uri)
    assert setup.stores == [
        Mount(f"{tmp_path}/a store-c", f"{tmp_path}/a store-c", read_only=False),
        Mount(f"{tmp_path}/a store-d", f"{tmp_path}/a store-d", read_only=True),
    ]
    own = f"{os.getuid()}:{os.getgid()}"
    words = run_command(setup, PLACE)
    assert words[words.index("--user") : words.index("--user") + 2] == ["--user", own]
    assert "HOME=/scratch" in words
    rootless = setup_of(tmp_path, {}, Engine("podman", "podman", rootless=True), stores=uri)
    words = run_command(rootless, PLACE)
    assert words[words.index("--userns") : words.index("--user") + 2] == [
        "--userns",
        "keep-id",
        "--user",
        own,
    ]


def test_datasets_within_the_checkpoints_are_mounted_with_them_and_datasets_that_are_not_there_are_not(
    tmp_path: Path,
) -> None:
    document = {"datasets": {"uri": f"file://{tmp_path}/c/d", "region": "x"}}
    there = target(CPU, stores=f"file://{tmp_path}")
    stores = there.stores.model_copy(
        update={"datasets": there.stores.datasets.model_copy(update={"uri": document["datasets"]["uri"]})}
    )
    inside = there.model_copy(
        update={
            "stores": stores.model_copy(
                update={"checkpoints": stores.checkpoints.model_copy(update={"uri": f"file://{tmp_path}/c"})}
            )
        }
    )
    (tmp_path / "c" / "d").mkdir(parents=True)
    read = loaded(tmp_path, {"image": "cnn:0.1.0"})
    access = S3Access("aws", "eu-central-1")
    assert [mount.source for mount in container_setup(read.job, inside, DOCKER, access, RUNTIME).stores] == [
        f"{tmp_path}/c"
    ]
    assert len(setup_of(tmp_path, {}, stores=f"file://{tmp_path}/away").stores) == 1


def test_a_path_with_a_comma_or_a_quote_is_one_field() -> None:
    assert Mount('/a,b "c"', "/d", read_only=True).words() == [
        "--mount",
        'type=bind,"src=/a,b ""c""",dst=/d,readonly',
    ]


def test_cpus_beyond_this_machine_s_are_not_asked_of_the_engine(tmp_path: Path) -> None:
    assert setup_of(tmp_path, {"resources": {"cpus": 16}}).cpus == min(16, os.cpu_count() or 16)


def test_shared_memory_is_half_of_the_memory_unless_the_job_says_otherwise(tmp_path: Path) -> None:
    assert setup_of(tmp_path, {"resources": {"memory": 6}}).shared_memory_mib == 3_072
    assert setup_of(tmp_path, {"resources": {"memory": 6, "shm": 1}}).shared_memory_mib == 1_024
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    assert setup_of(tmp_path, {}).shared_memory_mib == whole // 2


@pytest.mark.parametrize(
    ("runtimes", "expected"), [('{"nvidia": {}, "runc": {}}', True), ('{"runc": {}}', False), ("", False)]
)
def test_docker_gives_accelerators_where_nvidia_s_runtime_is_set_up(
    stand_in: Any, tmp_path: Path, runtimes: str, expected: bool
) -> None:
    docker = Engine("docker", str(stand_in("docker", f"print({runtimes!r})")))
    assert can_give_gpus(docker) is expected
    setup = setup_of(tmp_path, {"resources": {"accelerators": "H100:8"}}, docker)
    words = run_command(setup, PLACE)
    assert (("--gpus" in words), setup.gpus) == (expected, expected)
    assert not setup_of(tmp_path, {}, docker).gpus, "a job that asks for none gets none"


def test_podman_gives_accelerators_where_their_description_lies(tmp_path: Path) -> None:
    podman = Engine("podman", "podman")
    assert not can_give_gpus(podman, [tmp_path])
    (tmp_path / "nvidia.yaml").touch()
    assert can_give_gpus(podman, [tmp_path / "away", tmp_path])
    setup = ContainerSetup.read({**setup_of(tmp_path, {}, podman).as_dict(), "gpus": True})
    words = run_command(setup, PLACE)
    assert words[words.index("--device") + 1] == "nvidia.com/gpu=all"


def test_what_the_lifeline_brings_first_is_a_length_and_so_many_bytes() -> None:
    said = opening({"TOKEN": "ü\n"})
    assert int(said[:8]) == len(said) - 8
    assert json.loads(said[8:]) == {"TOKEN": "ü\n"}


def planned(
    tmp_path: Path, job: dict[str, Any], *pools: Any, stores: str = "s3://bucket", **access: Any
) -> Plan:
    context = LaunchContext(
        tmp_path, access.get("access") or S3Access("aws", "eu-central-1"), f"{stores}-c", container=True
    )
    resolved = ResolvedTarget(target(*pools, stores=stores), "file", "the file target.json")
    return LocalBackend(context).plan(loaded(tmp_path, {"image": "cnn:0.1.0", **job}), resolved)


@pytest.fixture
def docker(stand_in: Any) -> Path:
    return stand_in("docker", 'print("unix:///x" if sys.argv[1] == "context" else "{}")')


def test_the_plan_says_what_runs_and_what_is_otherwise_than_on_the_cluster(
    docker: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    job = {"file_mounts": {"/data": "data"}, "resources": {"accelerators": "H100:8"}, "num_nodes": 2}
    plan = planned(tmp_path, job, CPU, H100)
    assert list(plan.notes) == [
        (
            f"local: 2 containers of docker on {socket.gethostname()} stand in for the pool's nodes; "
            "they cost nothing, what the pool costs is unpriced"
        ),
        (
            "the image is registry/dev:cnn-0.1.0, as it is on this machine, or else pulled; entrypoint, runtime "
            "and files come to it as on the cluster"
        ),
        (
            "no accelerators are given here (GPUS_PER_NODE is 0), H100:8 on each node there: NVIDIA's container "
            "toolkit isn't set up for docker"
        ),
        "left out here, for want of EFA: FI_PROVIDER",
        "scratch space is .modelyard/runs/<run id>/scratch, which is removed at the end",
        (
            "the stores lie in AWS in eu-central-1, and there are no credentials for it here: "
            "submitting would fail"
        ),
    ]
    operations = [call.operation for call in plan.calls]
    assert operations == ["Put", "Put", "RunContainers"]
    assert plan.calls[0].request["uri"].startswith("s3://bucket-c/runs/archives/")
    assert plan.calls[-1].request["command"].startswith(f"{docker} run --rm --interactive")
    assert plan.rank_environments[1]["MODELYARD_METRICS"] == (
        "/scratch/<a directory of the node's own>/metrics.jsonl"
    )
    assert "2. local Put" in plan_text(plan)


@pytest.mark.parametrize(
    ("access", "note"),
    [
        (
            S3Access("sandbox", "eu-central-1", "http://127.0.0.1:1", {"AWS_ACCESS_KEY_ID": "A"}),
            "it reaches the sandbox at http://127.0.0.1:1 with its false credentials",
        ),
        (
            S3Access("aws", "eu-central-1", None, {"AWS_PROFILE": "me"}),
            "it reaches AWS in eu-central-1 as you yourself, not as the job's role",
        ),
    ],
)
@pytest.mark.usefixtures("docker")
def test_the_plan_says_as_whom_stores_are_reached(tmp_path: Path, access: S3Access, note: str) -> None:
    assert planned(tmp_path, {}, CPU, access=access).notes[-1] == note


@pytest.mark.usefixtures("docker")
def test_the_plan_says_as_whom_it_runs_and_how_secrets_travel(tmp_path: Path) -> None:
    secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hub-AbCdEf"
    notes = planned(tmp_path, {"secrets": {"TOKEN": secret}}, CPU, stores=f"file://{tmp_path}/s").notes
    assert notes[0] == (
        f"local: a container of docker on {socket.gethostname()} stands in for the pool's node; "
        "it costs nothing, the cost is that of the pool"
    )
    assert notes[2:4] == [
        (
            f"it runs as user {os.getuid()}:{os.getgid()}, to whom the stores belong that are directories of this "
            "machine, and not as the image's own"
        ),
        "secrets reach the container by its standard input: the engine is told of none",
    ]


@pytest.mark.usefixtures("docker")
def test_a_job_without_an_image_has_no_container(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        planned(tmp_path, {"image": None}, CPU)
    (problem,) = raised.value.problems
    assert (problem.field, problem.given) == ("image", "nothing")
    assert problem.message == "a container needs an image, and the job has none"
    assert problem.allowed == "the name of an image, as cnn:1.0"
    assert problem.mend == (
        "build one by `modelyard job build JOB`, which says what to write; or leave --container out"
    )


def test_containers_are_asked_for_where_nodes_are_not_always_some(yard: Any) -> None:
    with pytest.raises(InputError) as raised:
        Launcher(target=yard.target_file, container=True)
    (problem,) = raised.value.problems
    assert (problem.field, problem.given) == ("--container", "aws_batch")
    assert problem.message == "nodes of this backend are always containers"
    assert problem.allowed == "--container with the local backend"
    assert problem.mend == "leave it out, or add --backend local to try the job on this machine"
    Launcher(target=yard.target_file, backend="local", container=True)


def test_an_engine_is_named_for_containers_only(yard: Any) -> None:
    answer = yard.modelyard("job", "plan", str(yard.write_job("true")), *yard.here, "--engine", "podman")
    assert answer.returncode == 2
    assert "--engine is for --container" in answer.stderr
