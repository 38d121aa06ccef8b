"""How long commands take to start: medians of five, beside a bare interpreter's and torchx's.

Usage: python benchmarks/cli.py
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

TIMES = 5

BUDGET_SECONDS = {"modelyard --help": 0.15, "modelyard job plan": 0.30}
"""What a command may take above a bare interpreter."""

JOB = """\
name: benchmark
num_nodes: 2
resources: {cpus: 2, memory: 4}
distribution: jax
run: python train.py
timeout: 30m
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a command took, in seconds."""

    wall: float
    processor: float
    """User and system time: what it would take on a machine that does nothing else."""


def median_taken(command: list[str], directory: Path) -> Taken:
    """Medians of five runs, after one to warm the caches."""
    wall: list[float] = []
    processor: list[float] = []
    for _ in range(TIMES + 1):
        began, used = time.perf_counter(), processor_seconds()
        subprocess.run(command, cwd=directory, check=True, capture_output=True)
        wall.append(time.perf_counter() - began)
        processor.append(processor_seconds() - used)
    return Taken(statistics.median(wall[1:]), statistics.median(processor[1:]))


def processor_seconds() -> float:
    """Processor time of all commands so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> int:
    """Print the figures; 1 if a budget is exceeded."""
    repository = Path(__file__).parents[1]
    modelyard = str(Path(sys.executable).with_name("modelyard"))
    print(f"{'command':<28} {'seconds':>8} {'above bare':>11} {'budget':>7} {'processor':>10}")
    bare = median_taken([sys.executable, "-c", "pass"], repository)
    show("python -c pass", bare, bare, None)
    exceeded = False
    with tempfile.TemporaryDirectory() as scratch:
        job = Path(scratch) / "job.yaml"
        job.write_text(JOB)
        environment = str(repository / "stacks" / "Pulumi.dev.yaml")
        commands = {
            "modelyard --help": [modelyard, "--help"],
            "modelyard job plan": [modelyard, "job", "plan", str(job), "--env", environment],
        }
        for name, command in commands.items():
            taken = median_taken(command, Path(scratch))
            exceeded = exceeded or taken.wall - bare.wall > BUDGET_SECONDS[name]
            show(name, taken, bare, BUDGET_SECONDS[name])
    torchx = shutil.which("torchx")
    if torchx is None:
        print("torchx isn't on PATH: nothing to compare with")
    else:
        dry_run = [torchx, "run", "--dryrun", "-s", "local_cwd", "utils.echo", "--msg", "hi"]
        show("torchx --help", median_taken([torchx, "--help"], repository), bare, None)
        show("torchx run --dryrun", median_taken(dry_run, repository), bare, None)
    return int(exceeded)


def show(name: str, taken: Taken, bare: Taken, budget: float | None) -> None:
    """One line of the table."""
    allowed = f"{budget:7.2f}" if budget is not None else " " * 7
    print(f"{name:<28} {taken.wall:8.3f} {taken.wall - bare.wall:11.3f} {allowed} {taken.processor:10.3f}")


if __name__ == "__main__":
    sys.exit(main())
