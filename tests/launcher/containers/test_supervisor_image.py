"""The image of a supervisor is made of modelyard itself, from a checkout or an installation."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from launcher.containers.project import ENGINE, ID
from launcher.planning import CPU, H100, target

from modelyard.errors import SurroundingsError
from modelyard_cli.main import run
from modelyard_launcher.containers import wheel
from modelyard_launcher.containers.supervisor import DOCKERFILE, supervisor_sources
from modelyard_launcher.containers.wheel import PACKAGES, constraints, write_wheel
from modelyard_launcher.supervise.in_cloud import supervisor_image

ROOT = Path(__file__).parents[3]


def test_the_wheel_has_the_packages_that_the_distribution_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert sorted(Path(path).name for path in listed) == sorted(PACKAGES)


def test_the_wheel_is_whole_and_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    made = write_wheel(tmp_path)
    assert made.name == f"modelyard-{version('modelyard')}-py3-none-any.whl"
    assert made.read_bytes() == write_wheel(tmp_path / "again").read_bytes()
    with zipfile.ZipFile(made) as opened:
        names = opened.namelist()
        record = opened.read(f"modelyard-{version('modelyard')}.dist-info/RECORD").decode()
    assert {line.split(",")[0] for line in record.splitlines()} == set(names)
    assert "modelyard_launcher/containers/files/supervisor.Dockerfile" in names
    assert not [name for name in names if "__pycache__" in name]


def test_what_is_installed_from_the_wheel_runs_and_makes_the_same_wheel(tmp_path: Path) -> None:
    made = write_wheel(tmp_path)
    there = tmp_path / "there"
    venv.create(there, with_pip=False)
    site = next((there / "lib").glob("python*")) / "site-packages"
    with zipfile.ZipFile(made) as opened:
        opened.extractall(site)
    # What it needs is this environment's; modelyard itself is what was unpacked.
    own = Path(wheel.__file__).parents[2]
    (site / "needed.pth").write_text(f"{next(path for path in sys.path if path.endswith('site-packages'))}\n")
    (tmp_path / "second").mkdir()
    program = (
        "import modelyard_launcher.containers.wheel as w, pathlib, sys; "
        f"assert {str(own)!r} not in w.__file__, w.__file__; "
        f"print(w.write_wheel(pathlib.Path({str(tmp_path / 'second')!r})))"
    )
    python = there / "bin" / "python"
    answer = subprocess.run([python, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    again = Path(answer.stdout.strip())
    with zipfile.ZipFile(made) as first, zipfile.ZipFile(again) as second:
        assert first.namelist() == second.namelist()


def test_the_versions_are_those_that_it_runs_with_here(tmp_path: Path) -> None:
    lines = constraints("aws")
    assert f"boto3=={version('boto3')}" in lines
    assert f"pulumi=={version('pulumi')}" in lines
    assert not [line for line in lines if line.startswith(("pytest=", "moto=", "keras="))]
    names = [line.partition("==")[0] for line in lines]
    assert names == sorted(set(names))
    assert all(re.fullmatch(r"[a-z0-9-]+==[A-Za-z0-9.!]+", line) for line in lines)


def test_an_installation_that_is_not_whole_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel, "PACKAGES", ("modelyard", "modelyard_nowhere"))
    with pytest.raises(SurroundingsError) as raised:
        write_wheel(tmp_path)
    assert raised.value.message == "modelyard_nowhere isn't installed, so its image can't be made"
    assert raised.value.mend == (
        "install modelyard: pip install 'modelyard[aws]', or `pip install -e .` in a checkout"
    )


def test_the_dockerfile_copies_what_is_put_there_and_runs_as_nobody_special() -> None:
    text = DOCKERFILE.read_text()
    assert re.findall(r"^COPY (.+)$", text, re.M) == ["modelyard-*.whl constraints.txt ./"]
    assert re.findall(r"^USER (.+)$", text, re.M) == ["10001:10001"]
    with supervisor_sources() as sources:
        assert sorted(path.name for path in sources.context.iterdir()) == [
            "constraints.txt",
            f"modelyard-{version('modelyard')}-py3-none-any.whl",
        ]
        assert sources.dockerfile == DOCKERFILE
    assert not sources.context.exists()


@pytest.fixture
def there(tmp_path: Path, registry_with: Any) -> Any:
    def make(*answer: Any, **headers: str) -> tuple[str, list[str]]:
        repository = f"{registry_with(*answer, **headers)}/dev"
        file = tmp_path / "target.json"
        document = target(H100, {**CPU, "architecture": "arm64"}, registry={"repository_url": repository})
        file.write_text(document.model_dump_json(by_alias=True))
        return repository, ["job", "build", "--supervisor", "--target", str(file)]

    return make


def test_it_is_built_by_the_name_that_in_cloud_looks_for(
    there: Any, stand_in: Any, told: Any, capfd: Any
) -> None:
    docker = stand_in("docker", ENGINE)
    repository, command = there(404)
    assert run([*command, "--plan"]) == 0
    tag = supervisor_image().replace(":", "-")
    plan = capfd.readouterr().out.splitlines()
    assert plan[-1] == f"{docker} push {repository}:{tag}"
    assert "--platform linux/arm64" in plan[0], "it runs in the pool without accelerators"
    assert plan[0].endswith("'<modelyard as a wheel>'")
    assert run(command) == 0
    assert capfd.readouterr().out.startswith(f"image: {supervisor_image()}@sha256:")
    build = next(call["words"] for call in told(docker) if call["words"][0] == "build")
    assert build[2] == str(DOCKERFILE)
    assert f"{repository}:{tag}" in build


def test_one_that_is_there_is_not_built_again(there: Any, stand_in: Any, told: Any, capfd: Any) -> None:
    docker = stand_in("docker", ENGINE)
    repository, command = there(200, b'{"config": {}}', Docker_Content_Digest=ID)
    assert run(command) == 0
    out, err = capfd.readouterr()
    assert out == f"image: {supervisor_image()}@{ID}\n"
    tag = supervisor_image().replace(":", "-")
    assert err == f"{repository}:{tag} is there already: nothing is built\n"
    assert [call["words"][0] for call in told(docker)] == ["version"]
