"""The packed runtime: the same bytes everywhere, and every Python that nodes may have runs it."""

from __future__ import annotations

import ast
import hashlib
import io
import itertools
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

import modelyard_node
from modelyard_node import pack
from modelyard_node.pack import runtime_archive

ROOT = Path(modelyard_node.__file__).parent
PACK = (
    "import sys; sys.path.insert(0, sys.argv[1]); from modelyard_node.pack import runtime_archive; "
    "print(runtime_archive()[1])"
)


def pythons() -> list[str]:
    """Every Python from 3.9 on that this machine has."""
    directories = [*os.environ["PATH"].split(":"), *map(str, Path.home().glob(".pyenv/versions/*/bin"))]
    if root := os.environ.get("PYENV_ROOT"):
        directories += map(str, Path(root).glob("versions/*/bin"))
    found: dict[str, str] = {}
    for directory, minor in itertools.product(directories, range(9, 16)):
        path = shutil.which(f"python3.{minor}", path=directory)
        if path and f"3.{minor}" not in found:
            ask = [path, "-c", "import sys; print(*sys.version_info[:2], sep='.')"]
            said = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()
            if said == f"3.{minor}":
                found[said] = path
    return [sys.executable, *found.values()]


def test_its_name_is_its_digest():
    content, sha256 = runtime_archive()
    assert hashlib.sha256(content).hexdigest() == sha256
    assert runtime_archive() is runtime_archive()


def test_it_holds_what_nodes_need_as_it_is_written_and_nothing_else():
    with zipfile.ZipFile(io.BytesIO(runtime_archive()[0])) as archive:
        names = archive.namelist()
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        for name in names[1:]:
            assert archive.read(name) == (ROOT.parent / name).read_bytes()
    assert names[0] == "__main__.py"
    assert "modelyard_node/watch/hub.py" in names
    assert "modelyard_node/pack.py" not in names
    assert names == sorted(names)


@pytest.mark.parametrize("python", pythons(), ids=lambda path: Path(path).name)
def test_every_python_packs_the_same_bytes(python: str):
    done = subprocess.run(
        [python, "-I", "-c", PACK, str(ROOT.parent)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == runtime_archive()[1]


def test_neither_times_nor_compiled_files_change_it(tmp_path: Path):
    copy = tmp_path / "elsewhere" / "modelyard_node"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path in copy.rglob("*.py"):
        os.utime(path, (0, 0))
        path.chmod(0o600)
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__/x.cpython-311.pyc").write_bytes(b"compiled")
    done = subprocess.run(
        [sys.executable, "-I", "-c", PACK, str(copy.parent)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == runtime_archive()[1]


def test_packing_is_quick():
    times = []
    for _ in range(5):
        pack.runtime_archive.cache_clear()
        at = time.process_time()
        runtime_archive()
        times.append(time.process_time() - at)
    assert min(times) < 0.02


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_is_written_for_python_3_9_and_the_standard_library(path: Path):
    tree = ast.parse(path.read_text(), feature_version=(3, 9))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add((node.module or "").partition(".")[0])
    of_the_image = {"jax", "torch"} if path.name == "allreduce.py" else set()
    assert names <= {*sys.stdlib_module_names, "modelyard_node", *of_the_image}


@pytest.mark.parametrize("python", pythons(), ids=lambda path: Path(path).name)
def test_every_python_runs_it(nodes: Any, python: str):
    nodes.python = python
    # A node that fails ends the others, so that it waits until the other has begun.
    begun = "touch begun-$NODE_RANK; until [ -e begun-0 ] && [ -e begun-1 ]; do sleep 0.05; done"
    started = nodes.run(f"echo $NODE_RANK; {begun}; exit $((NODE_RANK * 3))", num_nodes=2)
    assert (started[0].wait(), started[0].out, started[1].out) == (3, "0\n", "1\n")
    assert nodes.end()["reason"] == "rank 1 exited with code 3"


@pytest.mark.parametrize("python", pythons(), ids=lambda path: Path(path).name)
def test_every_python_reaches_s3(s3_nodes: Any, python: str):
    s3_nodes.python = python
    (node,) = s3_nodes.run("echo '{\"step\": 3}' >$MODELYARD_METRICS; exit 5")
    assert node.wait() == 5
    assert s3_nodes.heartbeat()["progress"]["step"] == 3


def test_a_python_that_is_too_old_is_told(tmp_path: Path):
    with zipfile.ZipFile(io.BytesIO(runtime_archive()[0])) as archive:
        main = archive.read("__main__.py").decode()
    old = "import sys\nsys.version_info = (3, 6, 15)\n"
    done = subprocess.run([sys.executable, "-c", old + main], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        242,
        "modelyard: the image's python3 is 3.6, and nodes need 3.9\n",
    )
    ast.parse(main, feature_version=(3, 7))


def test_it_runs_from_memory_as_the_entrypoint_runs_it(nodes: Any, tmp_path: Path):
    nodes.submit("echo ran")
    start = (
        "import os, sys\n"
        "file = os.memfd_create('runtime', 0)\n"
        "os.write(file, open(sys.argv[1], 'rb').read())\n"
        "os.execv(sys.executable, [sys.executable, '-I', f'/proc/self/fd/{file}'])"
    )
    wrapped = tmp_path / "start.py"
    wrapped.write_text(start)
    nodes.runtime = f"{wrapped} {nodes.runtime}"
    node = nodes.start(guarded=True)
    assert (node.wait(), node.out) == (0, "ran\n")
