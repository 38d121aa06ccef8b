"""The process of one provider: `python -m modelyard_sandbox.provider.plugin PACKAGE [ENGINE_ADDRESS]`.

Pulumi's engine starts one for each provider of a program. It prints its port, serves the protocol, and
leaves when the engine does: by a signal, or at the end of its standard input, which the engine holds.
"""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc

from modelyard_sandbox.provider.packages import package_named
from modelyard_sandbox.provider.stubs import without_the_sdk

with without_the_sdk():
    from pulumi.runtime.proto.engine_pb2 import LogRequest, LogSeverity
    from pulumi.runtime.proto.engine_pb2_grpc import EngineStub
    from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

    from modelyard_sandbox.provider.servicer import SandboxProvider, Warn

WORKERS = 16
"""Resources at a time; the engine asks for as many as are ready."""


def main() -> None:
    """Serve until the engine is gone."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))
    server = grpc.server(
        ThreadPoolExecutor(max_workers=WORKERS),
        options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
    )
    name, engine_address = sys.argv[1], next(iter(sys.argv[2:]), None)
    provider = SandboxProvider(package_named(name), _warner(engine_address))
    add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    _await_end()
    # What is under way has nobody to answer any more.
    os._exit(0)


def _warner(engine_address: str | None) -> Warn:
    """Warnings into the engine's diagnostics; without an engine (a debugger's run) onto standard error."""
    if engine_address is None:
        return lambda message, urn: print(f"{urn}: {message}", file=sys.stderr)
    engine = EngineStub(grpc.insecure_channel(engine_address))

    def warn(message: str, urn: str) -> None:
        engine.Log(LogRequest(severity=LogSeverity.WARNING, message=message, urn=urn))

    return warn


def _await_end() -> None:
    if not stat.S_ISFIFO(os.fstat(0).st_mode):
        # Nobody holds the other end: only a signal ends this.
        threading.Event().wait()
    while os.read(0, 4096):
        pass


if __name__ == "__main__":
    main()
