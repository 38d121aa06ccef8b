"""Names of what bootstrap makes, within what AWS takes."""

from __future__ import annotations

import pytest

from modelyard.catalog.regions import region_names
from modelyard.planning.arns import Place
from modelyard_cli.bootstrap.naming import BUCKET_NAME_LENGTH, Naming

ACCOUNT = "123456789012"
LONGEST = "a" * 20
ROLE_NAME_LENGTH = 64
"""Most characters of a role's name (AWS IAM User Guide, "IAM and STS quotas", 2026-11)."""


def naming(environment: str, region: str) -> Naming:
    return Naming(environment, Place(ACCOUNT, region))


@pytest.mark.parametrize("region", region_names())
def test_the_longest_environment_has_a_state_bucket_in_every_region(region: str) -> None:
    bucket = naming(LONGEST, region).state_bucket(region)
    assert len(bucket) <= BUCKET_NAME_LENGTH
    # The boundary of every deploy role names states by their start.
    assert bucket.startswith(f"modelyard-state-{LONGEST}-{ACCOUNT}-")


def test_every_region_has_a_state_bucket_of_its_own() -> None:
    buckets = {naming(LONGEST, region).state_bucket(region) for region in region_names()}
    assert len(buckets) == len(region_names())


def test_a_name_that_fits_has_the_region_as_it_is_written() -> None:
    fits = naming("prod", "ap-southeast-2").state_bucket("ap-southeast-2")
    assert fits == f"modelyard-state-prod-{ACCOUNT}-ap-southeast-2"
    too_long = naming(LONGEST, "ap-southeast-2").state_bucket("ap-southeast-2")
    assert too_long == f"modelyard-state-{LONGEST}-{ACCOUNT}-apsoutheast2"


def test_the_longest_environment_has_its_roles() -> None:
    names = naming(LONGEST, "ap-southeast-2")
    assert len(names.deploy_role) <= ROLE_NAME_LENGTH
    assert len(names.replication_role) <= ROLE_NAME_LENGTH
