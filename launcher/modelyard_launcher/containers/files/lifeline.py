"""Runs the entrypoint of a job's container on somebody's machine, as long as whoever started it is there.

On a cluster the service starts and ends containers. Here an engine's client does, and its end, in whatever
way, doesn't end a container. So standard input, which closes when the client or the launcher is gone, is a
lifeline, as it is for processes without a container (guard.py, beside this file).

Before that, standard input brings the variables that nobody else is to see, secrets and credentials: eight
digits, and so many bytes of JSON. The engine keeps what it is told of variables on its disk and shows it to
everybody who may use it.
"""

import json
import os
import runpy
import shlex
import sys
from pathlib import Path

HEADER_BYTES = 8


def read(count: int) -> bytes:
    """So many bytes, and none of what comes behind them."""
    data = b""
    while len(data) < count:
        chunk = os.read(0, count - len(data))
        if not chunk:
            sys.exit("modelyard: whoever started this container is gone")
        data += chunk
    return data


os.environ.update(json.loads(read(int(read(HEADER_BYTES)))))
grace_seconds, entrypoint = sys.argv[1:]
sys.argv = ["guard", grace_seconds, f"exec {shlex.quote(entrypoint)}/run"]
runpy.run_path(str(Path(__file__).with_name("guard.py")), run_name="__main__")
