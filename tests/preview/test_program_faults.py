"""What a project's own program does wrong is bad input, at its line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from modelyard.errors import InputError
from modelyard_cli.main import run
from modelyard_preview.program_faults import program_faults

ROOT = Path(__file__).parents[2]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program, yet to be written, of a project with the shipped environment dev."""
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / "stacks").mkdir()
    shutil.copy(ROOT / "stacks" / "Pulumi.dev.yaml", tmp_path / "stacks")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "stacks" / "__main__.py"


FAULTS = {
    "an error": ("x = 1\n1 / 0\n", 2, "1 / 0", "the program raises ZeroDivisionError: division by zero"),
    "an error in a function": (
        "def f():\n    raise ValueError('no')\nf()\n",
        2,
        "raise ValueError('no')",
        "the program raises ValueError: no",
    ),
    "no Python": ("x = (\n", 1, "x = (", "this isn't Python: '(' was never closed"),
    "a module that isn't there": (
        "import nothing_like_it\n",
        1,
        "import nothing_like_it",
        "the program raises ModuleNotFoundError: No module named 'nothing_like_it'",
    ),
    "an early end": (
        "raise SystemExit(3)\n",
        1,
        "raise SystemExit(3)",
        "the program leaves here, before its resources are complete (exit code 3)",
    ),
    "an argument that a resource doesn't have": (
        "import pulumi_aws as aws\naws.s3.Bucket('a', bukket='b')\n",
        2,
        "aws.s3.Bucket('a', bukket='b')",
        "the program raises TypeError: Bucket._internal_init() got an unexpected keyword argument 'bukket'",
    ),
}


@pytest.mark.parametrize("command", ["preview", "check"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_line(
    fault: str, command: str, program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, line, given, message = FAULTS[fault]
    program.write_text(text)
    assert run([command, "dev"]) == 2
    out, err = capsys.readouterr()
    head, said, shown, *_, mend = err.splitlines()
    assert (out, head) == ("", f"stacks/__main__.py:{line}")
    assert (said, shown) == (f"  {message}", f"  given: {given}")
    assert mend.startswith("  mend: ")


def test_a_fault_in_a_module_of_the_program_is_told_with_that_file(
    program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (program.parent / "parts.py").write_text("def part():\n    return {}['size']\n")
    program.write_text("import parts\nparts.part()\n")
    assert run(["check", "dev"]) == 2
    assert capsys.readouterr().err.startswith("stacks/parts.py:2\n  the program raises KeyError: 'size'\n")


def test_a_fault_is_a_document_when_json_is_asked(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program.write_text("1 / 0\n")
    assert run(["check", "dev", "--format", "json"]) == 2
    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["file"], problem["line"]) == ("stacks/__main__.py", 1)


def test_a_fault_of_modelyards_own_below_a_program_stays_as_it_is(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        code = compile("raise KeyError('ours')", "data_center.py", "exec")
        exec(code, {"__name__": "modelyard.aws.data_center"})  # noqa: S102 (a frame that is modelyard's)

    monkeypatch.setattr("modelyard.wiring.stack.stack_environment", fail)
    shutil.copy(ROOT / "stacks" / "__main__.py", program)
    with pytest.raises(KeyError, match="ours"):
        run(["check", "dev"])


def test_a_fault_outside_of_any_program_stays_as_it_is(program: Path) -> None:
    with pytest.raises(ZeroDivisionError), program_faults(program):
        _ = 1 / 0


def test_an_error_of_modelyards_own_kind_passes(program: Path) -> None:
    refused = InputError([])
    with pytest.raises(InputError) as raised, program_faults(program):
        raise refused
    assert raised.value is refused


def test_what_a_program_prints_is_kept_out_of_the_answer(
    program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program.write_text("print('by the program')\n")
    assert run(["preview", "dev", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["schema"] == "modelyard.preview/1"
    assert "by the program" in err


def test_a_program_that_makes_nothing_is_told_so(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program.write_text("")
    assert run(["check", "dev"]) == 0
    assert "it has no resources of a cloud: there was nothing to judge" in capsys.readouterr().out


@pytest.mark.parametrize("end", ["raise SystemExit", "raise SystemExit(0)", "import sys; sys.exit()"])
def test_a_program_that_leaves_with_success_has_ended_as_it_has_for_the_engine(
    end: str, program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program.write_text(f"import pulumi_aws as aws\naws.s3.Bucket('data')\n{end}\naws.s3.Bucket('never')\n")
    assert run(["preview", "dev", "--format", "json"]) == 0
    resources = json.loads(capsys.readouterr().out)["resources"]
    assert [resource["name"] for resource in resources] == ["modelyard-dev", "data"]


def test_a_project_without_its_program_is_told_which_file_to_write(
    program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "dev"]) == 2
    assert "mend: write stacks/__main__.py" in capsys.readouterr().err


@pytest.mark.parametrize("reference", ["dev", "stacks/Pulumi.dev.yaml"])
def test_a_project_file_that_cannot_be_read_is_told_with_its_line(
    reference: str, program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program.write_text("")
    Path("Pulumi.yaml").write_text("name: x\nname: y\n")
    assert run(["check", reference]) == 2
    assert capsys.readouterr().err.startswith('Pulumi.yaml:2: name\n  "name" stands here twice\n')
