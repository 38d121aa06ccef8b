"""A policy pack of one rule, that buckets have no public name, served over the engine's own protocol.

Copied as `__main__.py` beside a PulumiPolicy.yaml it shows that the language host runs policy packs.
"""

# ruff: noqa: N802 - the names of the methods are the protocol's
from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2


class OneRule(analyzer_pb2_grpc.AnalyzerServicer):
    """Refuses every bucket called `public`."""

    def Handshake(
        self, request: pb.AnalyzerHandshakeRequest, context: grpc.ServicerContext
    ) -> pb.AnalyzerHandshakeResponse:
        return pb.AnalyzerHandshakeResponse()

    def ConfigureStack(
        self, request: pb.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> pb.AnalyzerStackConfigureResponse:
        return pb.AnalyzerStackConfigureResponse()

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def GetAnalyzerInfo(self, request: Empty, context: grpc.ServicerContext) -> pb.AnalyzerInfo:
        rule = pb.PolicyInfo(name="no-public-name", enforcementLevel=pb.MANDATORY)
        return pb.AnalyzerInfo(name="one-rule", version="1.0.0", policies=[rule])

    def Remediate(self, request: pb.AnalyzeRequest, context: grpc.ServicerContext) -> pb.RemediateResponse:
        return pb.RemediateResponse()

    def Analyze(self, request: pb.AnalyzeRequest, context: grpc.ServicerContext) -> pb.AnalyzeResponse:
        if request.properties.fields["bucket"].string_value != "public":
            return pb.AnalyzeResponse()
        failure = pb.AnalyzeDiagnostic(
            policyName="no-public-name",
            policyPackName="one-rule",
            policyPackVersion="1.0.0",
            message="a bucket is called public",
            enforcementLevel=pb.MANDATORY,
            urn=request.urn,
        )
        return pb.AnalyzeResponse(diagnostics=[failure])

    def AnalyzeStack(
        self, request: pb.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> pb.AnalyzeResponse:
        return pb.AnalyzeResponse()

    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        return Empty()


def main() -> None:
    """Serve until the language host ends this process."""
    server = grpc.server(ThreadPoolExecutor(4))
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(OneRule(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
