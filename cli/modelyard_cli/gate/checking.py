"""The unprivileged job: stacks of a pull request judged beside those of its base.

Each check is a process of its own: base and head are two states of the same programs and modules, and what
one run imports must not be what the next one gets.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from modelyard_cli.gate.archive import REPORT
from modelyard_cli.gate.rendering import SCHEMA, comment, summary
from modelyard_cli.gate.stacks import GatedStack

COMMENT: Final = "comment.md"
BASE: Final = "the base branch"
"""What a report of the gate's was compared with."""
SUMMARY: Final = "summary.md"
_SAID_CHARACTERS: Final = 4_000
"""Of what a check that couldn't be made wrote, kept for the comment."""
_ANSWERED: Final = (0, 1)
"""Exit codes of a check that was made."""
_UNANSWERED: Final = 2
_FORMS: Final = {"json": "json", "sarif": "sarif", "junit": "xml"}
"""Formats of a stack's reports, and how their files end."""
_NO_BASE: Final = "The base has no such stack, or one that can't be judged: all of it counts as new."
_NO_REPORT: Final = "the check ended without a report: the program may have ended the process\n"


@dataclass(frozen=True, slots=True)
class Gate:
    """How the stacks are judged."""

    head: Path
    """The project's directory in the pull request."""
    base: Path
    """The same directory in its base."""
    output: Path
    """Where the reports go."""
    only_new: bool = False
    """Whether only findings that the base doesn't have make the answer no."""
    tells: bool = True
    """Whether each check's answer goes to standard output as well."""
    options: tuple[str, ...] = ()
    """Further options of `modelyard check`."""


def check(stacks: Sequence[GatedStack], gate: Gate) -> tuple[int, dict[str, Any]]:
    """Judge each stack and write all reports. The worst exit code, for 2 and 3 are worse than no, and the
    document of all reports.
    """
    gate.output.mkdir(parents=True, exist_ok=True)
    reports: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    codes: list[int] = []
    for stack in stacks:
        code, said = _check(stack, gate)
        codes.append(code)
        if code in _ANSWERED:
            reports.append(_report(_file(gate, stack, "json")))
        else:
            problems.append({"name": stack.name, "exitCode": code, "said": said[-_SAID_CHARACTERS:]})
    if gate.tells and len(stacks) > 1:
        for stack, code in zip(stacks, codes, strict=True):
            answer = ("passes", "doesn't pass")[code] if code in _ANSWERED else "couldn't be judged"
            sys.stdout.write(f"{stack.name}: {answer}\n")
    document = {"schema": SCHEMA, "reports": reports, "problems": problems}
    _write(gate.output / REPORT, json.dumps(document))
    _write(gate.output / COMMENT, comment(document))
    _write(gate.output / SUMMARY, summary(document))
    return max(codes, default=0), document


def _report(file: Path) -> dict[str, Any]:
    """A check's report. What it was compared with is the base: the file's name is of this run alone."""
    report = json.loads(file.read_text(encoding="utf-8"))
    if report["base"]:
        report["base"]["name"] = BASE
    else:
        report["remarks"].append(_NO_BASE)
    return report


def _check(stack: GatedStack, gate: Gate) -> tuple[int, str]:
    """Exit code of the check, and what it wrote besides its answer."""
    for ending in ("base.json", *_FORMS.values()):  # an earlier run's are none of this one's
        _file(gate, stack, ending).unlink(missing_ok=True)
    base = _base_report(stack, gate)
    command = ["check", *stack.arguments, *gate.options, "--policy-from", str(gate.base)]
    if base is not None:
        command += ["--base", str(base), "--fail-on", "new" if gate.only_new else "all"]
    for form, ending in _FORMS.items():
        command += ["--output", f"{form}={_file(gate, stack, ending)}"]
    done = _run(command, gate.head)
    if gate.tells:
        sys.stdout.write(done.stdout)
    said = done.stderr
    code = done.returncode
    if code in _ANSWERED and not _file(gate, stack, "json").is_file():
        code, said = _UNANSWERED, f"{said}{_NO_REPORT}"
    sys.stderr.write(said)
    return code, said


def _base_report(stack: GatedStack, gate: Gate) -> Path | None:
    """The base's report; None where the base has no such stack, or one that can't be judged."""
    done = _run(["check", *stack.arguments, "--format", "json"], gate.base)
    if done.returncode not in _ANSWERED:
        sys.stderr.write(
            f"{stack.name}: the base can't be judged, so everything counts as new\n{done.stderr}"
        )
        return None
    file = _file(gate, stack, "base.json")
    _write(file, done.stdout)
    return file


def _run(arguments: Sequence[str], directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        # (-P, or a module of the repository's would be taken for one of ours that is called so)
        [sys.executable, "-P", "-m", "modelyard_cli.main", *arguments],
        cwd=directory,
        env=_environment(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The job's variables without what a program has no use for: tokens of the workflow."""
    hidden = ("ACTIONS_", "GITHUB_TOKEN", "INPUT_")
    return {name: value for name, value in variables.items() if not name.startswith(hidden)}


def _file(gate: Gate, stack: GatedStack, ending: str) -> Path:
    return gate.output / f"{stack.file_name}.{ending}"


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
