"""Whether an engine can give a container this machine's NVIDIA accelerators.

Sources: NVIDIA Container Toolkit documentation, "Configuring Docker" and "Support for Container Device
Interface"; 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from modelyard_launcher.containers.engines import Engine
from modelyard_launcher.containers.running import answer_of

CDI_DIRECTORIES = (Path("/etc/cdi"), Path("/var/run/cdi"))
"""Where descriptions of devices lie, as podman reads them."""


def can_give_gpus(engine: Engine, cdi: Sequence[Path] = CDI_DIRECTORIES) -> bool:
    """Whether NVIDIA's container toolkit is set up for an engine."""
    if engine.kind == "docker":
        answer = answer_of(engine.command("info", "--format", "{{json .Runtimes}}"))
        try:
            return "nvidia" in json.loads(answer.stdout)
        except (ValueError, TypeError):
            return False
    return any(True for directory in cdi for _ in directory.glob("nvidia*.[jy]*"))
