"""The images can't be built here; what can be said of them without is held here."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

WORKLOADS = Path(__file__).parents[2] / "workloads"
NAMES = ("cnn", "vae", "gan")
OF_ALL = ("azure-identity", "azure-storage-blob", "boto3", "jax", "keras", "numpy")


def dockerfile(name: str) -> str:
    return (WORKLOADS / name / "Dockerfile").read_text()


def pins(file: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in (WORKLOADS / file).read_text().splitlines():
        if not line.startswith("#"):
            name, version = line.split("==")
            found[canonicalize_name(name)] = version
    return found


def needed(*names: str) -> set[str]:
    """These distributions and all that they need, as they are installed here."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        found.add(name)
        requirements = [Requirement(text) for text in distribution(name).requires or []]
        waiting += [one.name for one in requirements if not one.marker or one.marker.evaluate({"extra": ""})]
    return found


FILES = ("requirements-mlflow.txt", *(f"{name}/requirements.txt" for name in NAMES))


@pytest.mark.parametrize("file", FILES)
def test_the_pins_are_the_versions_that_the_tests_run_with(file: str) -> None:
    assert pins(file) == {name: distribution(name).version for name in pins(file)}


@pytest.mark.parametrize("name", NAMES)
def test_the_pins_are_complete_and_none_is_idle(name: str) -> None:
    assert set(pins(f"{name}/requirements.txt")) == needed(*OF_ALL)


def test_the_pins_for_mlflow_are_what_an_image_lacks_for_it() -> None:
    assert set(pins("requirements-mlflow.txt")) == needed("mlflow-skinny") - needed(*OF_ALL)


@pytest.mark.parametrize("name", NAMES)
def test_the_base_image_is_pinned_by_digest_and_the_user_is_not_root(name: str) -> None:
    pinned = r"^ARG BASE_IMAGE=python:[\d.]+-slim-bookworm@sha256:[0-9a-f]{64}$"
    assert re.search(pinned, dockerfile(name), re.M)
    assert re.findall(r"^USER (.+)$", dockerfile(name), re.M) == ["10001:10001"]


@pytest.mark.parametrize("name", NAMES)
def test_the_image_is_labelled_as_what_it_is(name: str) -> None:
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="(.+)"', dockerfile(name)))
    assert labels.pop("title") == f"modelyard digits {name.upper()}"
    assert labels.keys() == {"description", "licenses", "version", "revision"}


@pytest.mark.parametrize("name", NAMES)
def test_the_command_can_be_replaced_by_a_job_s_own(name: str) -> None:
    assert re.findall(r"^(?:CMD|ENTRYPOINT) .+$", dockerfile(name), re.M) == ['CMD ["python", "train.py"]']


@pytest.mark.parametrize("name", NAMES)
def test_what_the_image_copies_is_let_into_the_build_and_is_enough_to_start(
    name: str, tmp_path: Path
) -> None:
    allowed = re.findall(r"^!(.+)$", (WORKLOADS / ".dockerignore").read_text(), re.M)
    for sources, target in re.findall(r"^COPY (.+) (\S+)$", dockerfile(name), re.M):
        for source in sources.split():
            for path in sorted((WORKLOADS / source).glob("*.py")) or [WORKLOADS / source]:
                assert any(path.relative_to(WORKLOADS).match(pattern) for pattern in allowed)
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


@pytest.mark.parametrize("name", NAMES)
def test_a_job_that_brings_its_own_directory_finds_the_shared_library_in_the_image(
    name: str, tmp_path: Path
) -> None:
    (place,) = re.findall(r"^WORKDIR (.+)$", dockerfile(name), re.M)
    assert re.findall(r"PYTHONPATH=(\S+)$", dockerfile(name), re.M) == [place]
    shutil.copytree(WORKLOADS / "modelyard_training", tmp_path / "app" / "modelyard_training")
    shutil.copytree(WORKLOADS / name, tmp_path / "brought")
    site = Path(distribution("numpy").locate_file("")).as_posix()
    # -S: what is installed here in editable form is on no path.
    shown = subprocess.run(
        [sys.executable, "-S", "train.py", "--help"],
        cwd=tmp_path / "brought",
        env={"PYTHONPATH": f"{tmp_path / 'app'}:{site}"},
        capture_output=True,
        text=True,
    )
    assert shown.returncode == 0, shown.stderr
    assert "--learning-rate" in shown.stdout


def test_the_shared_library_needs_the_standard_library_only_until_more_is_used() -> None:
    modules = ("contract", "errors", "metrics", "mlflow_log", "options", "rendezvous", "stopping", "stores")
    heavy = {"numpy", "boto3", "azure", "jax", "keras", "mlflow", "pydantic", "modelyard"}
    program = (
        f"import sys\nfor name in {modules}: __import__('modelyard_training.' + name)\n"
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


def test_what_pytorch_uses_of_the_shared_library_does_without_jax() -> None:
    modules = ("batches", "checkpoints", "datasets", "manifests", "parts", "process", "results", "runs")
    program = (
        f"import sys\nfor name in {modules}: __import__('modelyard_training.' + name)\n"
        "print(sorted({'jax', 'keras', 'torch', 'boto3', 'azure', 'mlflow'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


@pytest.mark.parametrize("name", NAMES)
def test_the_job_file_is_a_job_that_the_launcher_takes_and_its_options_are_the_program_s(
    name: str, tmp_path: Path
) -> None:
    from modelyard_launcher.load import load_job

    job = load_job(WORKLOADS / name / "job.yaml").job
    assert (job.name, job.image) == (f"digits-{name}", f"{name}:0.1.0")
    assert (job.num_nodes, job.distribution) == (2, "jax")
    assert job.run is not None
    python, *command = job.run.split()
    assert (python, command[0]) == ("python", "train.py")
    # Options come first: what is complained of is that there is no job.
    started = subprocess.run(
        [sys.executable, *command], cwd=WORKLOADS / name, env={}, capture_output=True, text=True
    )
    assert started.returncode == 2
    assert started.stderr.startswith("error: the job contract is not met:\n")
