"""EC2 placement groups: create, describe, delete, tags.

Sources: EC2 API reference, CreatePlacementGroup and error codes; EC2 user guide, placement groups (7
partitions a zone, 500 groups a region); 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.ec2.responses import EC2Response
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, EC2_RESOURCE_TO_PREFIX, random_id

from modelyard_sandbox.moto_extensions.ec2.checks import refuse
from modelyard_sandbox.moto_extensions.ec2.listing import tags_of
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.store import store_of

STRATEGIES = ("cluster", "partition", "spread")
SPREAD_LEVELS = ("host", "rack")
PARTITIONS_MAX = 7
GROUPS_MAX = 500
PREFIX = "pg"


def install() -> None:
    """Add the operations to moto's EC2."""
    EC2_RESOURCE_TO_PREFIX["placement-group"] = PREFIX
    EC2_PREFIX_TO_RESOURCE[PREFIX] = "placement-group"
    add_operations(EC2Response, create_placement_group, describe_placement_groups, delete_placement_group)


def create_placement_group(self: Any) -> ActionResult:
    """CreatePlacementGroup."""
    groups = store_of(self.ec2_backend, "placement_groups")
    name = self._get_param("GroupName")
    strategy = self._get_param("Strategy") or "cluster"
    partitions = self._get_param("PartitionCount")
    level = self._get_param("SpreadLevel")
    tags = self._parse_tag_specification().get("placement-group", {})
    if not name:
        refuse("MissingParameter", "The request must contain the parameter GroupName")
    _validate(strategy, partitions, level)
    if name in groups:
        refuse("InvalidPlacementGroup.Duplicate", f"The Placement Group '{name}' already exists.")
    if len(groups) >= GROUPS_MAX:
        refuse("PlacementGroupLimitExceeded", f"The limit of {GROUPS_MAX} placement groups is reached.")
    id_ = random_id(PREFIX)
    groups[name] = {
        "GroupName": name,
        "GroupId": id_,
        "GroupArn": f"arn:{self.partition}:ec2:{self.region}:{self.current_account}:placement-group/{name}",
        "State": "available",
        "Strategy": strategy,
        "CreateTime": utcnow(),
        **({"PartitionCount": int(partitions or 2)} if strategy == "partition" else {}),
        **({"SpreadLevel": level or "rack"} if strategy == "spread" else {}),
    }
    if tags:
        self.ec2_backend.create_tags([id_], tags)
    return ActionResult({"PlacementGroup": _described(self, groups[name])})


def describe_placement_groups(self: Any) -> ActionResult:
    """DescribePlacementGroups, by names, ids, or the filters strategy, state and group-name."""
    groups = store_of(self.ec2_backend, "placement_groups")
    names = self._get_param("GroupNames") or []
    ids = self._get_param("GroupIds") or []
    known = set(groups) | {group["GroupId"] for group in groups.values()}
    unknown = sorted({*names, *ids} - known)
    if unknown:
        refuse("InvalidPlacementGroup.Unknown", f"The Placement Group '{unknown[0]}' is unknown.")
    chosen = [
        group
        for group in groups.values()
        if (not names or group["GroupName"] in names) and (not ids or group["GroupId"] in ids)
    ]
    fields = {"strategy": "Strategy", "state": "State", "group-name": "GroupName"}
    for name, values in self._filters_from_querystring().items():
        if name not in fields:
            refuse("InvalidParameterValue", f"The filter '{name}' is invalid")
        chosen = [group for group in chosen if group[fields[name]] in values]
    return ActionResult({"PlacementGroups": [_described(self, group) for group in chosen]})


def delete_placement_group(self: Any) -> ActionResult:
    """DeletePlacementGroup: refused while instances are in the group."""
    groups = store_of(self.ec2_backend, "placement_groups")
    name = self._get_param("GroupName")
    if name not in groups:
        refuse("InvalidPlacementGroup.Unknown", f"The Placement Group '{name}' is unknown.")
    instances = self.ec2_backend.all_instances()
    if any(it.placement.group_name == name and it.state != "terminated" for it in instances):
        refuse("InvalidPlacementGroup.InUse", f"The placement group {name} is in use and may not be deleted.")
    del groups[name]
    return EmptyResult()


def _validate(strategy: str, partitions: Any, level: str | None) -> None:
    if strategy not in STRATEGIES:
        refuse("InvalidParameterValue", f"Value ({strategy}) for parameter strategy is invalid.")
    if partitions is not None and strategy != "partition":
        refuse(
            "InvalidParameterCombination",
            "The parameter partitionCount is only valid for the strategy partition.",
        )
    if partitions is not None and not 1 <= int(partitions) <= PARTITIONS_MAX:
        refuse("InvalidParameterValue", f"Value ({partitions}) for parameter partitionCount is invalid.")
    if level is not None and strategy != "spread":
        refuse(
            "InvalidParameterCombination", "The parameter spreadLevel is only valid for the strategy spread."
        )
    if level is not None and level not in SPREAD_LEVELS:
        refuse("InvalidParameterValue", f"Value ({level}) for parameter spreadLevel is invalid.")


def _described(self: Any, group: dict[str, Any]) -> dict[str, Any]:
    return {**group, "Tags": tags_of(self.ec2_backend, group["GroupId"])}
