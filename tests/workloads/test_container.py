"""The image can't be built here; what can be said of it without is held here."""

import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

WORKLOADS = Path(__file__).parents[2] / "workloads"
DOCKERFILE = (WORKLOADS / "cnn" / "Dockerfile").read_text()


def pins() -> dict[str, str]:
    text = (WORKLOADS / "cnn" / "requirements.txt").read_text()
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, version = line.split("==")
            found[canonicalize_name(name)] = version
    return found


@pytest.mark.parametrize("name", pins())
def test_a_pin_is_the_version_that_the_tests_run_with(name: str) -> None:
    assert pins()[name] == distribution(name).version


def test_the_pins_are_complete_and_none_is_idle() -> None:
    needed: set[str] = set()
    waiting = ["boto3", "jax", "keras", "numpy"]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in needed:
            continue
        needed.add(name)
        requirements = [Requirement(text) for text in distribution(name).requires or []]
        waiting += [one.name for one in requirements if not one.marker or one.marker.evaluate({"extra": ""})]
    assert needed == set(pins())


def test_the_base_image_is_pinned_by_digest_and_the_user_is_not_root() -> None:
    assert re.search(r"^ARG BASE_IMAGE=python:[\d.]+-slim-bookworm@sha256:[0-9a-f]{64}$", DOCKERFILE, re.M)
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.M) == ["10001:10001"]


def test_the_command_can_be_replaced_by_a_job_s_own() -> None:
    assert re.findall(r"^(?:CMD|ENTRYPOINT) .+$", DOCKERFILE, re.M) == ['CMD ["python", "train.py"]']


def test_what_the_image_copies_is_enough_to_start(tmp_path: Path) -> None:
    for sources, target in re.findall(r"^COPY (.+) (\S+)$", DOCKERFILE, re.M):
        for source in sources.split():
            for path in sorted((WORKLOADS / source).glob("*.py")) or [WORKLOADS / source]:
                assert path.is_file()
                (tmp_path / target).mkdir(exist_ok=True)
                (tmp_path / target / path.name).write_bytes(path.read_bytes())
    # -S and a path of its own: nothing that is installed here but the image's own packages can help.
    program = (
        "import sys; sys.path[:0] = ['.']; import train; import modelyard_training; "
        "print(modelyard_training.__file__); train.main(['--help'])"
    )
    site = Path(distribution("numpy").locate_file("")).as_posix()
    shown = subprocess.run(
        [sys.executable, "-S", "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": site},
        capture_output=True,
        text=True,
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(str(tmp_path / "modelyard_training"))
    assert "--learning-rate" in shown.stdout


def test_the_shared_library_needs_the_standard_library_only_until_more_is_used() -> None:
    modules = ("contract", "errors", "metrics", "rendezvous", "stopping", "stores")
    program = (
        f"import sys\nfor name in {modules}: __import__('modelyard_training.' + name)\n"
        "print(sorted({'numpy', 'boto3', 'jax', 'keras', 'pydantic', 'modelyard'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


def test_the_job_file_is_a_job_that_the_launcher_takes() -> None:
    from modelyard_launcher.load import load_job

    job = load_job(WORKLOADS / "cnn" / "job.yaml").job
    assert (job.num_nodes, job.distribution, job.run) == (2, "jax", "python train.py --epochs 8")
