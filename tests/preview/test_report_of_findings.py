"""How findings are shown: each fault by itself, what isn't known yet together."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_policies.registry import all_rules
from modelyard_preview.report.text import print_verdict


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


def shown(*nodes: Node) -> str:
    graph = Graph(nodes)
    report = evaluate(graph, all_rules(), select=["bucket-versioning"])
    file = io.StringIO()
    print_verdict("dev", report, graph, Console(file=file, width=80, color_system=None))
    return " ".join(file.getvalue().split())


def test_what_a_rule_does_not_know_yet_is_one_block() -> None:
    text = shown(*bucket("a", UNKNOWN, 1), *bucket("b", UNKNOWN, 2), *bucket("c", UNKNOWN, 2))
    assert text.count("bucket-versioning") == 1
    assert "s3 BucketVersioning a, b, c: can't be judged: not known before the deployment" in text
    assert text.count("mend: ") == 1
    assert text.count("shop.py:2") == 1
    assert "(3 findings)" in text


def test_each_fault_has_a_block_of_its_own() -> None:
    text = shown(*bucket("a", "Suspended", 1), *bucket("b", "Suspended", 2), *bucket("c", UNKNOWN, 3))
    assert text.count("mend: ") == 3
    assert "shop.py:1" in text
    assert "shop.py:2" in text
