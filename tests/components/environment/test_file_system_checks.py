"""File systems of an environment, each problem by itself and its mend."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from previewing import dev_fields

from modelyard.environment import AwsEnvironment, parse_environment
from modelyard.environment.aws.checks import file_systems as checks
from modelyard.environment.aws.file_systems import ElasticFileSystem, LustreFileSystem
from modelyard.environment.aws.storage import ExistingS3Store

CHECKS = (
    checks.file_systems_are_named_once,
    checks.lustre_sizes_exist,
    checks.lustre_zones_are_the_networks,
    checks.linked_file_systems_have_a_bucket_of_ours,
    checks.linked_file_systems_are_not_backed_up,
)
CORPUS = ExistingS3Store(kind="existing_s3", bucket="corpus")
ELASTIC = ElasticFileSystem(kind="efs", name="home")


def lustre(**changes: Any) -> LustreFileSystem:
    """A Lustre file system without a fault, with changes."""
    sound = {"kind": "fsx_lustre", "name": "fast", "size_gib": 1200, "throughput_mbps_per_tib": 250}
    return LustreFileSystem.model_validate({**sound, **changes})


@pytest.fixture(scope="module")
def dev() -> AwsEnvironment:
    return parse_environment(dev_fields())


def found(dev: AwsEnvironment, *file_systems: Any, backup: bool = True, datasets: Any = None) -> list[Any]:
    """The problems of dev with these file systems; the model itself would have refused them at once."""
    storage = SimpleNamespace(file_systems=list(file_systems), datasets=datasets or dev.storage.datasets)
    fields: Any = SimpleNamespace(
        **{name: getattr(dev, name) for name in type(dev).model_fields if name not in ("storage", "backup")},
        storage=storage,
        backup=dev.backup if backup else None,
    )
    return [problem for check in CHECKS for problem in check(fields)]


def test_sound_file_systems_have_no_problem(dev: AwsEnvironment) -> None:
    linked = lustre(name="cache", dataset_prefix="", backed_up=False)
    assert found(dev, lustre(), lustre(name="large", size_gib=4800), linked, ELASTIC) == []


def test_a_linked_file_system_says_backed_up_in_vain_without_backups(dev: AwsEnvironment) -> None:
    assert found(dev, lustre(dataset_prefix="imagenet/"), backup=False) == []


@pytest.mark.parametrize(
    ("changes", "datasets", "field", "mend"),
    [
        ({"name": "home"}, None, "[1].name", "rename one of the two"),
        ({"size_gib": 3600}, None, "[0].size_gib", "set size_gib: 4800"),
        (
            {"zone_id": "euc1-az9"},
            None,
            "[0].zone_id",
            "name a zone of the network, or add this one to network.zone_ids",
        ),
        (
            {"dataset_prefix": "a/", "backed_up": False},
            CORPUS,
            "[0].dataset_prefix",
            "remove dataset_prefix, or set storage.datasets.kind: s3",
        ),
        (
            {"dataset_prefix": "a/"},
            None,
            "[0].backed_up",
            "set backed_up: false (the datasets are in the bucket), or remove dataset_prefix",
        ),
    ],
)
def test_a_file_system_that_cannot_be_has_one_problem(
    dev: AwsEnvironment, changes: dict[str, Any], datasets: Any, field: str, mend: str
) -> None:
    (problem,) = found(dev, lustre(**changes), ELASTIC, datasets=datasets)
    assert (problem.field, problem.mend) == (f"storage.file_systems{field}", mend)
    assert problem.given
    assert problem.message
    assert problem.allowed
