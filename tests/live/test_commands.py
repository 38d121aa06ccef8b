"""The commands against an account, and the smallest environment there is, from nothing to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from live_account.place import Place
from live_account.project import Stack, modelyard

from modelyard.environment.load import load_environment
from modelyard_preview.environment import preview_environment


def test_bootstrap_makes_what_is_missing_and_finds_nothing_to_do_the_second_time(
    place: Place, project: Path, bootstrap: dict[str, Any]
) -> None:
    assert bootstrap["applied"] is True
    assert bootstrap["accountId"] == place.settings.account_id
    planned = modelyard(place, "bootstrap", "aws", place.run, cwd=project)
    assert {step["state"] for step in planned["steps"]} == {"right"}
    again = modelyard(place, "bootstrap", "aws", place.run, "--apply", "--yes", cwd=project)
    assert [step for step in again["steps"] if step["changes"]] == []


def test_the_doctor_can_look_at_everything(place: Place, project: Path) -> None:
    # 3: something is missing, as a quota may be; what can't be looked at is what mustn't be.
    found = modelyard(place, "doctor", place.run, cwd=project, codes=(0, 3))
    account = [finding for finding in found["findings"] if "account" in finding["name"]]
    assert any(finding["found"] for finding in account)
    assert [finding for finding in found["findings"] if "can't be" in finding["detail"]] == []


def test_images_are_pinned_once(place: Place, project: Path) -> None:
    first = modelyard(place, "pin-images", place.run, cwd=project)
    assert {image["region"] for image in first["images"]} == {place.settings.region}
    again = modelyard(place, "pin-images", place.run, "--check", cwd=project)
    assert again["written"] is False


@pytest.mark.slow
@pytest.mark.usefixtures("needs_pulumi")
def test_a_small_environment_comes_up_stays_as_it_is_and_is_destroyed(
    place: Place, project: Path, bootstrap: dict[str, Any]
) -> None:
    assert bootstrap["applied"] is True
    environment = load_environment(str(project / "stacks" / f"Pulumi.{place.run}.yaml"))
    preview = preview_environment(environment, program=project / "stacks" / "__main__.py")
    place.cap.book("environment", preview.cost, hours=2)
    stack = Stack(place, project, place.run)
    stack.init()
    try:
        stack.up()
        stack.stays()
    finally:
        stack.destroy()
