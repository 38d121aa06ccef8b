"""The language host for Python programs: what the `pulumi` engine starts as `pulumi-language-python`.

For continuous integration and machines that can't download Pulumi's own host, which everybody else has and
should use. It runs programs, policy packs and component plugins with one interpreter; it installs and
generates nothing: no dependencies, no SDKs, no virtual environments.

A program's interpreter is that of the `virtualenv` in its runtime options (relative to the directory of
Pulumi.yaml, PulumiPlugin.yaml or PulumiPolicy.yaml), else the one that this host runs with, which is
PULUMI_PYTHON_CMD, or python3 on PATH if it has pulumi, or the one that installed the host. The runtime
options `toolchain` and `typechecker` are ignored, and `--attach-debugger` is refused.

It prints the port it serves on, and is gone with all it started as soon as it is interrupted or the engine
is no more.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from typing import NoReturn

import children


def main() -> None:
    """Serve until there is no more use for it."""
    parser = argparse.ArgumentParser(
        prog="pulumi-language-python",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("engine", help="the address of the engine (the engine gives it)")
    # The engine may put its own logging flags in front.
    engine = parser.parse_known_args()[0].engine
    for interrupt in (signal.SIGINT, signal.SIGTERM):
        signal.signal(interrupt, leave)

    # Only now: this import takes 0.1 s, and an interrupt in the middle of it would print a traceback.
    import language

    server, port = language.serve(engine)
    print(port, flush=True)
    threading.Thread(target=leave_with_the_engine, daemon=True).start()
    server.wait_for_termination()


def leave(*_: object) -> NoReturn:
    """End this process and all it started, at once and without a word.

    The engine gives a host five seconds to go, and shows the user whatever it says meanwhile.
    """
    children.kill_all()
    os._exit(0)


def leave_with_the_engine() -> None:
    """Wait for the end of stdin, which the engine holds open and never writes to, and leave.

    An engine that is killed interrupts nobody.
    """
    while sys.stdin.buffer.read(4096):
        pass
    leave()


if __name__ == "__main__":
    main()
