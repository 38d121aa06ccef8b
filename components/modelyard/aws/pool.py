"""One pool of machines: launch template, compute environment, job queue.

What a change does to a pool (AWS Batch User Guide, "Perform infrastructure updates", 2026-11, and the AWS
provider's internal/service/batch/compute_environment.go, 2026-09):

- max_nodes and min_nodes: in place, at once.
- Machine, image, volume, zones, price, tags, on_demand to spot or a reservation and back: in place. New jobs
  get new machines; running ones keep theirs for as long as the update waits, and are ended then.
- max_nodes_per_job from 1 with EFA or back (the placement group), on_demand to capacity_block or back,
  everything of a capacity block's machines: another generation. A new compute environment is made, the queue
  turns to it, and the old one stays for one `up`, disabled, so that what runs there goes on. The `up` after
  that removes it, and ends what still runs there. See planning/generations.py for what belongs to it.
  A block that is extended is such a change: nodes know their block's end from their start.
- What is an output can't be told beforehand: where such a change forces a replacement (the subnets or the key
  of a capacity block), the engine makes it at once, and what runs there is ended.
- Its name or the environment's: everything is replaced, the queue too.
"""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from modelyard.aws.machines import (
    compute_resources,
    machine_args,
    use_tags,
    wants_placement_group,
    window_tags,
)
from modelyard.aws.pool_args import LONGEST_UPDATE_WAIT_HOURS, PoolArgs, PoolWiring
from modelyard.catalog.instances import instance_type
from modelyard.planning.generations import generation_of, has_placement_group
from modelyard.planning.queues import NEVER_STARTS, STUCK_AFTER_SECONDS
from modelyard.wiring.plain import known_now
from modelyard.wiring.tokens import AWS, token

LEFT_AS_IT_WAS = (
    "namePrefix",
    "serviceRole",
    "tags",
    "updatePolicy",
    *(
        f"computeResources.{name}"
        for name in (
            "allocationStrategy",
            "bidPercentage",
            "desiredVcpus",
            "ec2Configurations",
            "ec2KeyPair",
            "imageId",
            "instanceRole",
            "instanceTypes",
            "launchTemplate",
            "maxVcpus",
            "placementGroup",
            "securityGroupIds",
            "spotIamFleetRole",
            "subnets",
            "tags",
            "type",
        )
    ),
)
"""What a compute environment that retires keeps: all but its state and the nodes that it keeps up."""


class Pool(pulumi.ComponentResource):
    """Machines of one type behind one job queue. Part of GpuCluster.

    A capacity block's pool lives as long as its block: the next block is another pool, or replaces this one.
    """

    queue_arn: pulumi.Output[str]
    """ARN of the job queue."""

    environment_arn: pulumi.Output[str]
    """ARN of the compute environment."""

    generation: pulumi.Output[str]
    """Which compute environment it has, once the queue has turned to it."""

    def __init__(
        self,
        name: str,
        args: PoolArgs,
        wiring: PoolWiring,
        previous: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token(AWS, "Pool"), name, {}, opts)
        self._name, self._args, self._wiring = name, args, wiring
        instance = instance_type(args["instance_type"])
        machines = machine_args(name, args, wiring, instance)
        resources = compute_resources(args, wiring, instance)
        self._generation = generation_of(
            known_now(resources),
            {**known_now(machines), "zone_ids": args["zone_ids"]},
            placement_group=wants_placement_group(args, instance),
        )
        template = aws.ec2.LaunchTemplate(
            name,
            name=name,
            description=f"Nodes of pool {args['name']}",
            update_default_version=True,
            region=wiring["region"],
            tags={**wiring["tags"], **window_tags(args)},
            opts=pulumi.ResourceOptions(parent=self),
            **machines,
        )
        # The number, so that a new version is a change that the engine sees: Batch looks `$Default` up at
        # updates only (AWS Batch User Guide, "Use launch templates", 2026-11).
        resources["launch_template"] = {
            "launch_template_id": template.id,
            "version": template.latest_version.apply(str),
        }
        environment = self._environment(resources)
        self.environment_arn = environment.arn
        self._retiring = (
            [self._retire(previous, resources, environment)]
            if previous not in (None, self._generation)
            else []
        )

    def open_queue(self, behind: Sequence["Pool"]) -> None:
        """Make the queue, once every compute environment of the cluster is there: to those of the pools
        `behind` it sends jobs that find no room in its own.
        """
        args, wiring = self._args, self._wiring
        queue = aws.batch.JobQueue(
            self._name,
            name=queue_name(wiring["environment"], args["name"]),
            state="ENABLED",
            priority=1,
            compute_environment_orders=[
                {"order": order, "compute_environment": pool.environment_arn}
                for order, pool in enumerate([self, *behind], 1)
            ],
            job_state_time_limit_actions=[
                {
                    "state": "RUNNABLE",
                    "action": "CANCEL",
                    "reason": reason,
                    "max_time_seconds": STUCK_AFTER_SECONDS,
                }
                for reason in NEVER_STARTS
            ],
            region=wiring["region"],
            tags=wiring["tags"],
            opts=pulumi.ResourceOptions(
                parent=self,
                # So that `destroy` right after a replacement takes the queue first, which lets go of both.
                depends_on=self._retiring,
                ignore_changes=["state"] if self._externally_scaled else None,
            ),
        )
        self.queue_arn = queue.arn
        # Known only once the queue has turned: an `up` that fails before leaves the last one's word, and the
        # next knows what to retire.
        self.generation = queue.arn.apply(lambda _: self._generation)
        self.register_outputs({"queueArn": self.queue_arn, "environmentArn": self.environment_arn})

    @property
    def _externally_scaled(self) -> bool:
        return self._args.get("externally_scaled", False)

    @property
    def _wait_minutes(self) -> int:
        return self._args.get("update_wait_hours", LONGEST_UPDATE_WAIT_HOURS) * 60

    def _environment(
        self, resources: aws.batch.ComputeEnvironmentComputeResourcesArgsDict
    ) -> aws.batch.ComputeEnvironment:
        name = f"{self._name}-{self._generation}"
        if has_placement_group(self._generation):
            resources = {**resources, "placement_group": self._placement_group(name).name}
        return aws.batch.ComputeEnvironment(
            name,
            # A prefix: where the engine has to replace it, the new one is made beside the old.
            name_prefix=f"{name}-",
            type="MANAGED",
            state="ENABLED",
            compute_resources=resources,
            update_policy=self._update_policy(),
            region=self._wiring["region"],
            tags={**self._wiring["tags"], **use_tags(self._args)},
            opts=pulumi.ResourceOptions(
                parent=self,
                custom_timeouts=self._timeouts(),
                hooks=self._wiring["deletion_hooks"],
                ignore_changes=["state", "computeResources.minVcpus"] if self._externally_scaled else None,
            ),
        )

    def _retire(
        self,
        generation: str,
        resources: aws.batch.ComputeEnvironmentComputeResourcesArgsDict,
        successor: aws.batch.ComputeEnvironment,
    ) -> aws.batch.ComputeEnvironment:
        """Keep the compute environment of the last `up` for this one: disabled, its running jobs left alone.

        What the new one has is given only for its dependencies: so `destroy` knows what it stands on.
        """
        name = f"{self._name}-{generation}"
        kept: aws.batch.ComputeEnvironmentComputeResourcesArgsDict = {**resources, "min_vcpus": 0}
        if has_placement_group(generation):
            kept["placement_group"] = self._placement_group(name).name
        return aws.batch.ComputeEnvironment(
            name,
            name_prefix=f"{name}-",
            type="MANAGED",
            state="DISABLED",
            compute_resources=kept,
            region=self._wiring["region"],
            tags=self._wiring["tags"],
            opts=pulumi.ResourceOptions(
                parent=self,
                # Not before there is another one: what can't be made must not close the old one.
                depends_on=[successor],
                custom_timeouts=self._timeouts(),
                hooks=self._wiring["deletion_hooks"],
                ignore_changes=list(LEFT_AS_IT_WAS),
            ),
        )

    def _timeouts(self) -> pulumi.CustomTimeouts:
        # An update lasts until the last job that it waits for has ended, a deletion until the last machine
        # has gone; the provider would give up after 20 minutes.
        return pulumi.CustomTimeouts(update=f"{self._wait_minutes + 60}m", delete="1h")

    def _update_policy(self) -> aws.batch.ComputeEnvironmentUpdatePolicyArgsDict | None:
        if self._args["capacity_mode"] == "capacity_block":
            return None
        return {"terminate_jobs_on_update": False, "job_execution_timeout_minutes": self._wait_minutes}

    def _placement_group(self, name: str) -> aws.ec2.PlacementGroup:
        return aws.ec2.PlacementGroup(
            name,
            name=name,
            strategy="cluster",
            region=self._wiring["region"],
            tags=self._wiring["tags"],
            opts=pulumi.ResourceOptions(parent=self),
        )


def queue_name(environment: str, pool: str) -> str:
    """Name of a pool's job queue."""
    return f"{environment}-{pool}"
