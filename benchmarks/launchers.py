"""The launcher beside torchx and SkyPilot, each in an environment of its own: start-up, plans, sweeps, runs.

Usage: python benchmarks/launchers.py

Medians of five, after one to warm the caches. `plan` is a gang of two nodes with eight GPUs each, without
network. `10,000 variants` is the work in one process after its imports: for modelyard the whole plan of the
sweep, with its one call to the cloud; for torchx a dry run for each variant; for SkyPilot a task for each.
`1,000 runs` are records in a directory, listed by the command line: cold, and once the cache knows those that
don't change.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from peers import installed

TIMES = 5
VARIANTS = 10_000
RUNS = 1_000
TORCHX, SKYPILOT = "0.7.0", "0.14.1"

BUDGET_SECONDS = {"help": 0.15, "plan": 0.30, "10,000 variants": 1.0, "1,000 runs": 0.3}
"""What may be taken above a bare interpreter."""

REPOSITORY = Path(__file__).parents[1]
MODELYARD = str(Path(sys.executable).with_name("modelyard"))

TORCHX_SWEEP = """
import time
from torchx.components.utils import sh
from torchx.runner import get_runner
with get_runner() as runner:
    begin = time.perf_counter()
    for seed in range({variants}):
        runner.dryrun(sh("python", "train.py", image="cnn:1.0", env={{"SEED": str(seed)}}), "local_cwd")
    print(time.perf_counter() - begin)
"""

SKY_SWEEP = """
import time
import sky
begin = time.perf_counter()
for seed in range({variants}):
    sky.Task.from_yaml_config(
        {{"name": "cnn", "resources": {{"cpus": 2}}, "envs": {{"SEED": str(seed)}}, "run": "python train.py"}}
    )
print(time.perf_counter() - begin)
"""

OUR_SWEEP = """
import json, sys, time
from modelyard_launcher import Launcher
import modelyard_launcher.load, modelyard_launcher.plan_text, modelyard_launcher.sweeps
import modelyard_launcher.backends.aws_batch.backend
yard = Launcher(target=sys.argv[1])
begin = time.perf_counter()
document = yard.plan(sys.argv[2]).as_dict()
taken = time.perf_counter() - begin
assert document["sweep"]["variants"] == {variants}, document["sweep"]
assert [call["operation"] for call in document["calls"]].count("SubmitJob") == 1
print(taken)
"""


def median(command: list[str], directory: Path, environ: dict[str, str] | None = None) -> float:
    """Median wall time of a command, in seconds."""
    taken: list[float] = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        subprocess.run(
            command, cwd=directory, check=True, capture_output=True, env={**os.environ, **(environ or {})}
        )
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def printed(command: list[str], directory: Path) -> float:
    """The number that a command prints last."""
    done = subprocess.run(command, cwd=directory, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def main() -> int:
    """Print the figures; 1 if a budget is exceeded."""
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        bare = median([sys.executable, "-c", "pass"], directory)
        figures = {**ours(directory), **torchx(directory), **skypilot(directory)}
    print(f"{'what':<18} {'who':<10} {'seconds':>8} {'above bare':>11} {'budget':>7}")
    print(f"{'python -c pass':<29} {bare:8.3f}")
    exceeded = False
    for (what, who), seconds in figures.items():
        budget = BUDGET_SECONDS.get(what) if who == "modelyard" else None
        above = seconds if what.endswith("variants") else seconds - bare
        exceeded = exceeded or (budget is not None and above > budget)
        allowed = f"{budget:7.2f}" if budget is not None else ""
        print(f"{what:<18} {who:<10} {seconds:8.3f} {above:11.3f} {allowed}".rstrip())
    return int(exceeded)


def ours(directory: Path) -> dict[tuple[str, str], float]:
    """What modelyard takes."""
    target = directory / "target.json"
    target.write_text(json.dumps(target_document(directory)))
    job = {"name": "cnn", "image": "cnn:1.0", "run": "python train.py", "timeout": "1h"}
    gang = directory / "gang.yaml"
    gang.write_text(yaml.safe_dump({**job, "num_nodes": 2, "resources": {"accelerators": "H100:8"}}))
    sweep = directory / "sweep.yaml"
    sweep.write_text(
        yaml.safe_dump(
            {
                **job,
                "sweep": {
                    "random": {"SEED": {"min": 0, "max": 1_000_000, "integer": True}},
                    "count": VARIANTS,
                    "seed": 1,
                },
            }
        )
    )
    write_runs(directory / "records")
    listed = directory / "listed.json"
    listed.write_text(json.dumps(target_document(directory / "records", local=True)))
    script = directory / "sweep.py"
    script.write_text(OUR_SWEEP.format(variants=VARIANTS))
    cold = [MODELYARD, "job", "list", "--target", str(listed), "--limit", str(RUNS)]
    cache = {"MODELYARD_CACHE_DIR": str(directory / "cache")}
    return {
        ("help", "modelyard"): median([MODELYARD, "--help"], directory),
        ("plan", "modelyard"): median(
            [MODELYARD, "job", "plan", str(gang), "--target", str(target)], directory
        ),
        ("10,000 variants", "modelyard"): statistics.median(
            printed([sys.executable, str(script), str(target), str(sweep)], directory) for _ in range(TIMES)
        ),
        ("1,000 runs, cold", "modelyard"): median(cold, directory, {"MODELYARD_CACHE_DIR": "/dev/null/none"}),
        ("1,000 runs", "modelyard"): median(cold, directory, cache),
    }


def torchx(directory: Path) -> dict[tuple[str, str], float]:
    """What torchx takes; nothing if it can't be installed."""
    binaries = installed("torchx[aws_batch]", TORCHX, "setuptools")
    if binaries is None:
        return {}
    tool = str(binaries / "torchx")
    dry_run = [tool, "run", "--dryrun", "-s", "local_cwd", "dist.ddp", "-j", "2x8", "--script", "train.py"]
    figures = {
        ("help", "torchx"): lambda: median([tool, "--help"], directory),
        ("plan", "torchx"): lambda: median(dry_run, directory),
        ("10,000 variants", "torchx"): lambda: sweep_of(binaries, TORCHX_SWEEP, directory),
    }
    return measured(figures)


def skypilot(directory: Path) -> dict[tuple[str, str], float]:
    """What SkyPilot takes; nothing if it can't be installed. Its dry run asks a cloud: so there is none."""
    binaries = installed("skypilot", SKYPILOT, "setuptools<80")
    if binaries is None:
        return {}
    figures = {
        ("help", "skypilot"): lambda: median([str(binaries / "sky"), "--help"], directory),
        ("10,000 variants", "skypilot"): lambda: sweep_of(binaries, SKY_SWEEP, directory),
    }
    return measured(figures)


def measured(figures: dict[tuple[str, str], Callable[[], float]]) -> dict[tuple[str, str], float]:
    """What each takes; what fails is told and left out."""
    found: dict[tuple[str, str], float] = {}
    for key, measure in figures.items():
        try:
            found[key] = measure()
        except subprocess.CalledProcessError as error:
            said = (error.stderr or b"").decode() if isinstance(error.stderr, bytes) else error.stderr or ""
            print(f"{key[1]}: {key[0]} failed: {said.strip().splitlines()[-1:]}")
    return found


def sweep_of(binaries: Path, program: str, directory: Path) -> float:
    """Seconds that a peer's own program takes for all variants: one run, since it takes long enough."""
    script = directory / "peer.py"
    script.write_text(program.format(variants=VARIANTS))
    return printed([str(binaries / "python"), str(script)], directory)


def target_document(directory: Path, *, local: bool = False) -> dict[str, object]:
    """A launch target with a pool of CPU nodes and one of H100 nodes."""
    names = {name: f"file://{directory}/{name}" if local else f"s3://{name}" for name in STORES}
    pool = {
        "queue_arn": "arn:aws:batch:eu-central-1:123456789012:job-queue/dev-cpu",
        "max_nodes": 8,
        "max_nodes_per_job": 8,
        "capacity": "on_demand",
    }
    cpu = {"name": "cpu", "instance_type": "c7i.4xlarge", "accelerator": None, "accelerators_per_node": 0}
    gpu = {"name": "gpu", "instance_type": "p5.48xlarge", "accelerator": "H100", "accelerators_per_node": 8}
    plain = {"efa_interfaces": 0, "environment": {}}
    fabric = {"efa_interfaces": 32, "environment": {"FI_PROVIDER": "efa"}}
    host = {"entrypoint_path": "/opt/modelyard/entrypoint", "notices_path": "/run/modelyard/notices"}
    return {
        "schema": "modelyard.target/1",
        "environment": "dev",
        "cloud": "aws",
        "account_id": "123456789012",
        "region": "eu-central-1",
        "stores": {name: {"uri": uri, "region": "eu-central-1"} for name, uri in names.items()},
        "registry": {"repository_url": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/dev"},
        "roles": {
            "job_role_arn": "arn:aws:iam::123456789012:role/dev-job",
            "execution_role_arn": "arn:aws:iam::123456789012:role/dev-execution",
        },
        "log_group": "/modelyard/dev/jobs",
        "pools": [
            {**pool, **cpu, "vcpus": 16, "memory_mib": 32_768, "fabric": plain},
            {**pool, **gpu, "vcpus": 192, "memory_mib": 2_097_152, "fabric": fabric},
        ],
        "host": {**host, "scratch_path": "/scratch"},
    }


STORES = ("datasets", "checkpoints")


def write_runs(directory: Path) -> None:
    """Records of runs as the launcher writes them: nine in ten have succeeded, the rest failed just now."""
    from modelyard_launcher.records import RunRecord

    moment = datetime.now(UTC)
    for number in range(RUNS):
        ended = moment - timedelta(minutes=number)
        failed = number % 10 == 0
        record = RunRecord.model_validate(
            {
                "run_id": f"cnn-{ended:%Y%m%d-%H%M%S}-{number:04x}",
                "state": "failed" if failed else "succeeded",
                "reason": "rank 1 exited with code 1" if failed else None,
                "backend": "local",
                "environment": "dev",
                "pool": "cpu",
                "num_nodes": 2,
                "created": ended - timedelta(hours=1),
                "updated": ended,
                "ended": ended,
                "attempts": [
                    {"number": 1, "name": "001-01", "started": ended, "ended": ended, "exit_code": 0}
                ],
                "plan_digest": "0" * 64,
                "job": {
                    "name": "cnn",
                    "run": "python train.py",
                    "envs": {f"V{n}": "x" * 40 for n in range(20)},
                },
                "target": target_document(directory),
            }
        )
        file = directory / "checkpoints" / "runs" / record.run_id / "run.json"
        file.parent.mkdir(parents=True)
        file.write_text(record.model_dump_json(by_alias=True, indent=1))


if __name__ == "__main__":
    sys.exit(main())
