# ruff: noqa: N802, ARG002  (the names and signatures are the protocol's)
"""The analyzer that Pulumi's engine talks to."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Never

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerServicer

from modelyard_policies.analyzer import messages, nodes
from modelyard_policies.analyzer.configuration import Configuration
from modelyard_policies.analyzer.remediation import with_values
from modelyard_policies.analyzer.suppressing import Suppressing
from modelyard_policies.engine import dispatch, evaluate, judge
from modelyard_policies.errors import PolicyError, Unread
from modelyard_policies.graph import Graph, Node, canonical
from modelyard_policies.reading import GraphView
from modelyard_policies.report import Finding, Verdict
from modelyard_policies.rule import Rule, Scope


class Analyzer(AnalyzerServicer):
    """Judges resources one by one as they are registered, and the stack once all are known.

    Rules that need the one resource only answer in Analyze, before it is made; the others in
    AnalyzeStack. Each resource's inputs are decoded once, in Analyze, and kept for AnalyzeStack.
    """

    def __init__(self, rules: Sequence[Rule], cancel: Callable[[], None]) -> None:
        self._rules = {rule.id: rule for rule in rules}
        self._cancel = cancel
        self._lock = threading.Lock()
        self._seen: dict[str, Node] = {}
        self._suppressing = Suppressing.none()
        self._configure(Configuration.default(rules))

    def Handshake(
        self, request: pb.AnalyzerHandshakeRequest, context: grpc.ServicerContext
    ) -> pb.AnalyzerHandshakeResponse:
        """Nothing to agree on."""
        return pb.AnalyzerHandshakeResponse()

    def ConfigureStack(
        self, request: pb.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> pb.AnalyzerStackConfigureResponse:
        """Read the suppressions: a file that can't be used is refused before anything is judged."""
        try:
            self._suppressing = Suppressing.of(os.environ, self._rules.values())
        except PolicyError as error:
            _refuse(context, str(error))
        return pb.AnalyzerStackConfigureResponse()

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """The pack's version."""
        return plugin_pb2.PluginInfo(version=messages.pack_version())

    def GetAnalyzerInfo(self, request: Empty, context: grpc.ServicerContext) -> pb.AnalyzerInfo:
        """The rules and their options."""
        return messages.info(self._rules.values())

    def Configure(self, request: pb.ConfigureAnalyzerRequest, context: grpc.ServicerContext) -> Empty:
        """Take over levels and options. A rule or option that doesn't exist is refused."""
        try:
            self._configure(Configuration.of(self._rules.values(), request.policyConfig))
        except PolicyError as error:
            _refuse(context, str(error))
        return Empty()

    def Remediate(self, request: pb.AnalyzeRequest, context: grpc.ServicerContext) -> pb.RemediateResponse:
        """Mend the resource by the rules whose level is `remediate`, one after the other."""
        response = pb.RemediateResponse()
        for rule in self._remediating.get(canonical(request.type), ()):
            remedy = self._remedy(rule, request)
            if remedy is None:
                continue
            response.remediations.append(messages.remediation(rule, remedy))
            if remedy.properties is not None:
                request.properties.CopyFrom(remedy.properties)
        return response

    def Analyze(self, request: pb.AnalyzeRequest, context: grpc.ServicerContext) -> pb.AnalyzeResponse:
        """Judge one resource by the rules that need no other."""
        found = nodes.from_request(request)
        node = found[-1]
        with self._lock:
            self._seen[node.urn] = node
        view = GraphView(Graph(found), self._configuration.options)
        rules = self._by_type.get(canonical(node.type), [])
        response = pb.AnalyzeResponse(not_applicable=self._elsewhere(rules))
        for rule in rules:
            verdict, findings = judge(rule, view.resource(node), view)
            if verdict is Verdict.NOT_APPLICABLE:
                response.not_applicable.append(messages.not_applicable(rule, "doesn't concern this resource"))
            response.diagnostics.extend(self._diagnostics(findings))
        return response

    def AnalyzeStack(
        self, request: pb.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> pb.AnalyzeResponse:
        """Judge the stack by the rules that look at several resources."""
        with self._lock:
            seen = dict(self._seen)
        graph = Graph(nodes.from_resource(resource, seen.get(resource.urn)) for resource in request.resources)
        report = evaluate(graph, self._of_stack, options=self._configuration.options)
        return pb.AnalyzeResponse(
            diagnostics=[*self._diagnostics(report.findings), *self._of_suppressions()],
            not_applicable=[
                messages.not_applicable(self._rules[name], "nothing in the stack that it concerns")
                for name, verdict in report.rules.items()
                if verdict is Verdict.NOT_APPLICABLE
            ],
        )

    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        """Leave."""
        self._cancel()
        return Empty()

    def _configure(self, configuration: Configuration) -> None:
        enabled = configuration.enabled(self._rules.values())
        self._configuration = configuration
        self._of_resource = [rule for rule in enabled if rule.scope is Scope.RESOURCE]
        self._of_stack = [rule for rule in enabled if rule.scope is Scope.STACK]
        self._by_type = dispatch(self._of_resource)
        self._remediating = dispatch(rule for rule in enabled if configuration.remediates(rule))

    def _remedy(self, rule: Rule, request: pb.AnalyzeRequest) -> messages.Remedied | None:
        """What a rule's remedy changes; None if nothing is to be changed."""
        found = nodes.from_request(request)
        view = GraphView(Graph(found), self._configuration.options)
        resource = view.resource(found[-1])
        try:
            if not rule.concerns(resource, view):
                return None
            values = rule.remedied(resource, view)
        except Unread as signal:
            return messages.Remedied(None, f"can't be remedied: {signal.path} is {signal.why}")
        except Exception as error:  # noqa: BLE001  (shown as that rule's, and the resource is left as it is)
            return messages.Remedied(None, f"the rule's remedy broke: {type(error).__name__}")
        if not values:
            return None
        changed = with_values(request.properties, values)
        where = ", ".join(values)
        if changed is None:
            return messages.Remedied(None, f"can't be remedied: {where} isn't known or is within a secret")
        return messages.Remedied(changed, "")

    def _diagnostics(self, findings: Iterable[Finding]) -> list[pb.AnalyzeDiagnostic]:
        tells_unknown = self._configuration.unknown != pb.DISABLED
        return [
            messages.diagnostic(
                finding,
                self._rules[finding.rule],
                self._configuration,
                self._suppressing.hiding(finding),
            )
            for finding in findings
            if tells_unknown or finding.verdict is not Verdict.UNKNOWN
        ]

    def _of_suppressions(self) -> Iterator[pb.AnalyzeDiagnostic]:
        """What is to be said of them once the whole stack is judged."""
        for entry in self._suppressing.expired:
            yield messages.expired(entry, self._rules[entry.rule])
        for entry in self._suppressing.unused:
            yield messages.unused(entry, self._rules[entry.rule])

    def _elsewhere(self, rules: Iterable[Rule]) -> list[pb.PolicyNotApplicable]:
        judged = {rule.id for rule in rules}
        return [
            messages.not_applicable(rule, "not a type that it judges")
            for rule in self._of_resource
            if rule.id not in judged
        ]


def _refuse(context: grpc.ServicerContext, message: str) -> Never:
    context.abort(grpc.StatusCode.INVALID_ARGUMENT, message)
    raise AssertionError("abort raises")
