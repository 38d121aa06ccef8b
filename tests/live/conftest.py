"""Checks that run in a real account, and the same against the sandbox's server.

Each check is there twice: `[sandbox]`, which always runs, and `[live]`, which is skipped unless somebody set the
MODELYARD_LIVE_* variables (docs/how-to/check-against-a-real-account.md). Never run against a real account so far.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from live_account.bootstrapped import remove_bootstrap
from live_account.environment import small_environment
from live_account.naming import new_run
from live_account.place import Place
from live_account.project import modelyard, require_pulumi
from live_account.settings import Settings, read_settings
from live_account.spending import cost_of_keys
from live_account.sweep import DIRECTORY, ROOT, still_there, sweep
from previewing import ROOT as CHECKOUT

from modelyard_sandbox.accounts import DEFAULT_ACCOUNT_ID
from modelyard_sandbox.pulumi_home import pulumi_environment
from modelyard_sandbox.sandbox import Sandbox

OUTSIDE = dict(os.environ)
"""The environment before the tests' own fixture takes credentials out of it."""

assert ROOT == CHECKOUT


def pulumi_of_the_tests() -> Path | None:
    """The engine that tests/engine uses."""
    spec = importlib.util.spec_from_file_location("pulumi_build", ROOT / "tools" / "pulumi" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Path | None = module.find_bin_directory()
    return found / "pulumi" if found else None


@pytest.fixture(scope="session")
def sandbox_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An account of a sandbox of its own. What is left at the end fails the last check."""
    directory = tmp_path_factory.mktemp("live")
    settings = Settings(DEFAULT_ACCOUNT_ID, "us-east-1", "us-west-2", max_usd=20)
    sandbox = Sandbox(directory / "sandbox")
    with pytest.MonkeyPatch.context() as outer:
        outer.setenv("MODELYARD_SANDBOX_BATCH_LAG_SECONDS", "0")
        sandbox.start(lifeline=True)
    pulumi = pulumi_of_the_tests()
    path = [str(pulumi.parent)] if pulumi else []
    variables = {
        "HOME": str(directory),
        "PATH": os.pathsep.join([*path, str(Path(sys.executable).parent), os.environ["PATH"]]),
        "NO_COLOR": "1",
        **pulumi_environment(sandbox, settings.account_id, settings.region),
    }
    yield from at_work(Place("sandbox", settings, variables, pulumi, directory / "runs", new_run()))
    sandbox.stop()


@pytest.fixture(scope="session")
def live_place() -> Iterator[Place]:
    """The real account, if somebody wants it to be checked."""
    settings = read_settings(OUTSIDE)
    if settings is None:
        pytest.skip("no real account is checked: MODELYARD_LIVE isn't 1")
    variables = {**OUTSIDE, "AWS_REGION": settings.region, "AWS_DEFAULT_REGION": settings.region}
    found = [Path(part) / "pulumi" for part in OUTSIDE["PATH"].split(os.pathsep)]
    pulumi = next((command for command in found if command.is_file()), None)
    yield from at_work(Place("live", settings, variables, pulumi, DIRECTORY, new_run()))


def surround(patch: pytest.MonkeyPatch, place: Place) -> None:
    """Give this process the place's credentials, in place of the ones that tests are kept from."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            patch.delenv(name)
    for name, value in place.variables.items():
        patch.setenv(name, value)


def at_work(place: Place) -> Iterator[Place]:
    """A place for all checks of a run; nothing of the run is left in it afterwards."""
    with pytest.MonkeyPatch.context() as outer:
        surround(outer, place)
        place.refuse_other_accounts()
        place.run_directory.mkdir(parents=True)
    yield place
    with pytest.MonkeyPatch.context() as outer:
        surround(outer, place)
        sweep(place)
        assert [arn for arn in still_there(place) if place.run in arn] == []


@pytest.fixture(params=["sandbox", pytest.param("live", marks=[pytest.mark.live, pytest.mark.enable_socket])])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Where a check runs."""
    found: Place = request.getfixturevalue(f"{request.param}_place")
    surround(monkeypatch, found)
    return found


@pytest.fixture
def project(place: Place) -> Path:
    """A copy of the shipped project with a stack file of a small environment named like the run."""
    return small_environment(place)


@pytest.fixture
def bootstrap(place: Place, project: Path) -> Iterator[dict[str, Any]]:
    """The account bootstrapped for the environment; what an apply says."""
    place.cap.book("bootstrap", cost_of_keys(place.regions), hours=2)
    backups = {where: place.client("backup", where) for where in place.regions}
    opted_in = {
        where: backup.describe_region_settings()["ResourceTypeOptInPreference"]
        for where, backup in backups.items()
    }
    root = f"arn:aws:iam::{place.settings.account_id}:root"
    try:
        yield dict(
            modelyard(
                place, "bootstrap", "aws", place.run, "--apply", "--yes", "--principal", root, cwd=project
            )
        )
    finally:
        remove_bootstrap(place, place.run)
        for where, backup in backups.items():
            backup.update_region_settings(ResourceTypeOptInPreference=opted_in[where])


@pytest.fixture
def needs_pulumi(place: Place) -> None:
    """Skip where there is no engine."""
    require_pulumi(place)
