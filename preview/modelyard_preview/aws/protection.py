"""What protects data in a graph: versions, replication, backups by tag, vaults and their locks.

Facts of the resources alone, whatever the environment asks for. None stands for what isn't known before
the deployment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modelyard.planning.schedule import MINUTES_PER_HOUR
from modelyard_policies.aws.schedules import worst_gap_hours
from modelyard_policies.aws.selections import takes
from modelyard_policies.aws.types import (
    BACKUP_PLAN,
    BACKUP_SELECTION,
    BACKUP_VAULT,
    BACKUP_VAULT_LOCK,
    BUCKET,
    BUCKET_REPLICATION,
    BUCKET_VERSIONING,
    JOB_QUEUE,
)
from modelyard_policies.errors import Unread
from modelyard_policies.graph import UNKNOWN, Graph, Node, canonical
from modelyard_policies.reading import GraphView
from modelyard_preview.recovery import Copied, Vault

RESTORE_TESTS = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
OBJECT_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule of a backup plan says, in minutes."""

    interval_minutes: int | None
    start_window_minutes: int | None
    completion_window_minutes: int | None
    copied: bool | None
    """Whether each backup is copied to the recovery region."""

    @property
    def minutes(self) -> tuple[int | None, int | None, int | None]:
        """Interval, start window and completion window."""
        return self.interval_minutes, self.start_window_minutes, self.completion_window_minutes


def versioned(graph: Graph, bucket: Node) -> bool | None:
    """Whether overwritten and deleted objects are kept."""
    for versioning in graph.linked(bucket, BUCKET_VERSIONING, "bucket"):
        configuration = versioning.properties.get("versioningConfiguration")
        status = configuration.get("status") if isinstance(configuration, dict) else configuration
        if status is UNKNOWN:
            return None
        if status == "Enabled":
            return True
    return False


def object_locked(graph: Graph, bucket: Node) -> bool | None:
    """Whether objects of a bucket can be locked."""
    enabled = bucket.properties.get("objectLockEnabled", False)
    if enabled is UNKNOWN:
        return None
    return enabled is True or bool(graph.linked(bucket, OBJECT_LOCK, "bucket"))


def copied(graph: Graph, bucket: Node, region: str | None) -> Copied | None:
    """How all objects of a bucket are copied, to `region` if a rule does that; None if they aren't."""
    found = [
        Copied(_destination(graph, configuration, rule), _time_control(rule))
        for configuration in graph.linked(bucket, BUCKET_REPLICATION, "bucket")
        for rule in _list(configuration.properties.get("rules"))
        if rule is UNKNOWN or (_status(rule) != "Disabled" and _is_for_all(rule))
    ]
    there = [each for each in found if each.region in (None, region)]
    best = sorted(there or found, key=lambda each: (each.time_control is not True, each.region is None))
    return best[0] if best else None


def backed_up(graph: Graph, resource: Node) -> bool | None:
    """Whether a backup plan selects a bucket or a file system: by its tags, or by its ARN."""
    view = GraphView(graph)
    answers = [
        _takes(view, selection, resource)
        for selection in graph.of_type(BACKUP_SELECTION)
        if _plan_of(graph, selection) is not None
    ]
    return True if True in answers else None if None in answers else False


def backup_rules(graph: Graph, recovery_region: str | None) -> list[Rule]:
    """The rules of every plan that has a selection."""
    selecting = [
        plan for selection in graph.of_type(BACKUP_SELECTION) if (plan := _plan_of(graph, selection))
    ]
    plans = {plan.urn: plan for plan in selecting}
    return [
        _rule(graph, plan, rule, recovery_region)
        for plan in plans.values()
        for rule in _list(plan.properties.get("rules"))
    ]


def vaults(graph: Graph) -> tuple[Vault, ...]:
    """The vaults with their locks."""
    return tuple(_vault(graph, node) for node in graph.of_type(BACKUP_VAULT))


def restore_test_types(graph: Graph) -> tuple[str, ...]:
    """The types of resources that restores are tried of."""
    types = [node.properties.get("protectedResourceType") for node in graph.of_type(RESTORE_TESTS)]
    return tuple(sorted(item for item in types if isinstance(item, str)))


def has_queue(graph: Graph, region: str) -> bool:
    """Whether jobs can be submitted in a region."""
    return any(node.region == region for node in graph.of_type(JOB_QUEUE))


def _takes(view: GraphView, selection: Node, resource: Node) -> bool | None:
    try:
        return takes(view.resource(selection), view.resource(resource), view)
    except Unread:
        return None


def _vault(graph: Graph, node: Node) -> Vault:
    locks = graph.linked(node, BACKUP_VAULT_LOCK, "backupVaultName")
    name = node.properties.get("name")
    lock, least, most = "none", None, None
    for each in locks:
        grace = each.properties.get("changeableForDays")
        lock = None if grace is UNKNOWN else "governance" if grace is None else "compliance"
        least = _number(each.properties.get("minRetentionDays"))
        most = _number(each.properties.get("maxRetentionDays"))
    return Vault(name if isinstance(name, str) else node.name, node.urn, node.region, lock, least, most)


def _rule(graph: Graph, plan: Node, rule: Any, recovery_region: str | None) -> Rule:
    fields = rule if isinstance(rule, dict) else {}
    schedule = fields.get("schedule")
    hours = worst_gap_hours(schedule) if isinstance(schedule, str) else None
    return Rule(
        None if hours is None else round(hours * MINUTES_PER_HOUR),
        _number(fields.get("startWindow")),
        _number(fields.get("completionWindow")),
        None if rule is UNKNOWN else _copies_to(graph, plan, fields.get("copyActions"), recovery_region),
    )


def _copies_to(graph: Graph, plan: Node, actions: Any, region: str | None) -> bool | None:
    """Whether any action copies to a vault of a region."""
    if actions is UNKNOWN:
        return None
    destinations = [
        action.get("destinationVaultArn") if isinstance(action, dict) else UNKNOWN
        for action in _list(actions)
    ]
    if any(isinstance(arn, str) and arn.split(":")[3:4] == [region] for arn in destinations):
        return True
    if not any(arn is UNKNOWN for arn in destinations):
        return False
    # Which of the vaults that the rules refer to is meant isn't known, but only one elsewhere can be.
    referred = [graph.by_urn.get(urn) for urn in plan.property_dependencies.get("rules", ())]
    elsewhere = [
        node for node in referred if node and canonical(node.type) == BACKUP_VAULT and node.region == region
    ]
    return True if elsewhere else None


def _plan_of(graph: Graph, selection: Node) -> Node | None:
    found = graph.targets(selection, "planId", selection.properties.get("planId"), BACKUP_PLAN)
    return next(iter([*found.certain, *found.possible]), None)


def _destination(graph: Graph, configuration: Node, rule: Any) -> str | None:
    """Region of the bucket that a rule copies to."""
    destination = rule.get("destination") if isinstance(rule, dict) else None
    value = destination.get("bucket") if isinstance(destination, dict) else UNKNOWN
    name = value.removeprefix("arn:aws:s3:::") if isinstance(value, str) else value
    found = graph.targets(configuration, "rules", name, BUCKET).certain
    return found[0].region if len(found) == 1 else None


def _time_control(rule: Any) -> bool | None:
    destination = rule.get("destination") if isinstance(rule, dict) else UNKNOWN
    control = destination.get("replicationTime") if isinstance(destination, dict) else destination
    status = control.get("status") if isinstance(control, dict) else control
    return None if status is UNKNOWN else status == "Enabled"


def _status(rule: Any) -> Any:
    return rule.get("status") if isinstance(rule, dict) else UNKNOWN


def _is_for_all(rule: Any) -> bool:
    """Whether a rule is for every object: its filter, if there is one, says nothing."""
    chosen = rule.get("filter") if isinstance(rule, dict) else None
    prefix = rule.get("prefix") if isinstance(rule, dict) else None
    if isinstance(chosen, dict):
        return not any(value for value in chosen.values() if value is not UNKNOWN)
    return not prefix


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [UNKNOWN] if value is UNKNOWN else []
