"""The server's process: `python -m modelyard_sandbox.server DIRECTORY [--lifeline]`.

It serves moto with our extensions on a free port of 127.0.0.1, writes `server.json` once it answers, and
takes the record away when it ends. With `--lifeline` it ends by itself when its standard input closes,
which the system does for a parent that dies in whatever way.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

from modelyard_sandbox.process import ProcessIdentity
from modelyard_sandbox.record import ServerRecord

HOST = "127.0.0.1"


def serve(directory: Path, *, lifeline: bool) -> None:
    """Serve until told to end."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler
    from werkzeug.serving import make_server

    from modelyard_sandbox import moto_extensions
    from modelyard_sandbox.faults import Faults
    from modelyard_sandbox.gateway import Gateway
    from modelyard_sandbox.once import Once

    moto_extensions.configure()
    moto: Any = DomainDispatcherApplication(moto_extensions.create_app)
    application = Faults(Once(Gateway(moto)))
    server = make_server(HOST, 0, application, threaded=True, request_handler=MotoRequestHandler)
    identity = ProcessIdentity.of(os.getpid())
    assert identity is not None, "this process runs"  # noqa: S101
    record = ServerRecord(identity, server.server_port)

    def end(*_: object) -> None:
        # shutdown() waits for the serving loop, which a signal handler interrupts: so from another thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if lifeline:
        threading.Thread(target=_wait_for_parent, args=(end,), daemon=True).start()
    record.write(directory)
    # EC2's is by far the largest of moto's services: read while the client still prepares its first request.
    threading.Thread(target=import_module, args=("moto.ec2.responses",), daemon=True).start()
    try:
        server.serve_forever()
    finally:
        if ServerRecord.read(directory) == record:
            ServerRecord.path(directory).unlink(missing_ok=True)
    # Everything is in memory and goes with the process: taking it apart first would only cost seconds.
    logging.shutdown()
    os._exit(0)


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
