"""The image can't be built here; what can be said of it without is held here."""

import json
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

WORKLOADS = Path(__file__).parents[3] / "workloads"
DOCKERFILE = (WORKLOADS / "gpt" / "Dockerfile").read_text()


def pins(file: str) -> dict[str, str]:
    lines = [line for line in (WORKLOADS / file).read_text().splitlines() if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def needed(*names: str) -> set[str]:
    """These distributions and all that they need, with the extras that they ask for, as installed here."""
    found: set[tuple[str, tuple[str, ...]]] = set()
    waiting: list[tuple[str, tuple[str, ...]]] = [(name, ()) for name in names]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in found:
            continue
        found.add((name, extras))
        for text in distribution(name).requires or []:
            one = Requirement(text)
            if not one.marker or any(one.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                waiting.append((canonicalize_name(one.name), tuple(sorted(one.extras))))
    return {name for name, _ in found}


@pytest.mark.usefixtures("pytorch")
def test_the_pins_are_complete_and_the_versions_that_the_tests_run_with() -> None:
    found = pins("gpt/requirements.txt")
    assert set(found) == needed("azure-identity", "azure-storage-blob", "boto3", "numpy", "torch")
    assert found == {name: distribution(name).version for name in found}


@pytest.mark.usefixtures("pytorch")
def test_with_mlflow_s_pins_the_image_has_all_that_mlflow_needs() -> None:
    (packaging,) = re.findall(r"requirements-mlflow\.txt packaging==(\S+)\}", DOCKERFILE)
    assert packaging == distribution("packaging").version
    has = set(pins("gpt/requirements.txt")) | set(pins("requirements-mlflow.txt")) | {"packaging"}
    assert needed("mlflow-skinny") <= has


def test_the_pins_are_those_of_the_constraints_that_everybody_installs_by() -> None:
    lines = (WORKLOADS.parent / "constraints.txt").read_text().splitlines()
    constraints = {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}
    assert constraints.items() >= pins("gpt/requirements.txt").items()


def test_the_base_image_is_pinned_by_digest_the_user_is_not_root_and_the_command_can_be_replaced() -> None:
    assert re.search(r"^ARG BASE_IMAGE=python:[\d.]+-slim-bookworm@sha256:[0-9a-f]{64}$", DOCKERFILE, re.M)
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.M) == ["10001:10001"]
    commands = re.findall(r"^(?:CMD|ENTRYPOINT) .+$", DOCKERFILE, re.M)
    assert commands == ['CMD ["python", "-m", "modelyard_training.torch_launch", "train.py"]']
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="(.+)"', DOCKERFILE))
    assert labels.keys() == {"title", "description", "licenses", "version", "revision"}


@pytest.mark.usefixtures("pytorch")
def test_what_the_image_copies_is_let_into_the_build_and_trains(
    texts_uri: str, clean_environment, tmp_path: Path
) -> None:
    allowed = re.findall(r"^!(.+)$", (WORKLOADS / ".dockerignore").read_text(), re.M)
    app = tmp_path / "app"
    for sources, target in re.findall(r"^COPY (.+) (\S+)$", DOCKERFILE.replace("\\\n", " "), re.M):
        for source in sources.split():
            for path in sorted((WORKLOADS / source).glob("*.py")) or [WORKLOADS / source]:
                assert any(path.relative_to(WORKLOADS).match(pattern) for pattern in allowed)
                (app / target).mkdir(parents=True, exist_ok=True)
                (app / target / path.name).write_bytes(path.read_bytes())
    # -S and a path of its own: nothing that is installed here but the image's own packages can help.
    site = Path(distribution("torch").locate_file("")).as_posix()
    given = {"MODELYARD_DATASETS": texts_uri, "PYTHONPATH": f"{app}:{site}"}
    ran = subprocess.run(
        [sys.executable, "-S", "-P", str(app / "train.py"), "--steps=1", "--batch-size=2"],
        cwd=tmp_path,
        env=clean_environment(tmp_path, **given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "step 1/1: loss" in ran.stdout


@pytest.mark.parametrize(
    ("file", "nodes", "accelerators"), [("job.yaml", 2, None), ("job.gpu.yaml", 2, "H100:8")]
)
def test_the_job_files_are_jobs_that_the_launcher_takes(
    file: str, nodes: int, accelerators: str | None
) -> None:
    from modelyard_launcher.load import load_job

    job = load_job(WORKLOADS / "gpt" / file).job
    assert (job.num_nodes, job.resources.accelerators, job.distribution) == (nodes, accelerators, "torchrun")
    assert job.run is not None
    assert job.run.startswith("python -m modelyard_training.torch_launch train.py --")


def test_the_job_files_options_are_options_of_the_program(module_of) -> None:
    from modelyard_launcher.load import load_job

    for file in ("job.yaml", "job.gpu.yaml"):
        run = load_job(WORKLOADS / "gpt" / file).job.run
        assert run is not None
        options = module_of("options").parse_options(run.split("train.py")[1].split())
        assert options.steps >= 300


def test_nothing_but_the_gpt_imports_pytorch() -> None:
    program = (
        "import sys, pkgutil, importlib, modelyard_training\n"
        "names = [each.name for each in pkgutil.iter_modules(modelyard_training.__path__)]\n"
        "for name in names:\n"
        "    if not name.startswith('torch_'): importlib.import_module('modelyard_training.' + name)\n"
        "import modelyard_training.torch_place, modelyard_training.torch_launch\n"
        "print('torch' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize("program", [["train.py"], ["-m", "modelyard_training.torch_launch", "train.py"]])
def test_where_pytorch_isn_t_installed_it_is_said_how_to_get_it(
    program: list[str], clean_environment, tmp_path: Path
) -> None:
    for path in Path(distribution("numpy").locate_file("")).glob("numpy*"):
        (tmp_path / path.name).symlink_to(path)
    ran = subprocess.run(
        [sys.executable, "-S", *program],
        cwd=WORKLOADS / "gpt",
        env=clean_environment(tmp_path, PYTHONPATH=f"{WORKLOADS}:{tmp_path}"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (3, "")
    assert ran.stderr.startswith(
        "error: PyTorch isn't installed here: `make pytorch` in a clone of modelyard, or"
    )


@pytest.fixture(scope="module")
def short(start_job, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a run of two steps has written, of which MLflow was told."""
    directory = tmp_path_factory.mktemp("short")
    mlflow = {"MLFLOW_TRACKING_URI": (directory / "mlflow").as_uri(), "MLFLOW_ALLOW_FILE_STORE": "true"}
    job = start_job(directory, "--steps=2", "--batch-size=4", processes=1, **mlflow)
    assert job.wait() == [0], job.output()
    return directory


def test_mlflow_has_the_same_numbers(short: Path, mlflow_runs) -> None:
    (run,) = mlflow_runs(short / "mlflow")
    assert (run["status"], run["params"]["model"]) == ("FINISHED", "tiny")
    lines = [json.loads(line) for line in (short / "metrics.jsonl").read_text().splitlines()]
    for line in lines:
        for name in line.keys() & {"loss", "perplexity", "accuracy", "tokens_per_second"}:
            assert run["history"][f"{line['kind']}/{name}"] == [[line["step"], line[name]]]


def test_text_is_written_with_a_checkpoint(short: Path) -> None:
    def sample(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "sample.py", (short / "store").as_uri(), *arguments]
        return subprocess.run(
            command, cwd=WORKLOADS / "gpt", capture_output=True, text=True, check=False, errors="replace"
        )

    first, other = (sample("run-1", "--prompt=In the", "--bytes=50", f"--seed={seed}") for seed in (1, 2))
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("In the")
    assert first.stdout != other.stdout
    nowhere = sample("run-9")
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    assert "has no whole checkpoint of run 'run-9'; is its id right?" in nowhere.stderr
