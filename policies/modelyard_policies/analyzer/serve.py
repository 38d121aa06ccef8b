"""The process that serves the analyzer: it prints its port and leaves when it is told or left alone."""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto.analyzer_pb2_grpc import add_AnalyzerServicer_to_server

from modelyard_policies.analyzer.server import Analyzer
from modelyard_policies.registry import all_rules

LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024
"""A whole stack comes in one message; as large as Pulumi's own servers allow."""

PARENT_CHECK_SECONDS = 1.0


def main() -> None:
    """Serve until SIGTERM, SIGINT, the engine's Cancel, the end of stdin or the death of the parent."""
    parent = os.getppid()  # at once: whoever dies while we start has another number afterwards
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server = grpc.server(
        ThreadPoolExecutor(max_workers=8),
        options=[
            ("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES),
            ("grpc.max_send_message_length", LARGEST_MESSAGE_BYTES),
        ],
    )
    add_AnalyzerServicer_to_server(Analyzer(all_rules(), stop.set), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    threading.Thread(target=_watch_stdin, args=(stop,), daemon=True).start()
    while not stop.wait(PARENT_CHECK_SECONDS):
        if os.getppid() != parent:
            break
    server.stop(grace=1).wait()


def _watch_stdin(stop: threading.Event) -> None:
    """Set `stop` when whoever holds the other end of stdin is gone.

    Only of a pipe does the end mean that: a language host may start the pack without any input.
    """
    try:
        if not stat.S_ISFIFO(os.fstat(0).st_mode):
            return
        while os.read(0, 4096):
            pass
    except OSError:
        return
    stop.set()
