"""A resource provider for previews: it answers with what it is given, and creates nothing.

    python echo_provider.py NAME VERSION [ADDRESS OF THE ENGINE]

Every output that isn't an input is unknown, as in the preview of a real provider, and no check adds names
or defaults, so that the engine's graph holds exactly what the program said.
"""

# ruff: noqa: N802 - the names of the methods are the protocol's
from __future__ import annotations

import json
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb


class EchoProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Echoes for one package."""

    def __init__(self, name: str, version: str) -> None:
        self._name = name
        self._version = version

    def Handshake(
        self, request: pb.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> pb.ProviderHandshakeResponse:
        return pb.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True)

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self._version)

    def GetSchema(self, request: pb.GetSchemaRequest, context: grpc.ServicerContext) -> pb.GetSchemaResponse:
        return pb.GetSchemaResponse(schema=json.dumps({"name": self._name, "version": self._version}))

    def CheckConfig(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> pb.CheckResponse:
        return pb.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> pb.DiffResponse:
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE)

    def Configure(self, request: pb.ConfigureRequest, context: grpc.ServicerContext) -> pb.ConfigureResponse:
        return pb.ConfigureResponse(acceptSecrets=True, acceptResources=True, supportsPreview=True)

    def Check(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> pb.CheckResponse:
        return pb.CheckResponse(inputs=request.news)

    def Diff(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> pb.DiffResponse:
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE)

    def Create(self, request: pb.CreateRequest, context: grpc.ServicerContext) -> pb.CreateResponse:
        if not request.preview:
            self._refuse(context, f"create {request.urn}")
        return pb.CreateResponse(properties=request.properties)

    def Read(self, request: pb.ReadRequest, context: grpc.ServicerContext) -> pb.ReadResponse:
        return pb.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    def Update(self, request: pb.UpdateRequest, context: grpc.ServicerContext) -> pb.UpdateResponse:
        self._refuse(context, f"update {request.urn}")

    def Delete(self, request: pb.DeleteRequest, context: grpc.ServicerContext) -> Empty:
        self._refuse(context, f"delete {request.urn}")

    def Invoke(self, request: pb.InvokeRequest, context: grpc.ServicerContext) -> pb.InvokeResponse:
        self._refuse(context, f"answer {request.tok}")

    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        return Empty()

    def _refuse(self, context: grpc.ServicerContext, what: str) -> NoReturn:
        message = f"the echo provider of {self._name} is for previews of resources only: it can't {what}"
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, message)
        raise AssertionError("abort always raises")


def serve(provider: EchoProvider) -> None:
    """Serve, and leave without a word when interrupted."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    server = grpc.server(ThreadPoolExecutor(8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    serve(EchoProvider(sys.argv[1], sys.argv[2]))
