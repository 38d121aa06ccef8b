"""An image that isn't in its registry: what mends it is the command that imports it."""

from __future__ import annotations

import pytest
from azure_ml_launching import MlYard

from modelyard.errors import SurroundingsError
from modelyard_launcher.azure.refusals import ArmRefusedError
from modelyard_launcher.backends.azure_ml.importing import with_import

DIGEST = "sha256:" + "cd" * 32


def refused(image: str, status: int = 400) -> ArmRefusedError:
    return ArmRefusedError(f"the image {image} was not found", "try again", status, "BadRequest")


def test_an_image_that_isnt_in_the_registry_is_told_with_the_command_that_imports_it(ml_yard: MlYard) -> None:
    with pytest.raises(SurroundingsError) as raised:
        ml_yard.begin("true", image="nowhere:0.1.0")
    image = f"{ml_yard.target.registry}/nowhere:0.1.0"
    assert f"The image {image} was not found in its registry" in raised.value.message
    assert raised.value.mend == (
        "import the image, with the registry that has it and its digest there in --source: "
        f"`az acr import --name regdev --source docker.io/library/nowhere@sha256:{'0' * 64} --image nowhere:0.1.0`"
    )


def test_an_image_by_its_digest_is_imported_by_that_and_given_a_tag() -> None:
    image = f"regdev.azurecr.io/team/cnn@{DIGEST}"
    assert with_import(refused(image), image).mend == (
        "import the image, with the registry that has it in --source: `az acr import --name regdev "
        f"--source docker.io/library/team/cnn@{DIGEST} --image team/cnn:sha256-cdcdcdcdcdcd`"
    )


@pytest.mark.parametrize(
    ("named", "image", "status"),
    [
        ("regdev.azurecr.io/cnn:1", "mcr.example.com/cnn:1", 400),
        ("mcr.example.com/cnn:1", "mcr.example.com/cnn:1", 400),
        ("regdev.azurecr.io/cnn:1", "regdev.azurecr.io/vae:1", 400),
        ("regdev.azurecr.io/cnn:1", "regdev.azurecr.io/cnn:1", 403),
        ("regdev.azurecr.io/cnn:1", "", 400),
    ],
)
def test_a_refusal_for_another_reason_is_told_as_it_is(named: str, image: str, status: int) -> None:
    error = refused(named, status)
    assert with_import(error, image) is error
