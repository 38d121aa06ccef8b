"""One pool of machines: launch template, compute environment, job queue.

What a change does to a pool (AWS Batch User Guide, "Perform infrastructure updates", 2026-11, and the AWS
provider's internal/service/batch/compute_environment.go, 2026-09):

- max_nodes and min_nodes: in place, at once.
- Machine, image, volume, zones, price, tags, on_demand to spot and back: in place. New jobs get new machines;
  running ones keep theirs for as long as the update waits, and are ended then.
- max_nodes_per_job from 1 with EFA or back (the placement group), everything of a capacity block: the compute
  environment is replaced. The queue turns to the new one and lets go of the old one a while later
  (pulumi-aws#6233): `up` waits for that, and then deletes it, which ends what still runs there. Drain the
  pool first.
- Its name or the environment's: everything is replaced, the queue too.
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.aws.release_wait import release_wait
from modelyard.catalog.instances import InstanceType, instance_type
from modelyard.planning.fabric import plan_interfaces
from modelyard.planning.images import batch_image_type
from modelyard.wiring.tokens import AWS, token

ROOT_DEVICE = "/dev/xvda"
"""Root device of the ECS-optimised images of Amazon Linux 2023 (Amazon ECS Developer Guide, 2026-11)."""

STUCK_AFTER_SECONDS = 3_600
"""Seconds at the head of the queue after which a job that can never start goes (Batch: 600 to 86,400)."""

LONGEST_UPDATE_WAIT_HOURS = 6
"""Most hours that an update in place can wait for running jobs. Batch takes 120 (AWS Batch API Reference,
UpdatePolicy, 2026-11), but the AWS provider refuses more (hashicorp/terraform-provider-aws#48709, open)."""

NEVER_STARTS = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
)
"""Why a job can never start, in Batch's words (AWS Batch User Guide, "Job queue blocking", 2026-11). Want of
capacity is not among them: it passes."""


class PoolArgs(TypedDict):
    """One pool of machines."""

    name: str
    """Name of the pool."""
    instance_type: str
    """EC2 instance type, one that the catalog knows."""
    max_nodes: pulumi.Input[int]
    """Most nodes at a time."""
    capacity_mode: str
    """How machines are bought: on_demand, spot, reservation or capacity_block."""
    zone_ids: list[str]
    """Zones that nodes may run in; one for multi-node jobs."""
    min_nodes: NotRequired[pulumi.Input[int]]
    """Nodes that stay up when nothing runs. Unset: 0."""
    max_nodes_per_job: NotRequired[int]
    """Most nodes that one job may use. Unset: 1."""
    reservation_id: NotRequired[pulumi.Input[str]]
    """Id of the capacity reservation, for reservation and capacity_block."""
    max_price_percent: NotRequired[pulumi.Input[int]]
    """Highest spot price, in percent of the on-demand price. Unset: 100."""
    image_id: NotRequired[pulumi.Input[str]]
    """Machine image, made from an ECS-optimised one of Amazon Linux 2023 (root volume /dev/xvda). Unset: the
    newest ECS-optimised image, which drifts."""
    root_volume_gib: NotRequired[pulumi.Input[int]]
    """Size of the encrypted root volume in GiB. Unset: 200."""
    update_wait_hours: NotRequired[int]
    """Hours that an update in place waits for running jobs, 1 to 6: let longer jobs end before. Unset: 6."""


class PoolWiring(TypedDict):
    """What a pool shares with the others of its cluster."""

    environment: str
    subnet_ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    security_group_id: pulumi.Input[str]
    volume_key_arn: pulumi.Input[str]
    instance_profile_arn: pulumi.Input[str]
    tags: Mapping[str, pulumi.Input[str]]


class Pool(pulumi.ComponentResource):
    """Machines of one type behind one job queue. Part of GpuCluster.

    A capacity block's pool lives as long as its block: the next block is another pool, or replaces this one.
    """

    queue_arn: pulumi.Output[str]
    """ARN of the job queue."""

    def __init__(
        self, name: str, args: PoolArgs, wiring: PoolWiring, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token(AWS, "Pool"), name, {}, opts)
        self._name, self._args, self._wiring = name, args, wiring
        self._instance = instance_type(args["instance_type"])
        environment = self._compute_environment(self._launch_template())
        queue = aws.batch.JobQueue(
            name,
            name=queue_name(wiring["environment"], args["name"]),
            state="ENABLED",
            priority=1,
            compute_environment_orders=[{"order": 1, "compute_environment": environment.arn}],
            job_state_time_limit_actions=[
                {
                    "state": "RUNNABLE",
                    "action": "CANCEL",
                    "reason": reason,
                    "max_time_seconds": STUCK_AFTER_SECONDS,
                }
                for reason in NEVER_STARTS
            ],
            tags=wiring["tags"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.queue_arn = queue.arn
        self.register_outputs({"queueArn": self.queue_arn})

    def _launch_template(self) -> aws.ec2.LaunchTemplate:
        args, wiring = self._args, self._wiring
        interfaces = self._interfaces()
        node_tags = {**wiring["tags"], "Name": self._name, "pool": args["name"]}
        return aws.ec2.LaunchTemplate(
            self._name,
            name=self._name,
            description=f"Nodes of pool {args['name']}",
            update_default_version=True,
            # A hop limit of 1 keeps containers on a bridge from the node's credentials. Batch's jobs are on
            # the host's network or have an interface of their own: the node's role holds little as well.
            metadata_options={
                "http_endpoint": "enabled",
                "http_tokens": "required",
                "http_put_response_hop_limit": 1,
            },
            block_device_mappings=[
                {
                    "device_name": ROOT_DEVICE,
                    "ebs": {
                        "volume_type": "gp3",
                        "volume_size": args.get("root_volume_gib", 200),
                        "encrypted": "true",
                        "kms_key_id": wiring["volume_key_arn"],
                        "delete_on_termination": "true",
                    },
                }
            ],
            network_interfaces=interfaces or None,
            capacity_reservation_specification=self._reservation(),
            # The Batch guide says that Batch ignores market options; yet AWS's post "How to use Capacity
            # Blocks for ML with AWS Batch" (2025-04-29) and its samples set this one, and EC2 demands it.
            instance_market_options={"market_type": "capacity-block"}
            if self._mode == "capacity_block"
            else None,
            tag_specifications=[
                {"resource_type": "instance", "tags": node_tags},
                {"resource_type": "volume", "tags": node_tags},
            ],
            tags=wiring["tags"],
            opts=pulumi.ResourceOptions(parent=self),
        )

    @property
    def _mode(self) -> str:
        return self._args["capacity_mode"]

    def _interfaces(self) -> list[aws.ec2.LaunchTemplateNetworkInterfaceArgsDict]:
        interfaces: list[aws.ec2.LaunchTemplateNetworkInterfaceArgsDict] = [
            {
                "network_card_index": interface.network_card_index,
                "device_index": interface.device_index,
                "interface_type": interface.interface_type,
                "security_groups": [self._wiring["security_group_id"]],
                "delete_on_termination": "true",
            }
            for interface in plan_interfaces(self._instance)
        ]
        if len(interfaces) == 1:
            # EC2 takes this where there is one interface, and gives no public address where there are several
            # (EC2 API Reference, InstanceNetworkInterfaceSpecification, 2026-11).
            interfaces[0]["associate_public_ip_address"] = "false"
        return interfaces

    def _reservation(self) -> aws.ec2.LaunchTemplateCapacityReservationSpecificationArgsDict | None:
        if self._mode not in ("reservation", "capacity_block"):
            return None
        return {"capacity_reservation_target": {"capacity_reservation_id": self._args.get("reservation_id")}}

    def _compute_environment(self, template: aws.ec2.LaunchTemplate) -> aws.batch.ComputeEnvironment:
        args, wiring, instance = self._args, self._wiring, self._instance
        spot = self._mode == "spot"
        resources: aws.batch.ComputeEnvironmentComputeResourcesArgsDict = {
            "type": "SPOT" if spot else "EC2",
            "allocation_strategy": self._allocation_strategy(),
            "instance_types": [instance.name],
            "min_vcpus": self._vcpus(args.get("min_nodes", 0)),
            "max_vcpus": self._vcpus(args["max_nodes"]),
            "instance_role": wiring["instance_profile_arn"],
            "subnets": [self._subnet_id(zone_id) for zone_id in args["zone_ids"]],
            # The number, so that a new version is a change that the engine sees: Batch looks `$Default` up
            # at updates only (AWS Batch User Guide, "Use launch templates", 2026-11).
            "launch_template": {
                "launch_template_id": template.id,
                "version": template.latest_version.apply(str),
            },
            "ec2_configurations": [self._image(instance)],
            "tags": {**wiring["tags"], "pool": args["name"]},
        }
        if not plan_interfaces(instance):
            # Batch refuses groups here where the template has interfaces (aws/aws-cdk#21577). Its guide says
            # that tasks of multi-node jobs take the groups from here, else the VPC's default group ("Compute
            # environment considerations for MNP", 2026-11): whether that is so with EFA has to be tried.
            resources["security_group_ids"] = [wiring["security_group_id"]]
        if spot:
            resources["bid_percentage"] = args.get("max_price_percent", 100)
        if self._wants_placement_group():
            resources["placement_group"] = self._placement_group().name
        return aws.batch.ComputeEnvironment(
            self._name,
            # A prefix: a replacement is made beside the old one, which the queue lets go of first.
            name_prefix=f"{self._name}-",
            type="MANAGED",
            state="ENABLED",
            compute_resources=resources,
            update_policy=self._update_policy(),
            tags=wiring["tags"],
            opts=pulumi.ResourceOptions(
                parent=self,
                # An update lasts until the last job that it waits for has ended, a deletion until the last
                # machine has gone; the provider would give up after 20 minutes.
                custom_timeouts=pulumi.CustomTimeouts(update=f"{self._wait_minutes + 60}m", delete="1h"),
                hooks=release_wait(self._name),
            ),
        )

    def _vcpus(self, nodes: pulumi.Input[int]) -> pulumi.Output[int]:
        return pulumi.Output.from_input(nodes).apply(lambda known: known * self._instance.vcpus)

    def _subnet_id(self, zone_id: str) -> pulumi.Input[str]:
        subnet_ids = self._wiring["subnet_ids"]
        if isinstance(subnet_ids, Mapping):
            return subnet_ids[zone_id]
        return pulumi.Output.from_input(subnet_ids).apply(lambda known: known[zone_id])

    def _allocation_strategy(self) -> str:
        if self._mode == "spot":
            return "SPOT_PRICE_CAPACITY_OPTIMIZED"
        # Auto Scaling's mixed instances groups can't use capacity blocks (Amazon EC2 Auto Scaling User Guide,
        # "Use Capacity Blocks", 2026-11), and AWS's post on blocks with Batch has BEST_FIT. It can't be
        # updated in place; the other two can.
        return "BEST_FIT" if self._mode == "capacity_block" else "BEST_FIT_PROGRESSIVE"

    @property
    def _wait_minutes(self) -> int:
        return self._args.get("update_wait_hours", LONGEST_UPDATE_WAIT_HOURS) * 60

    def _update_policy(self) -> aws.batch.ComputeEnvironmentUpdatePolicyArgsDict | None:
        if self._mode == "capacity_block":
            return None
        return {"terminate_jobs_on_update": False, "job_execution_timeout_minutes": self._wait_minutes}

    def _image(
        self, instance: InstanceType
    ) -> aws.batch.ComputeEnvironmentComputeResourcesEc2ConfigurationArgsDict:
        image: aws.batch.ComputeEnvironmentComputeResourcesEc2ConfigurationArgsDict = {
            # Where Batch has no image with the drivers, the pool's own image takes the place of this one.
            "image_type": batch_image_type(instance) or "ECS_AL2023"
        }
        if "image_id" in self._args:
            image["image_id_override"] = self._args["image_id"]
        return image

    def _wants_placement_group(self) -> bool:
        # With a reservation the group would have to be the reservation's own, or EC2 finds no capacity.
        return (
            self._mode == "on_demand"
            and self._args.get("max_nodes_per_job", 1) > 1
            and self._instance.efa_interfaces > 0
        )

    def _placement_group(self) -> aws.ec2.PlacementGroup:
        return aws.ec2.PlacementGroup(
            self._name,
            name=self._name,
            strategy="cluster",
            tags=self._wiring["tags"],
            opts=pulumi.ResourceOptions(parent=self),
        )


def queue_name(environment: str, pool: str) -> str:
    """Name of a pool's job queue."""
    return f"{environment}-{pool}"
