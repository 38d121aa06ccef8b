"""The mpirun of Open MPI itself: MPI works in the programs of its processes, and their ends are told as all others."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from patience import GONE_SECONDS

from modelyard_launcher.backends.azure_ml import start

MPIRUN = Path(sys.executable).with_name("mpirun")
RANKS = 3
PROGRAM = """
import os, pathlib, signal, sys, time
from mpi4py import MPI

def save(*_):
    time.sleep(0.7)
    pathlib.Path(f"saved{rank}").touch()
    os._exit(0)

world = MPI.COMM_WORLD
rank, total = world.rank, world.allreduce(world.rank + 1)
print("rank", rank, "of", world.size, "sum", total, os.environ["RANK"], os.environ["LOCAL_RANK"], flush=True)
how = sys.argv[1]
if how != "succeed":
    signal.signal(signal.SIGTERM, save)
    world.Barrier()
    if rank == 2 and how == "abort":
        world.Abort(7)
    if rank == 2:
        os._exit(5)
    time.sleep(60)
"""
"""The two others save when they are asked to, which takes longer than mpirun leaves to what it ends."""

pytestmark = pytest.mark.skipif(
    not MPIRUN.exists() and os.environ.get("CI") != "true",
    reason="there is no mpirun: the extra dev has none for this machine",
)


def by_mpirun(nodes: Any, how: str) -> tuple[Any, str]:
    """A program's run, started as Azure Machine Learning does; mpirun's process, and the attempt's name."""
    nodes.submit(f"exec {sys.executable} program.py {how}", distribution="mpi")
    (nodes.directory / "program.py").write_text(PROGRAM)
    shutil.copy(start.__file__, nodes.directory / "start.py")
    shutil.copy(nodes.runtime, nodes.directory / "runtime.pyz")
    # Ports come from the submission's number, and other tests run on this machine.
    submission = os.getpid()
    starts = f"exec {sys.executable} -I start.py"
    process = nodes.start(
        before=[str(MPIRUN), "--allow-run-as-root", "--oversubscribe", "-n", str(RANKS), "sh", "-c", starts],
        MODELYARD_PROCESSES_PER_NODE=str(RANKS),
        MODELYARD_SUBMISSION=str(submission),
        MASTER_ADDR="",
        AZ_BATCHAI_MPI_MASTER_NODE="127.0.0.1",
        HOME=str(nodes.directory),
    )
    process.wait()
    return process, f"{submission:03d}-01"


def test_programs_speak_mpi_with_each_other(nodes: Any):
    process, attempt = by_mpirun(nodes, "succeed")
    assert process.wait() == 0, process.err
    said = [line.rpartition(" ") for line in sorted(process.out.splitlines())]
    assert [line for line, _, _ in said] == [f"rank {rank} of 3 sum 6 {rank}" for rank in range(RANKS)]
    assert sorted(local for _, _, local in said) == ["0", "1", "2"], "in an order of mpirun's own"
    assert [nodes.end(rank, attempt)["kind"] for rank in range(RANKS)] == ["succeeded"] * RANKS


@pytest.mark.parametrize(("how", "code"), [("die", 5), ("abort", 7)])
def test_a_rank_that_fails_is_the_reason_and_all_others_save(
    nodes: Any, eventually: Any, how: str, code: int
):
    process, attempt = by_mpirun(nodes, how)
    assert process.wait() == code, process.err
    # After MPI_Abort mpirun kills what it has started, and is gone before the runtimes are.
    ends = [eventually(lambda rank=rank: nodes.end(rank, attempt)) for rank in range(RANKS)]
    assert [end["reason"] for end in ends] == [f"rank 2 exited with code {code}"] * RANKS
    assert [end["kind"] for end in ends] == ["program"] * RANKS
    assert ends[0]["exit_code"] == code
    assert (nodes.has("saved0"), nodes.has("saved1")) == (True, True)
    eventually(lambda: not nodes.processes(), GONE_SECONDS)
