"""How long all rules take on 5,000 resources, in process and by Pulumi's analyzer protocol.

Run it with `python benchmarks/policies.py`. Targets: under 1 s in process; AnalyzeStack under 1.5 s.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import grpc
from designs.policies import design
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from modelyard_policies.analyzer.decode import UNKNOWNS
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_policies.registry import all_rules

ROUNDS = 3
PACK = Path(__file__).parents[1] / "policies"


def deployed(nodes: list[Node]) -> list[Node]:
    """The same resources as in a stack that is up: every resource has an id, by which others refer to it."""

    def known(node: Node) -> dict[str, Any]:
        properties = dict(node.properties)
        for key, sources in node.property_dependencies.items():
            # The first unknown came from the first source, and so on; the rest from the last.
            ids = chain((f"id-{urn}" for urn in sources[:-1]), repeat(f"id-{sources[-1]}"))
            properties[key] = _replace(properties.get(key), ids)
        return properties

    return [replace(node, properties=known(node), outputs={"id": f"id-{node.urn}"}) for node in nodes]


def _replace(value: Any, known: Iterator[str]) -> Any:
    if value is UNKNOWN:
        return next(known)
    if isinstance(value, dict):
        return {key: _replace(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace(item, known) for item in value]
    return value


def _wire(value: Any) -> Any:
    if value is UNKNOWN:
        return sorted(UNKNOWNS)[0]
    if isinstance(value, dict):
        return {key: _wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_wire(item) for item in value]
    return value


def requests(nodes: list[Node]) -> tuple[list[pb.AnalyzeRequest], pb.AnalyzeStackRequest]:
    provider = pb.AnalyzerProviderResource(
        urn="urn:aws", type="pulumi:providers:aws", name="default", properties=Struct()
    )
    single: list[pb.AnalyzeRequest] = []
    stack = pb.AnalyzeStackRequest()
    for node in nodes:
        properties = ParseDict(_wire(node.properties), Struct())
        fields: dict[str, Any] = {
            "type": node.type,
            "urn": node.urn,
            "name": node.name,
            "properties": properties,
            "provider": provider,
        }
        single.append(pb.AnalyzeRequest(**fields))
        stack.resources.append(
            pb.AnalyzerResource(
                **fields,
                dependencies=node.dependencies,
                propertyDependencies={
                    key: pb.AnalyzerPropertyDependencies(urns=urns)
                    for key, urns in node.property_dependencies.items()
                },
            )
        )
    return single, stack


def timed(what: str, work: Callable[[], object], rounds: int = ROUNDS) -> None:
    seconds: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    sys.stdout.write(f"{what:58} {statistics.median(seconds):7.3f} s\n")


def main() -> None:
    nodes = design()
    rules = all_rules()
    report = evaluate(Graph(nodes), rules)
    sys.stdout.write(
        f"{len(nodes)} resources, {len(rules)} rules, {len(report.verdicts)} verdicts, "
        f"{len(report.findings)} findings, {report.tallies}; median of {ROUNDS}\n"
    )
    timed("graph and evaluation, in process", lambda: evaluate(Graph(nodes), rules))
    up = deployed(nodes)
    assert evaluate(Graph(up), rules).verdicts == report.verdicts
    timed("graph and evaluation of the deployed stack, in process", lambda: evaluate(Graph(up), rules))
    single, stack = requests(nodes)
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)]
    start = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        sys.stdout.write(f"{'start of the analyzer':58} {time.perf_counter() - start:7.3f} s\n")
        limit = 400 * 1024 * 1024
        options = [("grpc.max_send_message_length", limit), ("grpc.max_receive_message_length", limit)]
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
            analyzer = AnalyzerStub(channel)
            timed(
                f"AnalyzeStack, {stack.ByteSize() / 1e6:.1f} MB, nothing analyzed before",
                lambda: analyzer.AnalyzeStack(stack),
            )
            timed(f"Analyze, {len(single)} calls", lambda: [analyzer.Analyze(item) for item in single], 1)
            timed("AnalyzeStack, after that", lambda: analyzer.AnalyzeStack(stack))
        process.terminate()


if __name__ == "__main__":
    main()
