"""Hours in which an environment that isn't production is open."""

from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.errors import InputError, Problem
from modelyard.planning.arns import Place
from modelyard.planning.names import working_hours_group, working_hours_role
from modelyard.planning.policies import operations
from modelyard.planning.working_hours import (
    DAYS,
    SchedulePlan,
    is_time_zone,
    minutes_of,
    node_schedules,
    queue_schedules,
)
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AWS, token

RETRY_SECONDS = 3_600
RETRIES_MAX = 5
"""A queue or an environment that is being updated takes no other update: try again for an hour."""


class ScheduledPoolArgs(TypedDict):
    """One pool that opens and closes."""

    name: str
    """Name of the pool."""
    queue_arn: pulumi.Input[str]
    """ARN of its job queue."""
    compute_environment_arn: pulumi.Input[str]
    """ARN of its compute environment."""
    kept_vcpus: NotRequired[pulumi.Input[int]]
    """vCPUs that it keeps up without a job while it is open: min_nodes times those of a node. Unset: 0."""


class WorkingHoursArgs(TypedDict):
    """Arguments of WorkingHours."""

    environment: str
    """Name of the environment; part of every name."""
    account_id: str
    """Account that all of it belongs to."""
    region: str
    """Region of the pools."""
    key_arn: pulumi.Input[str]
    """Key of the schedules."""
    pools: list[ScheduledPoolArgs]
    """The pools."""
    opens: str
    """Time of day at which they open, as 08:00."""
    closes: str
    """Time of day at which they close, later than `opens`."""
    days: list[str]
    """Days on which they open: mon, tue, wed, thu, fri, sat, sun."""
    time_zone: str
    """Time zone of these times, by its IANA name."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of the policy that bounds its roles. Unset: none."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything that takes some."""


class WorkingHours(pulumi.ComponentResource):
    """Schedules that open an environment's pools and close them again, on some days in a time zone.

    A closed pool takes no job, starts none that waits and keeps no node up; what runs goes on to its end. On
    other days nothing happens: it stays closed since the evening before. Made at night, an environment is
    open until the next closing. Its pools are `externally_scaled` (see GpuCluster), or an `up` with a refresh
    at night would open them.
    """

    group_name: pulumi.Output[str]
    """Name of the schedules' group."""

    def __init__(self, name: str, args: WorkingHoursArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, WorkingHoursArgs)
        if problems := list(_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AWS, "WorkingHours"), name, {}, opts)
        self._name, self._args, self._tags = name, args, args.get("tags", {})
        self._place = Place(args["account_id"], args["region"])
        group = aws.scheduler.ScheduleGroup(
            name,
            name=working_hours_group(args["environment"], args["region"]),
            region=args["region"],
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        role, policies = self._role()
        for pool in args["pools"]:
            self._pool(pool, group, role, policies)
        self.group_name = group.name
        self.register_outputs({"groupName": self.group_name})

    def _role(self) -> tuple[aws.iam.Role, list[aws.iam.RolePolicy]]:
        args, place = self._args, self._place
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            self._name,
            name=working_hours_role(args["environment"], args["region"]),
            description=f"Opens and closes the queues of {args['environment']}",
            assume_role_policy=operations.schedule_trust(
                place, working_hours_group(args["environment"], args["region"])
            ),
            permissions_boundary=self._args.get("permissions_boundary"),
            tags=self._tags,
            opts=child,
        )
        arns = pulumi.Output.all(
            queues=[pool["queue_arn"] for pool in args["pools"]],
            environments=[pool["compute_environment_arn"] for pool in args["pools"]],
        )
        documents: dict[str, pulumi.Output[str]] = {
            self._name: arns.apply(
                lambda known: operations.working_hours_policy(known["queues"], known["environments"])
            ),
            f"{self._name}-keys": pulumi.Output.from_input(args["key_arn"]).apply(
                lambda key: operations.schedule_key_policy(place, key)
            ),
        }
        policies = [
            aws.iam.RolePolicy(name, name=name, role=role.name, policy=policy, opts=child)
            for name, policy in documents.items()
        ]
        return role, policies

    def _pool(
        self,
        pool: ScheduledPoolArgs,
        group: aws.scheduler.ScheduleGroup,
        role: aws.iam.Role,
        policies: list[aws.iam.RolePolicy],
    ) -> None:
        args, name = self._args, pool["name"]
        when = args["opens"], args["closes"], args["days"]
        queue = pulumi.Output.from_input(pool["queue_arn"])
        nodes = pulumi.Output.all(pool["compute_environment_arn"], pool.get("kept_vcpus", 0))
        plans = {
            "queue": queue.apply(lambda arn: queue_schedules(name, arn, *when)),
            "nodes": nodes.apply(lambda known: node_schedules(name, known[0], known[1], *when)),
        }
        shapes = [*queue_schedules(name, "", *when), *node_schedules(name, "", 0, *when)]
        for number, shape in enumerate(shapes):
            plan = plans["queue"] if number < 2 else plans["nodes"]
            self._schedule(
                shape, plan.apply(lambda known, place=number % 2: known[place].input), group, role, policies
            )

    def _schedule(
        self,
        plan: SchedulePlan,
        request: pulumi.Output[str],
        group: aws.scheduler.ScheduleGroup,
        role: aws.iam.Role,
        policies: list[aws.iam.RolePolicy],
    ) -> None:
        args = self._args
        aws.scheduler.Schedule(
            f"{self._name}-{plan.name}",
            name=plan.name,
            group_name=group.name,
            description=f"Working hours of {args['environment']}, {args['opens']} to {args['closes']}",
            schedule_expression=plan.expression,
            schedule_expression_timezone=args["time_zone"],
            flexible_time_window={"mode": "OFF"},
            kms_key_arn=args["key_arn"],
            target={
                "arn": plan.target,
                "role_arn": role.arn,
                "input": request,
                "retry_policy": {
                    "maximum_retry_attempts": RETRIES_MAX,
                    "maximum_event_age_in_seconds": RETRY_SECONDS,
                },
            },
            region=args["region"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=policies),
        )


def _problems(name: str, args: WorkingHoursArgs) -> Iterator[Problem]:
    times = [field for field in ("opens", "closes") if not _is_time(args[field])]
    for field in times:
        yield Problem(
            field=f"{name}.{field}",
            given=args[field],
            message="it is no time of day",
            allowed="hours and minutes, from 00:00 to 23:59",
            mend="write it as 08:00",
        )
    if not times and minutes_of(args["closes"]) <= minutes_of(args["opens"]):
        yield Problem(
            field=f"{name}.closes",
            given=args["closes"],
            message=f"it closes before it opens, at {args['opens']}",
            allowed=f"a time after {args['opens']} on the same day",
            mend="let it close later, or open earlier",
        )
    unknown = [day for day in args["days"] if day not in DAYS]
    if unknown or not args["days"]:
        yield Problem(
            field=f"{name}.days",
            given=", ".join(unknown) or "none",
            message="these are no days to open on",
            allowed=", ".join(DAYS),
            mend="name one or more of these",
        )
    if not is_time_zone(args["time_zone"]):
        yield Problem(
            field=f"{name}.time_zone",
            given=args["time_zone"],
            message="there is no such time zone",
            allowed="a name of the IANA database, as Europe/Berlin or UTC",
            mend="look it up in the list of tz database time zones",
        )


def _is_time(text: str) -> bool:
    hour, _, minute = text.partition(":")
    digits = len(hour) == len(minute) == 2 and (hour + minute).isdecimal()
    return digits and int(hour) < 24 and int(minute) < 60
