"""Containers that nobody watches over any more.

A container ends with whoever watches over it. What is left is one that was made and never started, because
its client was killed between the two, or one whose engine was away: the next run on this machine removes it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from modelyard_launcher.backends.local.processes import host_name, is_alive, this_process
from modelyard_launcher.containers.engines import Engine
from modelyard_launcher.containers.node import SUPERVISOR_LABEL, ContainerSetup, Mount, remove_command
from modelyard_launcher.containers.running import answer_of
from modelyard_launcher.records import Supervisor


def own_label() -> str:
    """The process that asks, as a container's label names whoever watches over it."""
    own = this_process()
    return f"{own.pid} {own.identity}"


def remove_leftovers(engine: Engine) -> list[str]:
    """Remove the containers whose supervisor is gone; their names."""
    listed = answer_of(engine.command("ps", "--all", "--quiet", "--filter", f"label={SUPERVISOR_LABEL}"))
    ids = listed.stdout.split()
    if listed.returncode != 0 or not ids:
        return []
    form = f'{{{{.Name}}}}\t{{{{index .Config.Labels "{SUPERVISOR_LABEL}"}}}}'
    shown = answer_of(engine.command("container", "inspect", "--format", form, *ids))
    removed: list[str] = []
    for line in shown.stdout.splitlines():  # of one that has just ended, there is none
        name, _, label = line.partition("\t")
        if not _is_watched(label):
            answer_of(remove_command(engine, name.lstrip("/")))
            removed.append(name.lstrip("/"))
    return removed


def clear_scratch(scratch: Path, setup: ContainerSetup | None) -> None:
    """Remove a run's directory on this machine.

    What its containers wrote belongs to whoever the image runs as; where that can't be removed from here, a
    container does it.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    if setup is None or not scratch.is_dir():
        return
    engine, mount = setup.engine, Mount(str(scratch), "/scratch", read_only=False)
    words = ["run", "--rm", "--pull", "never", "--network", "none", "--security-opt", "label=disable"]
    words += [*mount.words(), "--user", "0:0", "--entrypoint", "/bin/sh"]
    answer_of(engine.command(*words, setup.image, "-c", "rm -rf /scratch/*"))
    shutil.rmtree(scratch, ignore_errors=True)


def _is_watched(label: str) -> bool:
    pid, _, identity = label.partition(" ")
    return pid.isdigit() and is_alive(Supervisor(host=host_name(), pid=int(pid), identity=identity))
