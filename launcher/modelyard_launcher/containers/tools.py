"""What a node's container needs of this machine beside its image: the entrypoint and the lifeline."""

from __future__ import annotations

import pkgutil
from pathlib import Path

from modelyard.planning.host import entrypoint_files
from modelyard_node import guard

_OPEN = 0o755
_READABLE = 0o444
_RUNNABLE = 0o555
_EVERYBODYS = 0o1777
"""As /tmp is: who a container runs as is its image's to say."""


def write_tools(directory: Path) -> None:
    """Write the entrypoint, as a launch template puts it on a host, and the lifeline, for anybody to read."""
    entrypoint, lifeline = directory / "entrypoint", directory / "lifeline"
    for name, content in entrypoint_files().items():
        _write(entrypoint / name, content.encode(), _RUNNABLE if name == "run" else _READABLE)
    _write(lifeline / "run", _shipped("lifeline.sh"), _RUNNABLE)
    _write(lifeline / "lifeline.py", _shipped("lifeline.py"), _READABLE)
    _write(lifeline / "guard.py", Path(guard.__file__).read_bytes(), _READABLE)


def make_room(scratch: Path, notices: Path) -> None:
    """Make a node's directories of its own."""
    scratch.mkdir(parents=True, exist_ok=True)
    scratch.chmod(_EVERYBODYS)
    notices.mkdir(parents=True, exist_ok=True)
    notices.chmod(_OPEN)


def _write(file: Path, content: bytes, mode: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.parent.chmod(_OPEN)
    file.unlink(missing_ok=True)
    file.write_bytes(content)
    file.chmod(mode)


def _shipped(name: str) -> bytes:
    content = pkgutil.get_data(__name__, f"files/{name}")
    if content is None:
        raise FileNotFoundError(f"modelyard was installed without its file containers/files/{name}")
    return content
