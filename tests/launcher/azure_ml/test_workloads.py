"""Training containers on the environment azure-dev, on two nodes: they lose a node, and train on from a checkpoint.

Data come from blobs of the sandbox and checkpoints go there. A node of the CNN's is taken back, and its job begins
anew by itself. Of the VAE, whoever submitted it is killed, then the main node's runtime, and, once it is submitted
again, that node's machine is lost: a supervisor goes on.
Each comes to the numbers of a run that nobody disturbed, to the last bit.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure_ml_environment import ENVIRONMENT, AzureDev
from azurite_yard import quiet
from blob_fixtures import CACHE, HINT
from patience import eventually

from modelyard_cli.main import run
from modelyard_launcher.records import RunRecord
from modelyard_launcher.supervise import decide
from modelyard_sandbox.azurite.install import installed
from modelyard_sandbox.job_faults import JobFault
from modelyard_sandbox.running.settings import GRACE_VARIABLE
from modelyard_sandbox.sandbox import Sandbox

RUN = re.compile(r"run (digits-vae-[0-9a-z-]+)")
SIZES = {"cnn": "--epochs 20", "vae": "--epochs 30"}


@pytest.fixture(scope="module")
def azure_dev_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AzureDev]:
    """The environment, with the images and the data of its jobs; skipped without Azurite, but not in CI."""
    project = tmp_path_factory.mktemp(ENVIRONMENT)
    sandbox = Sandbox(project / ".modelyard" / "sandbox")
    with pytest.MonkeyPatch.context() as outer:
        outer.setenv("MODELYARD_AZURITE_CACHE", str(CACHE))
        outer.setenv(GRACE_VARIABLE, "5")
        if installed() is None:
            if os.environ.get("CI") == "true":
                pytest.fail(HINT)
            pytest.skip(HINT)
        sandbox.start(lifeline=True)
        try:
            sandbox.start_blobs(quiet)
            made = AzureDev.up_in(sandbox, project)
            for workload in SIZES:
                made.import_image(f"{workload}:0.1.0")
            made.prepare_dataset()
            yield made
        finally:
            sandbox.stop()
    log = sandbox.log_path.read_text()
    assert "Traceback" not in log, log[log.index("Traceback") - 200 :][:3000]


@pytest.fixture
def azure_dev(azure_dev_up: AzureDev) -> Iterator[AzureDev]:
    """The environment for one test, whose jobs must have left nothing behind."""
    yield azure_dev_up
    azure_dev_up.sandbox.set_job_faults()
    azure_dev_up.leave_nothing()


def outcome(azure_dev: AzureDev, record: RunRecord) -> dict[str, Any]:
    """What training came to: the files of its last checkpoint, what was measured, and every epoch's means."""
    result = azure_dev.stored(f"runs/{record.run_id}/result.json")
    manifest = azure_dev.stored(f"checkpoints/{record.run_id}/step-{result['step']:010d}/manifest.json")
    epochs = {
        line["step"]: {name: line[name] for name in line.keys() - {"run_id", "attempt", "seconds", "at"}}
        for line in azure_dev.metrics(record)
        if line["kind"] == "epoch"
    }
    assert epochs
    return {"step": result["step"], "files": manifest["files"], "epochs": epochs}


def assert_went_on(azure_dev: AzureDev, record: RunRecord, saved: list[int]) -> None:
    """A run of several attempts, each after the first begun at a checkpoint that was whole as the one before
    was lost (`saved`), and the last to its end.
    """
    assert (record.state, record.exit_code) == ("succeeded", 0), record.as_dict()
    last = record.attempts[-1]
    assert (last.kind, [(rank.rank, rank.exit_code) for rank in last.ranks]) == (
        "succeeded",
        [(0, 0), (1, 0)],
    )
    told = re.findall(
        r"^resumed after step (\d+) of (\d+) .*from checkpoints/(\S+)/step-(\d+)/manifest\.json",
        "\n".join(azure_dev.lines(record)),
        re.MULTILINE,
    )
    assert len(told) == len(saved) == len(record.attempts) - 1
    result = azure_dev.stored(f"runs/{record.run_id}/result.json")
    for (resumed, total, run_id, step), before in zip(told, saved, strict=True):
        assert (run_id, int(step), int(total)) == (record.run_id, int(resumed), result["step"])
        assert before <= int(resumed) < int(total)
    assert (result["attempt"], result["num_nodes"]) == (len(record.attempts), 2)
    assert azure_dev.newest_checkpoint(record.run_id) == result["step"]
    assert result["checkpoint"]["uri"].startswith(f"{azure_dev.target.stores.checkpoints.uri}/checkpoints/")


def assert_same(disturbed: dict[str, Any], unbroken: dict[str, Any]) -> None:
    """The same weights to the last bit, and the same numbers of every epoch that either tells of: what a main node
    hadn't yet handed over as it was lost is told by nobody.
    """
    assert (disturbed["step"], disturbed["files"]) == (unbroken["step"], unbroken["files"])
    assert disturbed["step"] in disturbed["epochs"]
    for step, means in disturbed["epochs"].items():
        assert means == unbroken["epochs"][step], step


def undisturbed(azure_dev: AzureDev, workload: str, envs: dict[str, str]) -> dict[str, Any]:
    """What the same training comes to by itself."""
    record = azure_dev.over(azure_dev.submit(azure_dev.job(workload, SIZES[workload], envs)))
    assert record.state == "succeeded", record.as_dict()
    assert [each.name for each in record.attempts] == ["001-01"]
    return outcome(azure_dev, record)


@pytest.mark.slow
def test_a_node_of_the_cnns_is_taken_back_and_its_job_begins_anew_and_trains_on_by_itself(
    azure_dev: AzureDev, compiled_once: dict[str, str]
) -> None:
    cheap = azure_dev.job("cnn", SIZES["cnn"], compiled_once, resources={"use_spot": True})
    record = azure_dev.submit(cheap)
    assert record.pool == "cheap"
    saved = eventually(lambda: azure_dev.newest_checkpoint(record.run_id))
    azure_dev.sandbox.set_job_faults(JobFault("spot_interruption", job=f"{record.run_id}-1", node=1))
    record = azure_dev.over(record)

    assert [each.number for each in record.submissions] == [1], "nobody submitted it again"
    first, second = record.attempts
    assert (first.name, first.kind) == ("001-01", "host")
    assert (second.name, second.kind, second.exit_code) == ("001-02", "succeeded", 0)
    assert_went_on(azure_dev, record, [saved])
    assert_same(outcome(azure_dev, record), undisturbed(azure_dev, "cnn", compiled_once))


@pytest.mark.slow
def test_the_vaes_launcher_is_killed_then_its_main_nodes_runtime_then_that_nodes_machine_is_lost(
    azure_dev: AzureDev,
    compiled_once: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_id = submitted_by_one_who_is_killed(azure_dev, azure_dev.job("vae", SIZES["vae"], compiled_once))
    eventually(lambda: azure_dev.newest_checkpoint(run_id))
    os.kill(azure_dev.runtime_of(0), signal.SIGKILL)
    ended = azure_dev.over(azure_dev.record(run_id))
    # Code 137 is all that the service is told, and a program's would be the same: nobody begins it anew by itself.
    assert (ended.state, ended.reason) == ("failed", "a node's program was ended by SIGKILL (exit code 137)")
    saved = [azure_dev.newest_checkpoint(run_id)]

    azure_dev.again(ended)
    saved.append(eventually(lambda: newer_than(azure_dev, run_id, saved[0])))
    azure_dev.sandbox.set_job_faults(JobFault("host_failure", job=f"{run_id}-2", node=0))
    # An attempt whose machine is lost leaves no word of its steps, and what came no further is waited after.
    monkeypatch.setattr(decide, "FIRST_PAUSE_SECONDS", 0.5)
    with contextlib.chdir(azure_dev.project):
        code = run(["job", "supervise", run_id, "--env", ENVIRONMENT, "--every", "1s"])
    said = capsys.readouterr()
    assert code == 0, said
    assert re.search(rf"run {run_id} is submitted again from step \d+", said.err), said
    record = azure_dev.record(run_id)
    assert [each.job_name for each in record.submissions] == [f"{run_id}-{number}" for number in (1, 2, 3)]
    assert [each.name for each in record.attempts] == ["001-01", "002-01", "003-01"]
    assert record.submissions[1].kind == "host"
    assert_went_on(azure_dev, record, saved)
    assert_same(outcome(azure_dev, record), undisturbed(azure_dev, "vae", compiled_once))


def submitted_by_one_who_is_killed(azure_dev: AzureDev, job: Path) -> str:
    """The run of a job whose `job submit` is killed as it shows the first epoch; the run goes on."""
    with subprocess.Popen(
        azure_dev.command("submit", str(job)),
        cwd=azure_dev.project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as launcher:
        assert launcher.stdout is not None
        found = next((each for line in launcher.stdout if (each := RUN.search(line))), None)
        trains = any("epoch 1/" in line for line in launcher.stdout)
        launcher.kill()
    assert found is not None
    assert trains, "it ended before"
    assert not azure_dev.record(found[1]).finished
    return found[1]


def newer_than(azure_dev: AzureDev, run_id: str, step: int) -> int:
    """The newest checkpoint, once it is a newer one; else 0."""
    newest = azure_dev.newest_checkpoint(run_id)
    return newest if newest > step else 0
