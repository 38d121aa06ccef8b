"""What is wrong with the args of Monitoring, told before anything is made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modelyard.errors import Problem
from modelyard.planning.azure.alerts import LAG_BUCKETS_MINUTES, LONGEST_IDLE_MINUTES, WINDOWS_MINUTES

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
"""Names of what is watched: they end up in names of alerts, which take these and little more."""


def monitoring_problems(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    """Every problem of checked args, each with its field."""
    yield from _names(name, args)
    yield from _pools(name, args)
    lag = args.get("replication_lag_minutes")
    if lag is not None and lag not in LAG_BUCKETS_MINUTES:
        ends = ", ".join(str(end) for end in LAG_BUCKETS_MINUTES)
        nearest = min(LAG_BUCKETS_MINUTES, key=lambda end: abs(end - lag))
        yield Problem(
            field=f"{name}.replication_lag_minutes",
            given=str(lag),
            message="Azure tells only these ages of pending copies apart",
            allowed=ends,
            mend=f"write {nearest}",
        )
    told, least, most = args.get("idle_accelerator_minutes"), min(WINDOWS_MINUTES), max(WINDOWS_MINUTES)
    if told is not None and not least <= told <= most:
        yield Problem(
            field=f"{name}.idle_accelerator_minutes",
            given=str(told),
            message=f"an alert looks back {least} minutes at least and a day at most",
            allowed=f"{least} to {most:,}",
            mend=f"write {min(max(told, least), most)}",
        )
    if args.get("resources") and "log_workspace_id" not in args:
        yield Problem(
            field=f"{name}.log_workspace_id",
            given="nothing",
            message="the logs of resources have to be sent somewhere",
            allowed="the id of a Log Analytics workspace",
            mend="add 'log_workspace_id' to args, or leave 'resources' out",
        )


def _names(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    named = [(f"{name}.environment", args["environment"])]
    named += [(f"{name}.pools[{at}].name", pool["name"]) for at, pool in enumerate(args.get("pools", []))]
    for field in ("replications", "resources"):
        named += [(f"{name}.{field}.{given}", given) for given in args.get(field, {})]
    for field, given in named:
        if not SLUG.fullmatch(given):
            yield Problem(
                field=field,
                given=repr(given),
                message="alerts and settings are called after it, and Azure takes little else",
                allowed="lower-case letters and digits, and hyphens between them",
                mend="name it so",
            )


def _pools(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    pools = args.get("pools", [])
    if pools and "workspace_id" not in args:
        yield Problem(
            field=f"{name}.workspace_id",
            given="nothing",
            message="idle nodes are a metric of the Machine Learning workspace that the pools belong to",
            allowed="the workspace's id",
            mend="add 'workspace_id' to args, or leave 'pools' out",
        )
    names = [pool["name"] for pool in pools]
    if len(set(names)) < len(names):
        yield Problem(
            field=f"{name}.pools",
            given=", ".join(names),
            message="each pool has an alert of its own, called after it",
            allowed="each pool once",
            mend="name each pool once",
        )
    for at, pool in enumerate(pools):
        idle = pool["idle_minutes"]
        if not 1 <= idle <= LONGEST_IDLE_MINUTES:
            yield Problem(
                field=f"{name}.pools[{at}].idle_minutes",
                given=str(idle),
                message="an alert looks back a day at most, and further than nodes may stand idle",
                allowed=f"1 to {LONGEST_IDLE_MINUTES:,}",
                mend=f"write {min(max(idle, 1), LONGEST_IDLE_MINUTES)}",
            )
        if pool.get("min_nodes", 0) < 0:
            yield Problem(
                field=f"{name}.pools[{at}].min_nodes",
                given=str(pool["min_nodes"]),
                message="a pool keeps no fewer nodes than none",
                allowed="0 or more",
                mend="write 0",
            )
