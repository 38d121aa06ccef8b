"""`modelyard job` as people call it: what it prints, and the code that it leaves with."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from typing import Any

import pytest
from patience import PATIENCE_SECONDS

from modelyard.outputs import Host
from modelyard_cli.commands.job import COMMANDS
from modelyard_cli.main import run
from modelyard_launcher.backends import BACKENDS, DEFAULT_BACKENDS


def test_a_job_that_succeeds_leaves_with_0_and_its_lines(
    yard: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    job = yard.write_job('echo "hi from $NODE_RANK"', num_nodes=2)
    assert run(["job", "submit", str(job), *yard.here]) == 0
    out, err = capfd.readouterr()
    assert sorted(out.splitlines()) == ["[0] hi from 0", "[1] hi from 1"]
    assert re.search(r"modelyard: try-\S+ succeeded after \d+s\n$", err)


def test_a_job_that_fails_leaves_with_1_and_its_own_code_is_in_the_record(
    yard: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    job = yard.write_job("echo bad; exit 42")
    assert run(["job", "submit", str(job), *yard.here, "--format", "json"]) == 1
    out, err = capfd.readouterr()
    record = json.loads(out)
    assert (record["schema"], record["state"], record["exit_code"]) == ("modelyard.run/1", "failed", 42)
    assert "[0] bad" in err
    assert run(["job", "status", record["run_id"], *yard.where]) == 0
    out, _ = capfd.readouterr()
    assert "failed after" in out
    assert "rank 0 exited with code 42" in out
    assert "last words of rank 0\n    bad" in out


def test_a_reader_that_has_read_enough_ends_the_run_without_a_traceback(yard: Any) -> None:
    job = yard.write_job("while true; do echo again; sleep 0.05; done")
    command = f"{sys.executable} -m modelyard_cli.main job submit {job} {' '.join(yard.here)} | head -2"
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=yard.project, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert done.stdout.splitlines() == ["[0] again", "[0] again"]
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert yard.job("list")["runs"][0]["reason"] == "whoever read its lines has gone"


def test_runs_are_listed_and_their_logs_shown(yard: Any, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["job", "list", *yard.where]) == 0
    assert capfd.readouterr().out == "no run has been submitted yet\n"
    record, _ = yard.run("echo $NODE_RANK", num_nodes=2)
    assert run(["job", "list", *yard.where]) == 0
    heading, line = capfd.readouterr().out.splitlines()
    assert heading.split() == ["RUN", "STATE", "NODES", "TRIED", "TOOK", "SPENT", "REASON"]
    assert line.split()[:4] == [record.run_id, "succeeded", "2", "1"]
    assert run(["job", "logs", record.run_id, *yard.where]) == 0
    assert capfd.readouterr().out == "[0] 0\n[1] 1\n"
    assert run(["job", "logs", record.run_id, *yard.where, "--rank", "1"]) == 0
    assert capfd.readouterr().out == "1\n"
    assert run(["job", "logs", record.run_id, *yard.where, "--format", "json"]) == 0
    assert [json.loads(each) for each in capfd.readouterr().out.splitlines()] == [
        {"rank": 0, "line": "0"},
        {"rank": 1, "line": "1"},
    ]
    assert run(["job", "logs", record.run_id, *yard.where, "--rank", "2"]) == 2
    assert "has ranks 0 to 1" in capfd.readouterr().err


def test_how_far_a_run_came_is_told_after_its_end(yard: Any, capfd: pytest.CaptureFixture[str]) -> None:
    record, _ = yard.run(r"""echo '{"step": 1088}' >> "$MODELYARD_METRICS" """)
    assert run(["job", "status", record.run_id, *yard.where]) == 0
    assert "\n  progress     step 1,088\n" in capfd.readouterr().out
    record, _ = yard.run("true")
    assert run(["job", "status", record.run_id, *yard.where]) == 0
    assert "progress" not in capfd.readouterr().out


def test_logs_read_as_the_lines_that_were_seen(yard: Any, capfd: pytest.CaptureFixture[str]) -> None:
    record, seen = yard.run(r"printf 'step 1\rstep 2\rstep 3\r\n\377\nno end'")
    assert run(["job", "logs", record.run_id, *yard.where, "--follow"]) == 0
    assert capfd.readouterr().out.splitlines() == seen == ["[0] step 3", "[0] \ufffd", "[0] no end"]


def test_a_plan_is_printed_and_nothing_is_submitted(yard: Any, capfd: pytest.CaptureFixture[str]) -> None:
    job = yard.write_job("true")
    assert run(["job", "plan", str(job), *yard.here]) == 0
    assert capfd.readouterr().out.startswith("job try on dev, backend local\n")
    assert run(["job", "plan", str(job), *yard.here, "--format", "json"]) == 0
    assert json.loads(capfd.readouterr().out)["schema"] == "modelyard.plan/1"
    assert not (yard.project / "checkpoints").exists()
    assert not (yard.project / ".modelyard").exists()


def test_a_plan_is_as_wide_as_the_terminal(yard: Any) -> None:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    words = [
        sys.executable,
        "-m",
        "modelyard_cli.main",
        "job",
        "plan",
        str(yard.write_job("true")),
        *yard.here,
    ]
    environ = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    shown = b""
    with subprocess.Popen(words, cwd=yard.project, stdout=theirs, env=environ) as process:
        os.close(theirs)
        with suppress(OSError):  # EIO, once the other side is closed
            while read := os.read(ours, 4_096):
                shown += read
    os.close(ours)
    assert process.returncode == 0
    text = shown.decode()
    cost = text[text.index("  cost") : text.index("  limits")].splitlines()
    assert len(cost) > 1
    assert max(map(len, cost)) <= 60


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("plan", "no-such.yaml"), 2, "there is no such file"),
        (("submit", "no-such.yaml"), 2, "there is no such file"),
        (("status", "try-20260101-000000-0000"), 2, "there is no such run"),
        (("cancel", "../etc"), 2, "this is no run's id"),
        (("logs", "try-20260101-000000-0000"), 2, "see `modelyard job list`"),
        (("submit", "job.yaml", "--backend", "slurm"), 2, "there is no such backend"),
        (("list", "--limit", "0"), 2, "--limit"),
    ],
)
def test_what_is_asked_wrongly_leaves_with_2(
    yard: Any,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: Any,
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(yard.project)
    yard.write_job("true")
    assert run(["job", *arguments, *yard.where]) == code
    assert words in capfd.readouterr().err


def test_a_run_that_was_lost_is_not_shown_as_running(yard: Any, capfd: pytest.CaptureFixture[str]) -> None:
    record, _ = yard.run("true")
    [attempt], supervisor = record.attempts, record.supervisor
    began = attempt.model_copy(update={"ended": None, "exit_code": None, "ranks": []})
    shutil.rmtree(yard.project / "checkpoints" / "runs" / record.run_id / "attempts" / attempt.name / "ends")
    gone = supervisor.model_copy(update={"identity": "another process"})
    yard.backend()._context.runs.write(
        record.model_copy(update={"state": "running", "ended": None, "attempts": [began], "supervisor": gone})
    )
    for command in ("status", "cancel", "status"):
        assert run(["job", command, record.run_id, *yard.where]) == 0
    out = capfd.readouterr().out
    assert f"{record.run_id} lost: its supervisor" in out
    assert f"{record.run_id} cancelled after" in out
    assert out.count("  attempt 1    nobody saw how it ended\n") == 2
    assert "running" not in out


def test_a_misspelt_run_is_told_the_nearest(yard: Any, capfd: pytest.CaptureFixture[str]) -> None:
    record, _ = yard.run("true")
    for misspelt in (record.run_id[:-1], record.run_id.upper(), f"{record.run_id}x"):
        assert run(["job", "status", misspelt, *yard.where]) == 2
        assert f"mend: did you mean {record.run_id}?" in capfd.readouterr().err
    assert run(["job", "status", "", *yard.where]) == 2
    assert 'given: ""' in capfd.readouterr().err


@pytest.mark.parametrize(
    "command", ["plan job.yaml", "submit job.yaml", "list", "status x", "logs x", "cancel x"]
)
def test_an_environment_and_a_target_together_are_refused(
    yard: Any, command: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(yard.project)
    yard.write_job("true")
    assert run(["job", *command.split(), *yard.where, "--env", "dev"]) == 2
    assert "--env names an environment and --target another" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name: job\n", ["target.json\n  invalid JSON", 'given: "name: job\\n"']),
        ("{}", ["target.json: environment\n  field required", "given: nothing"]),
        (None, ["--target\n  it can't be read: no such file or directory", "target.json"]),
    ],
)
def test_a_file_that_is_no_target_is_refused_in_words(
    yard: Any, content: str | None, said: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    where = yard.where
    yard.target_file.unlink()
    if content is not None:
        (yard.project / "target.json").write_text(content)
    assert run(["job", "list", *where]) == 2
    error = capfd.readouterr().err
    assert all(part in error for part in said), error


def test_an_environment_that_is_not_up_leaves_with_3(
    yard: Any, capfd: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    job = yard.write_job("true")
    assert run(["job", "submit", str(job), "--env", "dev", "--format", "json"]) == 3
    out, err = capfd.readouterr()
    assert json.loads(out)["exitCode"] == 3
    assert "mend: check AWS_ENDPOINT_URL" in err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["job", name, "--help"]) == 0
    assert f"Example: modelyard job {name}" in capsys.readouterr().out


@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != DEFAULT_BACKENDS["azure"]])
def test_a_plan_imports_neither_pulumi_nor_boto3_nor_moto(yard: Any, backend: str) -> None:
    job = yard.write_job("true", image="cnn:1.0")
    stores = yard.target.stores
    elsewhere = {
        name: getattr(stores, name).model_copy(update={"uri": f"s3://{name}"})
        for name in ("datasets", "checkpoints")
    }
    host = Host(entrypoint_path="/opt/modelyard/entrypoint", notices_path="/run/n", scratch_path="/scratch")
    yard.target = yard.target.model_copy(update={"stores": stores.model_copy(update=elsewhere), "host": host})
    program = (
        "import sys\nfrom modelyard_cli.main import run\n"
        f"assert run(['job', 'plan', {str(job)!r}, '--backend', {backend!r}, '--target', {yard.where[1]!r}]) == 0\n"
        "heavy = {'pulumi', 'pulumi_aws', 'boto3', 'botocore', 'moto', 'rich', 'keras', 'jax'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
