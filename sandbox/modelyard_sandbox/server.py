"""The server's process: `python -m modelyard_sandbox.server DIRECTORY [--lifeline]`.

It serves moto with our extensions on a free port of 127.0.0.1 and Azure's resource manager on another, starts
Azurite for the blobs of Azure's accounts when it is told to, writes `server.json` once it answers, and takes
the record away when it ends. With `--lifeline` it ends by itself when its standard input closes, which the
system does for a parent that dies in whatever way.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import socket
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from modelyard_sandbox.files import write_private
from modelyard_sandbox.once import Application
from modelyard_sandbox.process import ProcessIdentity
from modelyard_sandbox.record import ServerRecord

if TYPE_CHECKING:
    from modelyard_sandbox.azurite.blobs import BlobStatus
    from modelyard_sandbox.azurite.install import Program
    from modelyard_sandbox.gateway import Gateway

HOST = "127.0.0.1"
PORTS_FILE = "ports.json"
END_SECONDS = 0.05
"""How long the server goes on, at most, once it is told to end."""


def serve(directory: Path, *, lifeline: bool) -> None:
    """Serve until told to end."""
    from modelyard_sandbox.azure.serving import AzureSide
    from modelyard_sandbox.azurite.control import BlobControl
    from modelyard_sandbox.faults import Board, Faults
    from modelyard_sandbox.job_server import JobServer
    from modelyard_sandbox.moto_extensions.place import settle
    from modelyard_sandbox.once import Once
    from modelyard_sandbox.passing_time import PassingTime
    from modelyard_sandbox.wording import AZURE

    ports, board = _ports_before(directory), Board()
    gateway = _gateway()

    def note_blobs(port: int) -> None:
        replace(record, blob_port=port).write(directory)

    def start_blobs(program: Program) -> BlobStatus:
        status = azure_side.start_blobs(program)
        note_blobs(urlsplit(status.endpoint).port or 0)
        return status

    azure_side = AzureSide(directory, lambda: note_blobs(0))
    jobs = JobServer(Faults(Once(gateway), board), azure_side.jobs)
    aws = _server(BlobControl(PassingTime(jobs), azure_side.blob_status, start_blobs), ports.get("port", 0))
    azure = _server(Faults(azure_side, board, AZURE), ports.get("azurePort", 0))
    identity = ProcessIdentity.of(os.getpid())
    assert identity is not None, "this process runs"  # noqa: S101
    record = ServerRecord(identity, aws.port, azure.port)
    settle(directory, record.endpoint)
    azure_side.endpoint = record.azure_endpoint

    def end(*_: object) -> None:
        # shutdown() waits for the serving loop, which a signal handler interrupts: so from another thread.
        threading.Thread(target=aws.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if lifeline:
        threading.Thread(target=_wait_for_parent, args=(end,), daemon=True).start()
    threading.Thread(target=azure.serve_forever, daemon=True).start()
    write_private(
        directory / PORTS_FILE, json.dumps({"port": record.port, "azurePort": record.azure_port}) + "\n"
    )
    record.write(directory)
    # EC2's is by far the largest of moto's services: read while the client still prepares its first request.
    threading.Thread(target=gateway.load, args=("moto.ec2.responses",), daemon=True).start()
    try:
        aws.serve_forever(poll_interval=END_SECONDS)
    finally:
        last = ServerRecord.read(directory)
        if last is not None and last.process == identity:
            ServerRecord.path(directory).unlink(missing_ok=True)
        azure_side.stop()
        _end_jobs()
    # Everything else is in memory and goes with the process: taking it apart first would only cost seconds.
    logging.shutdown()
    os._exit(0)


def _end_jobs() -> None:
    """End the processes of jobs, if any job was ever submitted."""
    engine = sys.modules.get("modelyard_sandbox.moto_extensions.batch.running.engine")
    if engine is not None and engine.is_running():
        engine.engine().end()


def _gateway() -> Gateway:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    from modelyard_sandbox import moto_extensions
    from modelyard_sandbox.gateway import Gateway

    moto_extensions.configure()
    moto: Any = DomainDispatcherApplication(moto_extensions.create_app)
    return Gateway(moto)


def _server(application: Application, port: int) -> Any:
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    from modelyard_sandbox.moto_extensions import clock

    class Handler(MotoRequestHandler):
        """Dates answers by the clock that locks and windows go by, as AWS does."""

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(clock.now().timestamp() if timestamp is None else timestamp)

    with _listening(port) as place:
        return make_server(
            HOST,
            place.getsockname()[1],
            application,
            threaded=True,
            request_handler=Handler,
            fd=place.fileno(),
        )


def _listening(port: int) -> socket.socket:
    """A socket that listens on the port, or on a free one if another process has that."""
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((HOST, port))
    except OSError:
        place.bind((HOST, 0))
    place.listen(128)
    return place


def _ports_before(directory: Path) -> dict[str, int]:
    """The ports of the server before this one: with the same ones, what shells were told stays true."""
    try:
        return {name: int(port) for name, port in json.loads((directory / PORTS_FILE).read_text()).items()}
    except (FileNotFoundError, ValueError, AttributeError):
        return {}


def _wait_for_parent(end: Any) -> None:
    while sys.stdin.buffer.read(1):
        pass
    end()


def main() -> None:
    """Entry point of the process."""
    parser = argparse.ArgumentParser(description="The sandbox's server; `modelyard sandbox up` starts it.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--lifeline", action="store_true", help="end when standard input closes")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    # moto makes clients of its own for what it looks up: they need credentials, which mean nothing.
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        os.environ[name] = "none"
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    serve(arguments.directory, lifeline=arguments.lifeline)


if __name__ == "__main__":
    main()
