"""Runs the entrypoint of a job's container on somebody's machine, as long as whoever started it is there.

On a cluster the service starts and ends containers. Here an engine's client does, and its end, in whatever
way, doesn't end a container. So standard input, which closes when the client or the launcher is gone, is a
lifeline, as it is for processes without a container (guard.py, beside this file). Then everything ends at
once, as with a machine that is lost, and is taken for that: nobody is told of an end that was asked for.

Before that, standard input brings the variables that nobody else is to see, secrets and credentials: eight
digits, and so many bytes of JSON. The engine keeps what it is told of variables on its disk and shows it to
everybody who may use it.
"""

import importlib
import json
import os
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
sys.path.insert(0, str(Path(__file__).parent))
guard = importlib.import_module("guard")
setattr(guard, "ORPHAN_GRACE_SECONDS", 0.0)  # noqa: B010 (a module that no checker finds from here)
os._exit(guard.main())
