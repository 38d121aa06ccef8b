"""Graphs for the policies' tests, written as plain data.

A graph is a mapping of names to resources, each a tuple: its type, its properties, for a property the
names of the resources that its value came from, and other fields of the node. A table of cases
(`CASES` in a rule's test) holds, for each verdict, titles with a graph and the findings expected,
each as "name: property: message".
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from modelyard_policies import rules as package
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import Graph, Node
from modelyard_policies.registry import all_rules, rule_modules, rule_of
from modelyard_policies.report import Report, Verdict

KINDS = {
    "bad": Verdict.FAIL,
    "good": Verdict.PASS,
    "unknown": Verdict.UNKNOWN,
    "not applicable": Verdict.NOT_APPLICABLE,
}


def build(resources: Mapping[str, tuple[Any, ...]]) -> Graph:
    def urn(name: str) -> str:
        return f"urn:pulumi:dev::modelyard::{resources[name][0]}::{name}"

    nodes: list[Node] = []
    for name, (token, properties, *rest) in resources.items():
        links: dict[str, list[str]] = rest[0] if rest else {}
        fields: dict[str, Any] = dict(rest[1]) if len(rest) > 1 else {}
        if "provider" in fields:
            fields["provider"] = f"{urn(fields['provider'])}::id"
        nodes.append(
            Node(
                urn=urn(name),
                type=token,
                name=name,
                properties=properties,
                property_dependencies={key: tuple(map(urn, names)) for key, names in links.items()},
                **fields,
            )
        )
    return Graph(nodes)


def check(code: str, case: tuple[str, tuple[Any, ...]]) -> Report:
    """Judge a case by one rule and compare the verdict and every finding."""
    kind, (resources, *expected) = case
    report = evaluate(build(resources), all_rules(), select=[code])
    found = [
        f"{finding.urn.rpartition('::')[2]}: {finding.property}: {finding.message}"
        for finding in report.findings
    ]
    assert (list(report.rules.values()), found) == ([KINDS[kind]], expected)
    return report


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for `case` each row of its module's table."""
    if "case" in metafunc.fixturenames:
        rows = [
            (kind, title, row)
            for kind, cases in metafunc.module.CASES.items()
            for title, row in cases.items()
        ]
        metafunc.parametrize(
            "case",
            [(kind, row) for kind, _, row in rows],
            ids=[f"{kind}: {title}" for kind, title, _ in rows],
        )


def load_tables() -> dict[str, dict[str, Any]]:
    """For each rule's id, the table in the test that mirrors the rule's module."""
    tables: dict[str, dict[str, Any]] = {}
    for module in rule_modules():
        *folders, name = module.__name__.removeprefix(f"{package.__name__}.").split(".")
        path = Path(__file__).parent.joinpath("rules", *folders, f"test_{name}.py")
        spec = importlib.util.spec_from_file_location(f"cases_{name}", path)
        assert spec is not None
        assert spec.loader is not None
        test = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(test)
        tables[rule_of(module).id] = test.CASES
    return tables


@pytest.fixture(scope="session")
def tables() -> dict[str, dict[str, Any]]:
    return load_tables()


@pytest.fixture(name="build", scope="session")
def _build() -> Callable[[Mapping[str, tuple[Any, ...]]], Graph]:
    return build


@pytest.fixture(name="check")
def _check() -> Callable[[str, tuple[str, tuple[Any, ...]]], Report]:
    return check
