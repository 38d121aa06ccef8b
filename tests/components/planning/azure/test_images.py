"""How images reach a registry that is closed."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.planning.azure.images import TARGET, import_image

DIGEST = "a1" * 32
SOURCE = f"docker.io/library/python@sha256:{DIGEST}"


def test_an_image_is_copied_by_its_digest_and_under_a_tag_that_keeps_it():
    plan = import_image("devImages01", SOURCE, "base/python:3.11")
    assert plan.command == f"az acr import --name devImages01 --source {SOURCE} --image base/python:3.11"
    assert plan.reference == f"devimages01.azurecr.io/base/python@sha256:{DIGEST}"


def test_credentials_are_taken_from_the_shell_and_never_written_down():
    plan = import_image("dev", SOURCE, "base/python:3.11", with_credentials=True)
    assert plan.command.endswith('--username "$SOURCE_USER" --password "$SOURCE_TOKEN"')


@given(st.from_regex(TARGET, fullmatch=True))
def test_a_command_is_one_for_a_shell_whatever_the_target_is_called(target):
    assert shlex.split(import_image("dev01", SOURCE, target).command)[-1] == target


@pytest.mark.parametrize(
    "source",
    [
        "docker.io/library/python:3.11",
        f"python@sha256:{DIGEST}",
        "docker.io/library/python@sha256:a1",
        f"{SOURCE}\n",
    ],
)
def test_a_source_without_a_digest_is_refused(source):
    with pytest.raises(ValueError, match=r"is no image by its digest.*what a tag stands for moves"):
        import_image("dev01", source, "base/python:3.11")


@pytest.mark.parametrize("target", ["base/python", "base/python:", "Base/python:3", f"base@sha256:{DIGEST}"])
def test_a_target_without_a_tag_is_refused(target):
    with pytest.raises(ValueError, match="is no repository with a tag, as training/vae:2026-11"):
        import_image("dev01", SOURCE, target)
