"""Data sources that the sandbox answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.errors import UnsupportedError

Answer = Callable[[Cloud, dict[str, Any]], dict[str, Any]]


def answer_invoke(cloud: Cloud, token: str, args: dict[str, Any]) -> dict[str, Any]:
    """The answer of a data source; raises UnsupportedError naming it if the sandbox has none."""
    found = _ANSWERS.get(token)
    if found is None:
        raise UnsupportedError(
            f"the sandbox has no data source {token}\n  it has: {', '.join(sorted(_ANSWERS))}"
        )
    return found(cloud, args)


def _caller_identity(cloud: Cloud, _args: dict[str, Any]) -> dict[str, Any]:
    who = cloud.call("sts", "GetCallerIdentity")
    return {"id": who["Account"], "accountId": who["Account"], "arn": who["Arn"], "userId": who["UserId"]}


def _region(cloud: Cloud, _args: dict[str, Any]) -> dict[str, Any]:
    endpoint = f"ec2.{cloud.region}.amazonaws.com"
    return {
        "id": cloud.region,
        "name": cloud.region,
        "region": cloud.region,
        "endpoint": endpoint,
        "description": "",
    }


def _partition(cloud: Cloud, _args: dict[str, Any]) -> dict[str, Any]:
    suffix = "amazonaws.com.cn" if cloud.partition == "aws-cn" else "amazonaws.com"
    return {"id": cloud.partition, "partition": cloud.partition, "dnsSuffix": suffix}


def _zones(cloud: Cloud, args: dict[str, Any]) -> dict[str, Any]:
    if unknown := args.keys() - {"state", "region"}:
        raise UnsupportedError(
            f"the sandbox's availability zones can't be chosen by {', '.join(sorted(unknown))}"
        )
    zones = cloud.call("ec2", "DescribeAvailabilityZones")["AvailabilityZones"]
    return {
        "id": cloud.region,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
    }


_ANSWERS: dict[str, Answer] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
}


def tokens() -> list[str]:
    """The data sources that are answered."""
    return sorted(_ANSWERS)


def offline_answers(cloud: Cloud) -> dict[str, dict[str, Any]]:
    """The answers that don't depend on arguments, for a dry run of the program."""
    return {token: answer(cloud, {}) for token, answer in _ANSWERS.items()}
