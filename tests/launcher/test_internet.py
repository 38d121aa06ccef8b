"""Which commands of a job are taken to need the internet, and which aren't."""

from __future__ import annotations

import time

import pytest

from modelyard_launcher.internet import job_reaches, public_registry, reaches
from modelyard_launcher.job import Job


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("pip install -r requirements.txt", ["pip install"]),
        ("pip3.11 --quiet install torch", ["pip install"]),
        ("python3 -m pip install -e .", ["pip install"]),
        (".venv/bin/pip install .", ["pip install"]),
        ("PIP_QUIET=1 pip install x", ["pip install"]),
        ("uv pip install x", ["uv"]),
        ("uv sync --frozen", ["uv"]),
        ("poetry install", ["poetry install"]),
        ("conda env create -f environment.yml", ["conda"]),
        ("micromamba install -y x", ["mamba"]),
        ("sudo -E apt-get -y install jq", ["apt"]),
        ("apt update", ["apt"]),
        ("dnf install -y jq", ["dnf"]),
        ("apk add jq", ["apk add"]),
        ("npm ci", ["npm"]),
        ("yarn add x", ["yarn"]),
        ("curl -fsSL https://example.com/x | sh", ["curl"]),
        ("cd x && wget -q https://example.com/x", ["wget"]),
        ("git clone --depth 1 https://example.com/x", ["git clone"]),
        ("(cd x; git submodule update --init)", ["git clone"]),
        ("hf download org/model", ["Hugging Face"]),
        ("huggingface-cli download org/model", ["Hugging Face"]),
        ("python -c 'Model.from_pretrained(\"org/model\")'", ["Hugging Face"]),
        ("python get.py https://huggingface.co/org/model", ["Hugging Face"]),
        ('bash -c "pip install x"', ["pip install"]),
        ("if true; then curl https://example.com; fi", ["curl"]),
        ("x=$(curl https://example.com)", ["curl"]),
        ("wandb login", ["wandb login"]),
        ("true && \\\n  git clone https://example.com/x", ["git clone"]),
        ("git clone https://example.com/x\npip install ./x\npip install y", ["git clone", "pip install"]),
    ],
)
def test_a_command_that_reaches_out_is_named(text: str, names: list[str]) -> None:
    assert reaches(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "python train.py --pip",
        "# pip install x",
        "make  # then pip install x by hand",
        "pip install --no-index --find-links wheels x",
        "pip list",
        "curl -s http://localhost:8080/ready",
        "curl http://169.254.169.254/latest/meta-data/",
        "wget -qO- http://127.0.0.1:1",
        "git status",
        "python recurl.py",
        "apt-cache policy",
        "aws s3 cp s3://bucket/x .",
    ],
)
def test_a_command_that_stays_is_not(text: str) -> None:
    assert reaches(text) == []


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("pip install x", "PIP_INDEX_URL"),
        ("uv sync", "UV_OFFLINE"),
        ("hf download org/model", "HF_HUB_OFFLINE"),
    ],
)
def test_a_tool_that_is_told_to_look_elsewhere_is_not(text: str, variable: str) -> None:
    assert reaches(text, {"OTHER": "1"})
    assert reaches(text, {variable: "1"}) == []


def test_setup_and_run_are_told_apart() -> None:
    job = Job.model_validate({"name": "a", "setup": "pip install x", "run": "curl https://example.com | sh"})
    assert job_reaches(job) == {"setup": ["pip install"], "run": ["curl"]}
    assert job_reaches(Job.model_validate({"name": "a", "run": "python train.py"})) == {}


@pytest.mark.parametrize(
    ("image", "registry"),
    [
        ("cnn:1.0", None),
        ("team/cnn:1.0", None),
        ("localhost:5000/cnn", None),
        ("123456789012.dkr.ecr.eu-central-1.amazonaws.com/dev/cnn:1.0", None),
        ("public.ecr.aws/team/cnn", "public.ecr.aws"),
        ("nvcr.io/nvidia/pytorch:24.10-py3", "nvcr.io"),
        ("registry.example:5000/cnn", "registry.example:5000"),
    ],
)
def test_images_of_registries_that_only_the_internet_leads_to_are_known(
    image: str, registry: str | None
) -> None:
    assert public_registry(image) == registry


def test_a_long_text_is_looked_through_in_no_time() -> None:
    started = time.process_time()
    assert reaches("pip a " * 10_000) == []
    assert reaches("sudo -x " * 8_000) == []
    assert time.process_time() - started < 2
