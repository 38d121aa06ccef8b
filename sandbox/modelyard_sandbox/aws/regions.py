"""The regions that AWS has, as botocore's table of partitions names them."""

from __future__ import annotations

from functools import cache

from modelyard_sandbox.aws.cloud import bare_session
from modelyard_sandbox.errors import UnsupportedError
from modelyard_sandbox.provider.input_types import nearest


@cache
def regions() -> frozenset[str]:
    """Every region of every partition."""
    partitions = bare_session().get_component("data_loader").load_data("partitions")["partitions"]
    return frozenset(region for partition in partitions for region in partition["regions"])


def check_region(region: str) -> str:
    """The region; raises UnsupportedError for what is none, as the AWS provider does."""
    if region not in regions():
        meant = nearest(region, sorted(regions())) or "its name is one such as eu-central-1"
        raise UnsupportedError(f"AWS has no region {region!r}: {meant.strip()}")
    return region
