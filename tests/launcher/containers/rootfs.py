"""An image with Python and a shell, made of this machine's own files: no registry is reached here."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

TOOLS = ("sh", "cat", "chmod", "df", "echo", "env", "id", "ls", "mkdir", "rm", "sleep", "touch", "true")

LEFT_OUT = (
    "__pycache__",
    "config-*",
    "ensurepip",
    "idlelib",
    "lib2to3",
    "site-packages",
    "test",
    "tests",
    "tkinter",
)

DOCKERFILE = """\
FROM scratch
COPY root/ /
ENV PATH=/usr/local/bin:/usr/bin:/bin
USER 10001:10001
"""


def write_context(directory: Path) -> None:
    """Write a Dockerfile and what it copies: the Python that runs these tests, without what is installed in it."""
    root = directory / "root"
    base = Path(sys.base_prefix)
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    copied = [base / "bin" / name, *(Path(found) for tool in TOOLS if (found := shutil.which(tool)))]
    library = base / "lib" / name
    shutil.copytree(library, root / library.relative_to("/"), ignore=shutil.ignore_patterns(*LEFT_OUT))
    for file in [*copied, *(library / "lib-dynload").glob("*.so")]:
        for each in [file, *_libraries(file)]:
            _copy(each, root)
    for tool in copied[1:]:
        _link(root / "bin" / tool.name, tool)
    _link(root / "usr/local/bin/python3", base / "bin" / name)
    (root / "tmp").mkdir(exist_ok=True)
    (root / "tmp").chmod(0o1777)
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\ntrainer:x:10001:10001::/tmp:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\ntrainer:x:10001:\n")
    (directory / "Dockerfile").write_text(DOCKERFILE)


def _libraries(file: Path) -> list[Path]:
    shown = subprocess.run(["ldd", str(file)], capture_output=True, text=True, check=False).stdout
    return [Path(found) for found in re.findall(r"(/\S+) \(0x", shown)]


def _copy(file: Path, root: Path) -> None:
    target = root / file.relative_to("/")
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file.resolve(), target)


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists() and not link.is_symlink() and link != target:
        link.symlink_to(target)
