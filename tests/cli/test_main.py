"""The command line as a whole: help, exit codes, errors for people and for programs, completion, imports."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from patience import PATIENCE_SECONDS, eventually
from previewing import ROOT

from modelyard.errors import InputError, ModelyardError, Problem, SurroundingsError
from modelyard_cli import main as main_module
from modelyard_cli.commands.job import COMMANDS as JOB_COMMANDS
from modelyard_cli.commands.job import command as jobs
from modelyard_cli.main import COMMANDS, cli, main, run

Answer = Callable[[], Any]

HEAVY = {"boto3", "botocore", "google", "grpc", "keras", "jax", "moto", "numpy", "pulumi", "pulumi_aws", "pydantic", "rich", "yaml"}  # fmt: skip
AZURE = {"azure", "pulumi_azure_native", "modelyard.azure"}
PLANS_NOTHING = {"boto3", "botocore", "grpc", "keras", "jax", "moto", "pulumi", "pulumi_aws", "rich"}


class NoError(ModelyardError):
    """An answer that is no."""


def every_command() -> list[list[str]]:
    """The words of every command and of every group."""
    found: list[list[str]] = [[]]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        found.append([name])
        if isinstance(command, click.Group):
            found += [[name, each] for each in command.list_commands(click.Context(command))]
    return found


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes the command `doctor` raise something."""

    def set_up(error: BaseException) -> None:
        @click.command("doctor")
        @click.option("--format", "output_format")
        def command(output_format: str) -> None:
            raise error

        monkeypatch.setattr("modelyard_cli.commands.doctor.command", command)

    return set_up


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_every_help_has_an_example_of_its_own_on_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, "--help"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    examples = [line for line in lines if line.startswith("Example: ")]
    assert len(examples) == 1
    assert f"modelyard {' '.join(words)}".strip() in examples[0]


@pytest.mark.parametrize("words", [[], ["job"], ["sandbox"]], ids=" ".join)
def test_lines_about_commands_are_whole(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run([*words, "--help"])
    assert "..." not in capsys.readouterr().out.replace("[ARGS]...", "")


def test_commands_are_listed_in_the_order_of_their_use(capsys: pytest.CaptureFixture[str]) -> None:
    run(["job", "--help"])
    listed = capsys.readouterr().out.partition("Commands:")[2].split("Example")[0].splitlines()
    assert [line.split()[0] for line in listed if line.strip()] == list(JOB_COMMANDS)


def test_help_lists_every_command_and_imports_none(
    imported: Callable[..., set[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    run(["--help"])
    out = " ".join(capsys.readouterr().out.split())
    for name, what in COMMANDS.items():
        assert f" {name} {what}" in out
    modules = imported(["--help"])
    assert not {name for name in modules if name.startswith("modelyard_cli.commands")}
    assert not HEAVY & modules


def test_the_line_about_each_command_is_the_one_that_it_has_itself() -> None:
    for group, lines in ((cli, COMMANDS), (jobs, JOB_COMMANDS)):
        for name, what in lines.items():
            command = group.get_command(click.Context(group), name)
            assert command is not None
            assert command.short_help in (what, None)


def test_a_plan_imports_neither_a_cloud_nor_pulumi_when_no_store_is_asked(
    imported: Callable[..., set[str]],
) -> None:
    modules = imported(["job", "plan", "workloads/cnn/job.yaml", "--env", "dev"])
    assert "modelyard_launcher.plan" in modules
    assert not PLANS_NOTHING & modules


def test_a_preview_of_aws_imports_neither_azure_nor_an_sdk_that_calls(
    imported: Callable[..., set[str]],
) -> None:
    modules = imported(["preview", "dev"], ["check", "dev"])
    assert "pulumi_aws" in modules
    assert not (AZURE | {"boto3", "botocore", "moto"}) & modules


def test_completion_of_an_environment_imports_no_models(modelyard: Any) -> None:
    program = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(sorted({'pydantic', 'pulumi', 'boto3', 'rich'} & set(sys.modules))))\n"
        "sys.argv = ['modelyard']\n"
        "from modelyard_cli.main import main\nmain()\n"
    )
    environ = {
        "_MODELYARD_COMPLETE": "bash_complete",
        "COMP_WORDS": "modelyard check ",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "plain,account",
        "plain,azure-dev",
        "plain,azure-prod",
        "plain,dev",
        "plain,prod",
        "plain,staging",
        "[]",
    ]


ENVIRONMENTS = [f"plain,{name}" for name in ("azure-dev", "azure-prod", "dev", "prod", "staging")]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("modelyard ", [f"plain,{name}" for name in COMMANDS]),
        ("modelyard che", ["plain,check"]),
        ("modelyard check d", ["plain,dev"]),
        ("modelyard check stacks/", ["file,stacks/"]),
        ("modelyard doctor ", ENVIRONMENTS),
        ("modelyard job ", [f"plain,{name}" for name in JOB_COMMANDS]),
        ("modelyard job plan x.yaml --env ", ENVIRONMENTS),
        ("modelyard job plan ", ["file,"]),
        ("modelyard preview dev --format ", ["plain,text", "plain,json"]),
        ("modelyard check dev --format j", ["plain,json", "plain,junit"]),
    ],
)  # fmt: skip
def test_what_is_typed_is_completed(modelyard: Any, typed: str, offered: list[str]) -> None:
    place = typed.count(" ")
    done = modelyard(_MODELYARD_COMPLETE="bash_complete", COMP_WORDS=typed, COMP_CWORD=str(place))
    assert done.stdout.splitlines() == offered
    assert done.stderr == ""


def test_outside_of_a_project_files_are_offered_as_environments(modelyard: Any, tmp_path: Path) -> None:
    done = modelyard(
        place=tmp_path, _MODELYARD_COMPLETE="bash_complete", COMP_WORDS="modelyard check ", COMP_CWORD="2"
    )
    assert done.stdout == "file,\n"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError([Problem("f", "1", "no", "2", "so", "a.yaml", 3)]), 2, "a.yaml:3: f\n  no\n  given: 1\n  allowed here: 2\n  mend: so\n"),
        (SurroundingsError("the cloud is away", "wait"), 3, "the cloud is away\n  mend: wait\n"),
        (NoError("no"), 1, "no\n"),
        (OSError(errno.EROFS, "Read-only file system", "/a/b"), 3, "/a/b: read-only file system\n  mend: check the rights and the free space there\n"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), 3, "cannot allocate memory\n  mend: mend that, and try again\n"),
        (ModuleNotFoundError("x", name="moto.core"), 3, "moto isn't installed: it comes with the extra `sandbox`\n  mend: python -m pip install 'modelyard[sandbox]' (in a checkout: '.[sandbox]')\n"),
        (KeyboardInterrupt(), 130, "\nmodelyard: interrupted\n"),
        (click.Abort(), 130, "modelyard: interrupted\n"),
        (click.exceptions.Exit(1), 1, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)  # fmt: skip
def test_an_error_has_its_exit_code_and_its_words(
    error: BaseException,
    code: int,
    said: str,
    raising: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    raising(error)
    assert run(["doctor"]) == code
    out, err = capsys.readouterr()
    assert (out, err) == ("", said)


@pytest.mark.parametrize("asked", [["--format", "json"], ["--format=json"]])
def test_an_error_is_a_document_when_json_is_asked(
    asked: list[str], raising: Callable[[BaseException], None], answer: Answer
) -> None:
    raising(InputError([Problem("f", "1", "no", "2", "so", "a.yaml", 3)]))
    assert run(["doctor", *asked]) == 2
    assert answer() == {
        "schema": "modelyard.error/1",
        "exitCode": 2,
        "message": "a.yaml:3: f\n  no\n  given: 1\n  allowed here: 2\n  mend: so",
        "problems": [
            {
                "field": "f",
                "given": "1",
                "message": "no",
                "allowed": "2",
                "mend": "so",
                "file": "a.yaml",
                "line": 3,
            }
        ],
    }
    raising(OSError(errno.EACCES, "Permission denied", "/a"))
    assert run(["doctor", *asked]) == 3
    document = answer()
    assert (document["exitCode"], document["problems"]) == (3, [])


@pytest.mark.parametrize(
    ("arguments", "field", "message"),
    [
        (["check"], "", "name one thing to look at: ENV, --program DIR or --file FILE"),
        (["check", "dev", "--colour"], "", "No such option '--colour'."),
        (["job", "list", "--limit", "0"], "--limit", "Invalid value for '--limit': 0 is not in the range 1<=x<=1000."),
        (["job", "logs"], "RUN", "Missing argument 'RUN'."),
        (["job", "pln"], "", "No such command 'pln'. Did you mean plan?"),
        (["prewiev"], "", "No such command 'prewiev'. Did you mean preview or retire?"),
    ],
)  # fmt: skip
def test_a_command_line_that_cannot_be_read_is_a_document_too(
    arguments: list[str], field: str, message: str, answer: Answer
) -> None:
    assert run([*arguments, "--format", "json"]) == 2
    document = answer()
    [problem] = document["problems"]
    assert (document["schema"], document["exitCode"]) == ("modelyard.error/1", 2)
    assert (problem["field"], problem["message"]) == (field, message)
    assert problem["given"] == f"modelyard {' '.join(arguments)} --format json"
    assert problem["allowed"].startswith("modelyard ")
    assert problem["mend"].startswith("see `modelyard ")
    assert problem["mend"].endswith("--help`")


@pytest.mark.parametrize(
    ("typed", "meant"), [("chek", "check"), ("DOCTOR", "doctor"), ("previw", "preview"), ("jobs", "job")]
)
def test_a_misspelt_command_is_told_the_nearest(
    typed: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([typed]) == 2
    assert f"No such command '{typed}'. Did you mean {meant}?" in capsys.readouterr().err


def test_a_command_like_no_other_is_refused_without_a_guess(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["xyzzy"]) == 2
    assert "Did you mean" not in capsys.readouterr().err


def test_a_fault_of_modelyards_own_is_shown_whole_and_is_no_answer(
    raising: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    raising(AssertionError("this can't be"))
    with pytest.raises(AssertionError):
        run(["doctor"])
    with pytest.raises(SystemExit) as left:
        main(["doctor"])
    assert left.value.code == 70
    error = capsys.readouterr().err
    assert "Traceback" in error
    assert "this can't be" in error
    assert "this is a fault in modelyard" in error


def test_a_module_that_no_extra_brings_is_a_fault_of_modelyards_own(
    raising: Callable[[BaseException], None],
) -> None:
    raising(ModuleNotFoundError("x", name="modelyard_nothing"))
    with pytest.raises(ModuleNotFoundError):
        run(["doctor"])


@pytest.mark.parametrize("command", ["preview dev", "preview dev --format json", "check dev", "doctor", "--help", "job --help"])  # fmt: skip
def test_a_reader_that_has_gone_is_neither_a_yes_nor_a_no(command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "modelyard_cli.main", *command.split()],
            cwd=ROOT,
            stdout=nobody,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("command", ["check dev", "preview dev --format json", "doctor"])
def test_an_output_that_is_full_is_the_surroundings_fault(command: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "modelyard_cli.main", *command.split()],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
    assert done.returncode == 3
    assert done.stderr.startswith(
        "the answer, or what goes with it, can't be written: no space left on device"
    )
    assert "Traceback" not in done.stderr


def test_a_command_without_an_output_still_has_its_exit_code(modelyard: Any) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} -m modelyard_cli.main check dev --format json >&-"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_ctrl_c_in_the_middle_of_a_command_leaves_with_130_and_no_traceback(tmp_path: Path) -> None:
    started, endless = tmp_path / "started", tmp_path / "project"
    endless.mkdir()
    (endless / "Pulumi.yaml").write_text("name: endless\nruntime: python\n")
    (endless / "Pulumi.dev.yaml").write_bytes((ROOT / "stacks" / "Pulumi.dev.yaml").read_bytes())
    program = f"import time, pathlib\npathlib.Path({str(started)!r}).touch()\ntime.sleep(60)\n"
    (endless / "__main__.py").write_text(program)
    with subprocess.Popen(
        [sys.executable, "-m", "modelyard_cli.main", "check", "dev"],
        cwd=endless,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        eventually(started.exists)
        command.send_signal(signal.SIGINT)
        out, err = command.communicate(timeout=PATIENCE_SECONDS)
    assert (command.returncode, out, err) == (130, "", "\nmodelyard: interrupted\n")


def test_colour_is_for_terminals_that_want_it(modelyard: Any) -> None:
    plain = modelyard("check", "dev")
    assert "\x1b" not in plain.stdout + plain.stderr
    assert "\x1b[3" in modelyard("check", "dev", FORCE_COLOR="1").stdout
    assert "\x1b[3" not in modelyard("check", "dev", FORCE_COLOR="1", NO_COLOR="1").stdout


@pytest.mark.parametrize("columns", ["40", "60", "200"])
def test_no_line_is_wider_than_the_terminal(modelyard: Any, columns: str) -> None:
    done = modelyard("preview", "dev", COLUMNS=columns)
    assert done.returncode == 0
    assert max(len(line.rstrip()) for line in done.stdout.splitlines()) <= int(columns)


def test_a_system_without_utf_8_and_without_a_home_is_enough(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "modelyard_cli.main", "preview", "dev"],
        cwd=ROOT,
        env={"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=PATIENCE_SECONDS,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("ascii").startswith("dev on aws eu-central-1")


def test_the_entry_point_of_the_distribution_is_there() -> None:
    assert main_module.main is main
    assert run(["--version"]) == 0


LOST = """
import signal, time, weakref
import click
from modelyard.errors import InputError, Problem
from modelyard_cli import main

class Thing: pass

@click.command()
def command():
    thing = Thing()
    there = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    del thing
    {afterwards}

main.cli.add_command(command, "doctor")
main.cli.get_command = lambda *_: command
main.main(["doctor"])
"""
"""A command in which Ctrl-C comes where Python can't raise it."""


@pytest.mark.parametrize(
    "afterwards",
    ['raise InputError([Problem("name", "x", "it is wrong", "y", "mend it")])', "time.sleep(60)", "pass"],
)
def test_ctrl_c_where_python_cannot_raise_it_is_not_lost(afterwards: str) -> None:
    program = LOST.format(afterwards=afterwards)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.strip() == "modelyard: interrupted"


def test_other_errors_that_cannot_be_raised_are_shown_as_ever() -> None:
    program = LOST.format(afterwards="pass").replace("signal.raise_signal(signal.SIGINT)", "1 / 0")
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert done.returncode == 0
    assert "ZeroDivisionError" in done.stderr
