"""What a rule gives to paste passes the rule."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modelyard_policies.engine import evaluate
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Verdict
from modelyard_preview.engine import run_program

if TYPE_CHECKING:
    from modelyard_policies.rule import Rule

_SPEC = importlib.util.spec_from_file_location("prelude", Path(__file__).with_name("prelude.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
prelude = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(prelude)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_snippet_passes_its_rule(rule: Rule, tmp_path: Path) -> None:
    program = tmp_path / "__main__.py"
    program.write_text(prelude.with_prelude(rule.snippet))
    config = {"aws:region": "eu-west-1", "azure-native:location": "westeurope"}
    graph = run_program(program, project="snippet", stack="dev", config=config, root=tmp_path).graph
    report = evaluate(graph, [rule])
    # What is only known after the deployment can't pass before it.
    assert [finding.message for finding in report.findings if finding.verdict is not Verdict.UNKNOWN] == []
    assert report.rules[rule.id] in (Verdict.PASS, Verdict.UNKNOWN)


def test_a_snippet_gets_what_it_names_and_what_that_names() -> None:
    program = prelude.with_prelude("subnet_id = subnet.id")
    assert [line.split(" = ")[0] for line in program.splitlines()] == [
        "import json",
        "import pulumi",
        "import pulumi_aws as aws",
        "vpc",
        "subnet",
        "subnet_id",
    ]
