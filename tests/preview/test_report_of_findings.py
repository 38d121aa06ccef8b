"""How findings are shown: those of a rule together, each fault with its line, how to mend it once."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

from rich.console import Console

from modelyard_policies.assessment import Base, assess
from modelyard_policies.figures import Figure, Unit
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_policies.policy import Policy
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Finding, Report, Verdict
from modelyard_policies.rule import Severity
from modelyard_policies.settings import Source
from modelyard_preview.report.findings import findings as report_blocks
from modelyard_preview.report.text import print_assessment


def bucket(name: str, status: Any, line: int) -> list[Node]:
    made: list[Node] = []
    for token, properties in {
        "aws:s3/bucket:Bucket": {},
        "aws:s3/bucketVersioning:BucketVersioning": {"versioningConfiguration": {"status": status}},
    }.items():
        urn = f"urn:pulumi:dev::shop::{token}::{name}"
        inputs = {"bucket": name, **properties}
        made.append(Node(urn, token, name, properties=inputs, source=f"shop.py:{line}"))
    return made


def shown(*nodes: Node, **more: Any) -> str:
    graph = Graph(nodes)
    found = assess(
        graph, all_rules(), name="dev", today=date(2026, 11, 26), select=["bucket-versioning"], **more
    )
    file = io.StringIO()
    print_assessment(found, graph, Console(file=file, width=80, color_system=None))
    return " ".join(file.getvalue().split())


def test_what_one_line_leaves_unknown_is_one_block() -> None:
    text = shown(*bucket("a", UNKNOWN, 1), *bucket("b", UNKNOWN, 2), *bucket("c", UNKNOWN, 2))
    assert text.count("bucket-versioning") == 2
    assert "s3 BucketVersioning b, c: can't be judged: not known before the deployment" in text
    assert text.count("mend: ") == 2
    assert text.count("shop.py:2") == 1
    assert "(3 findings)" in text


def test_nothing_is_cut_off_where_there_is_little_room() -> None:
    name = "a-bucket-for-the-checkpoints-of-all-trainings"
    graph = Graph(bucket(name, "Suspended", 7))
    found = assess(graph, all_rules(), name="dev", today=date(2026, 11, 26), select=["bucket-versioning"])
    file = io.StringIO()
    print_assessment(found, graph, Console(file=file, width=30, color_system=None))
    assert "…" not in file.getvalue()
    assert name in "".join(file.getvalue().split())


def test_faults_of_one_rule_are_one_block_with_the_line_of_each() -> None:
    text = shown(*bucket("a", "Suspended", 1), *bucket("b", "Suspended", 2), *bucket("c", UNKNOWN, 3))
    said = "s3 BucketVersioning a, b: versioningConfiguration.status is Suspended, not Enabled at shop.py:1, 2 mend: "
    assert "medium bucket-versioning ST4 fail, 2 resources" in text
    assert said in text
    assert text.count("mend: ") == 2
    assert text.index("ST4 fail") < text.index("ST4 unknown")


def finding(rule: str, message: str, path: str = "", name: str = "a", line: int = 1) -> Finding:
    urn = f"urn:pulumi:dev::shop::aws:iam/role:Role::{name}"
    return Finding(
        rule,
        rule.upper(),
        Severity.HIGH,
        Verdict.FAIL,
        urn,
        path,
        message,
        "Mend it.",
        source=f"shop.py:{line}",
    )


def blocks(*findings: Finding) -> str:
    file = io.StringIO()
    console = Console(file=file, width=200, color_system=None)
    for block in report_blocks(Report(findings, {}, {}, ()), Graph([])):
        console.print(block)
    return " ".join(file.getvalue().split())


def test_different_faults_of_a_resource_are_a_paragraph_each_and_mended_once() -> None:
    text = blocks(finding("ia4", "lets everyone in", "policy"), finding("ia4", "isn't known", "sub"))
    assert text.count("IA4 fail") == text.count("mend: Mend it.") == 1
    assert "a: lets everyone in at policy, shop.py:1" in text
    assert "a: sub isn't known at shop.py:1" in text


def test_what_a_property_is_has_the_property_as_its_subject() -> None:
    alike = [finding("r", "is true", "x[0].y", "a"), finding("r", "is true", "x[1].y", "b")]
    assert "a, urn:pulumi:dev::shop::aws:iam/role:Role::b: x[*].y is true at shop.py:1" in blocks(*alike)
    apart = [finding("r", "is true", "x", "a", 1), finding("r", "is true", "y", "a", 2)]
    assert "Role::a: x is true at shop.py:1 urn" in blocks(*apart)
    assert "Role::a: y is true at shop.py:2 mend" in blocks(*apart)


def test_one_fault_at_different_properties_is_told_with_each() -> None:
    apart = [finding("r", "lets all in", "x", "a", 1), finding("r", "lets all in", "y", "b", 2)]
    assert ": lets all in at x shop.py:1, y shop.py:2" in blocks(*apart)


def test_what_several_rules_do_not_know_is_one_question_of_theirs() -> None:
    asked = [
        replace(finding(rule, "can't be judged: a secret", "policy"), verdict=Verdict.UNKNOWN)
        for rule in ("ia1", "ia3")
    ]
    text = blocks(*asked)
    assert "high IA1, IA3 unknown" in text
    assert text.count("can't be judged: a secret") == 1
    assert "mend" not in text


SUPPRESSED = """\
schema: modelyard.suppressions/1
suppressions:
  - {rule: ST4, resource: a, reason: It is made again., owner: data, expires: 2026-12-31}
  - {rule: ST4, resource: gone, reason: No more., owner: data, expires: 2026-12-31}
  - {rule: ST4, resource: b, reason: For a week., owner: data, expires: 2026-11-01}
"""


def policy(base: str = SUPPRESSED, head: str = SUPPRESSED) -> Policy:
    return Policy.from_files(
        all_rules(),
        base_suppressions=Source(base, "s.yaml"),
        head_suppressions=Source(head, "s.yaml"),
        base_config=None,
        head_config=Source("schema: modelyard.policies/1\npolicies: {all: advisory}", "p.yaml"),
    )


def test_suppressions_are_shown_with_what_became_of_them() -> None:
    text = shown(*bucket("a", "Suspended", 1), *bucket("b", "Suspended", 2), policy=policy())
    hides = "suppressed: bucket-versioning on a (1 finding), until 2026-12-31, data: It is made again."
    assert hides in text
    assert "unused suppression: bucket-versioning on gone, until 2026-12-31" in text
    assert "expired suppression: bucket-versioning on b (1 finding), until 2026-11-01" in text
    assert "dev doesn't pass: 1 finding fails, 1 suppression has expired; 1 is suppressed" in text
    assert text.count("mend: ") == 1


def test_changes_to_how_it_is_judged_are_shown_as_pending() -> None:
    text = shown(policy=policy(base="schema: modelyard.suppressions/1"))
    said = "pending until merged: added suppression of bucket-versioning on a (0 findings): until 2026-12-31"
    assert said in text
    assert "pending until merged: added configuration of all: advisory" in text


def test_what_is_new_fixed_and_changed_beside_a_base_is_shown() -> None:
    before = assess(
        Graph([*bucket("old", "Suspended", 1), *bucket("gone", "Suspended", 2)]),
        all_rules(),
        name="dev",
        today=date(2026, 11, 26),
        select=["ST4", "ST5"],
    )
    text = shown(
        *bucket("old", "Suspended", 1),
        *bucket("new", "Suspended", 3),
        base=Base("main.json", before.findings, frozenset(["bucket-tls-only"])),
        figures=[
            Figure("cost", Unit.USD_A_MONTH, 1, 2.5),
            Figure("RPO", Unit.MINUTES, None, 1_500),
            Figure("carbon", Unit.KG_CO2E_A_MONTH, 7, 7),
        ],
    )
    assert text.count("fail, new") == 1
    assert "fixed: bucket-versioning on gone: " in text
    assert "cost: 1.00 dollars a month becomes 2.50 dollars a month" in text
    assert "RPO: not known becomes 1,500 minutes" in text
    assert "carbon" not in text
    assert "compared with main.json; 2 findings of it not compared, as their rules weren't asked" in text
    assert "rules that the base wasn't asked: bucket-versioning" in text
    assert "Only 1 rule asked: the others say nothing here." in text


def test_a_rule_that_is_turned_off_is_named() -> None:
    off = Source("schema: modelyard.policies/1\npolicies: {bucket-versioning: disabled}", "p.yaml")
    text = shown(*bucket("a", "Suspended", 1), policy=Policy.read(all_rules(), suppressions=None, config=off))
    assert "turned off by the configuration: bucket-versioning" in text
    assert "dev passes: no rule was asked" in text


def test_a_finding_that_only_advises_says_so() -> None:
    mild = Source("schema: modelyard.policies/1\npolicies: {all: advisory}", "p.yaml")
    text = shown(
        *bucket("a", "Suspended", 1), policy=Policy.read(all_rules(), suppressions=None, config=mild)
    )
    assert "bucket-versioning ST4 fail, advises" in text
    assert "dev passes: nothing fails that counts; 1 only advises" in text


def test_names_of_a_program_are_neither_markup_nor_control_characters() -> None:
    text = shown(*bucket("[red]\x1b[31m\u202e", "Suspended", 1))
    assert "[red]\\u001b[31m\\u202e" in text
    assert "\x1b" not in text
