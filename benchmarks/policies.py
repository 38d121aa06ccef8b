"""How long all rules take, beside checkov, and by Pulumi's analyzer protocol.

Run it with `python benchmarks/policies.py`. Targets: 5,000 resources under 1 s in process and 50 times as
fast as checkov on a Terraform plan of the same resources; AnalyzeStack under 1.5 s; Analyze at most 1 ms a
resource above the protocol's own cost; memory under 250 MB.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import grpc
from designs.policies import design
from designs.wire import deployed, requests
from peers import CHECKOV, checkov_on
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub
from terraform.plan import plan

from modelyard_policies.engine import evaluate
from modelyard_policies.graph import Graph
from modelyard_policies.registry import all_rules
from modelyard_preview.subjects.environment import from_environment

ROUNDS = 3
SIZES = (100, 1_000, 5_000)
ROOT = Path(__file__).parents[1]
PACK = ROOT / "policies"
SHIPPED = ("prod", "azure-dev", "azure-prod")
"""Environments whose own graphs are judged as well: resources that are linked as those of a user's are."""
ALONE = "--alone"
"""Argument by which this file measures one size in a process of its own, whose memory is that size's."""
BOTH = "--both-clouds"
"""Argument by which it does that with Azure's resources too, of which there is no Terraform plan here."""


def median_seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    seconds: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def say(what: str, seconds: float, rest: str = "") -> None:
    sys.stdout.write(f"{what:64} {seconds:8.3f} s{rest}\n")
    sys.stdout.flush()


def measure_alone(size: int) -> None:
    """Seconds and peak memory of one evaluation, of a preview and of the deployed stack, as JSON."""
    nodes = design(size, of_azure=BOTH in sys.argv)
    rules = all_rules()
    report = evaluate(Graph(nodes), rules)
    up = deployed(nodes)
    assert evaluate(Graph(up), rules).verdicts == report.verdicts
    answer = {
        "preview": median_seconds(lambda: evaluate(Graph(nodes), rules)),
        "deployed": median_seconds(lambda: evaluate(Graph(up), rules)),
        "verdicts": len(report.verdicts),
        "tallies": report.tallies,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(answer))


def in_process(size: int, *flags: str) -> float:
    command = [sys.executable, __file__, ALONE, *flags, str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    clouds = "AWS and Azure" if BOTH in flags else "AWS"
    say(
        f"modelyard, {size} resources of {clouds}, {answer['verdicts']} verdicts",
        answer["preview"],
        f"  {answer['peak_mb']:4.0f} MB",
    )
    say("  the same as a deployed stack", answer["deployed"])
    if size == SIZES[-1]:
        sys.stdout.write(f"  {answer['tallies']}\n")
    return answer["preview"]


def of_shipped(environment: str) -> None:
    """All rules on the graph of a shipped environment, which is made before."""
    graph = from_environment(ROOT / "stacks" / f"Pulumi.{environment}.yaml").graph
    rules, nodes = all_rules(), graph.resources
    report = evaluate(graph, rules)
    seconds = median_seconds(lambda: evaluate(Graph(nodes, graph.environment, graph.cloud), rules), 5)
    each = seconds / len(nodes) * 1_000
    say(
        f"modelyard, {environment}: {len(nodes)} resources, {len(report.verdicts)} verdicts",
        seconds,
        f"  {each:.3f} ms a resource",
    )


def checkov_seconds(size: int) -> float | None:
    """Seconds of `checkov` on the plan of the same resources; None where it can't be installed."""
    run = checkov_on(plan(design(size, of_azure=False)))
    if run is None:
        return None
    summary = run.said["summary"]
    judged = f"{summary['passed'] + summary['failed']} verdicts"
    say(f"checkov {CHECKOV}, the same as a plan, {judged}", run.seconds, f"  {run.peak_mb:4.0f} MB")
    return run.seconds


def by_protocol() -> None:
    """The pack as the engine speaks to it, with its own cost apart: with every rule disabled."""
    single, stack = requests(design(SIZES[-1]))
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)]
    start = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        say("start of the analyzer", time.perf_counter() - start)
        limit = 400 * 1024 * 1024
        options = [("grpc.max_send_message_length", limit), ("grpc.max_receive_message_length", limit)]
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
            analyzer = AnalyzerStub(channel)
            megabytes = stack.ByteSize() / 1e6
            seconds = median_seconds(lambda: analyzer.AnalyzeStack(stack))
            say(f"AnalyzeStack, {megabytes:.1f} MB, nothing analyzed before", seconds)
            judged = median_seconds(lambda: [analyzer.Analyze(item) for item in single], 1)
            say(f"Analyze, {len(single)} calls", judged)
            say("AnalyzeStack, after that", median_seconds(lambda: analyzer.AnalyzeStack(stack)))
            off = {rule.id: pb.PolicyConfig(enforcementLevel=pb.DISABLED) for rule in all_rules()}
            analyzer.Configure(pb.ConfigureAnalyzerRequest(policyConfig=off))
            bare = median_seconds(lambda: [analyzer.Analyze(item) for item in single], 1)
            above = (judged - bare) / len(single) * 1_000
            say("Analyze with every rule disabled", bare, f"  so rules cost {above:.2f} ms a resource")
        process.terminate()


def main() -> None:
    sys.stdout.write(f"{len(all_rules())} rules; median of {ROUNDS}, checkov once\n")
    for size in SIZES:
        ours = in_process(size)
        theirs = checkov_seconds(size)
        if theirs is not None:
            sys.stdout.write(f"  {theirs / ours:.0f} times as fast\n")
    in_process(SIZES[-1], BOTH)
    for environment in SHIPPED:
        of_shipped(environment)
    by_protocol()


if __name__ == "__main__":
    if ALONE in sys.argv:
        measure_alone(int(sys.argv[-1]))
    else:
        main()
