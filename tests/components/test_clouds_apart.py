"""What runs on one cloud imports nothing of the other: neither its SDK nor what modelyard builds with that."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
OF_AWS = (
    "modelyard.aws",
    "modelyard.environment.aws",
    "modelyard.catalog.instances",
    "modelyard.catalog.prices",
    "modelyard.catalog.quotas",
    "modelyard.catalog.regions",
    "modelyard.outputs.target",
    "modelyard_preview.aws",
    "pulumi_aws",
    "boto3",
    "botocore",
    "moto",
)
OF_AZURE = (
    "modelyard.azure",
    "modelyard.environment.azure",
    "modelyard.catalog.azure",
    "modelyard.planning.azure",
    "modelyard.outputs.azure",
    "modelyard_preview.azure",
    "pulumi_azure_native",
    "azure",
)
OTHER = {"aws": OF_AZURE, "azure": OF_AWS}
OWN = {"aws": OF_AWS[:2], "azure": OF_AZURE[:4]}
SDK = {"aws": "pulumi_aws", "azure": "pulumi_azure_native"}
ENVIRONMENTS = {"aws": ("dev", "prod"), "azure": ("azure-dev", "azure-prod")}

COMMAND = """
import contextlib, io
from modelyard_cli.main import main

sys.argv = ["modelyard", *json.loads(sys.argv[1])]
with contextlib.redirect_stdout(io.StringIO()) as shown:
    try:
        main()
    except SystemExit as left:
        assert left.code in (0, None), left.code
assert shown.getvalue()
"""
PROGRAM = """
from pathlib import Path
from modelyard.account.load import config_of, load_stack
from modelyard_preview.engine import run_program

(name,) = json.loads(sys.argv[1])
spec = load_stack(name)
result = run_program(
    Path("stacks/__main__.py"), project="modelyard", stack=spec.name, config=config_of(spec), root=Path.cwd()
)
assert "launch_target" in result.outputs
"""
TOLD = """
print(json.dumps(sorted(sys.modules)))
"""


def modules_after(program: str, *arguments: str) -> set[str]:
    """The modules that a fresh interpreter has once it has run a program."""
    done = subprocess.run(
        [sys.executable, "-c", f"import json, sys\n{program}{TOLD}", json.dumps(arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def under(modules: set[str], packages: tuple[str, ...]) -> list[str]:
    """Those of the modules that belong to any of the packages."""
    return sorted(
        name for name in modules if any(name == each or name.startswith(f"{each}.") for each in packages)
    )


def check_apart(cloud: str, modules: set[str]) -> None:
    """That the modules are of one cloud, and of that one alone."""
    for package in (*OWN[cloud], SDK[cloud]):
        assert under(modules, (package,)), f"nothing of {package} was imported"
    assert under(modules, OTHER[cloud]) == []


ON_EITHER = [(cloud, name) for cloud, names in ENVIRONMENTS.items() for name in names]
SMALL = [(cloud, names[0]) for cloud, names in ENVIRONMENTS.items()]


@pytest.mark.parametrize(("cloud", "name"), ON_EITHER)
def test_a_preview_imports_nothing_of_the_other_cloud(cloud, name):
    check_apart(cloud, modules_after(COMMAND, "preview", name))


@pytest.mark.parametrize(("cloud", "name"), SMALL)
def test_a_preview_that_is_compared_imports_nothing_of_the_other_cloud(cloud, name):
    base = f"stacks/Pulumi.{name}.yaml"
    check_apart(cloud, modules_after(COMMAND, "preview", name, "--format", "json", "--base", base))


@pytest.mark.parametrize(("cloud", "name"), SMALL)
def test_a_verdict_imports_nothing_of_the_other_cloud_but_its_rules(cloud, name):
    modules = modules_after(COMMAND, "check", name)
    check_apart(cloud, modules)
    assert under(modules, ("modelyard_policies.rules",))


@pytest.mark.parametrize(("cloud", "name"), SMALL)
def test_the_program_that_comes_up_imports_nothing_of_the_other_cloud(cloud, name):
    modules = modules_after(PROGRAM, name)
    check_apart(cloud, modules)
    assert (
        under(modules, ("modelyard_policies.rules",)) == []
    )  # (what only a verdict needs isn't there either)


def test_an_account_is_awss_and_imports_nothing_of_azure():
    modules = modules_after(COMMAND, "preview", "account", "--format", "text")
    assert under(modules, ("modelyard.aws.account",))
    assert under(modules, OF_AZURE) == []


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_components_by_themselves_import_nothing_of_the_other_cloud(cloud):
    components = sorted(file.stem for file in (ROOT / "components" / "modelyard" / cloud).glob("[a-z]*.py"))
    assert {"storage", "network", "data_center"} <= set(components)
    program = "".join(f"import modelyard.{cloud}.{name}\n" for name in components)
    check_apart(cloud, modules_after(program))


def test_modules_are_told_apart_by_whole_names():
    assert under({"azure_things", "azure", "azure.identity", "modelyard.awsome"}, (*OF_AZURE, *OF_AWS)) == [
        "azure",
        "azure.identity",
    ]
