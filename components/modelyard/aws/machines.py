"""What the nodes of a pool are like: the data of its launch template, and its compute resources."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.aws.pool_args import PoolArgs, PoolWiring, takes_multi_node_jobs
from modelyard.catalog.instances import InstanceType
from modelyard.planning.fabric import plan_interfaces
from modelyard.planning.host import HostPlan, user_data
from modelyard.planning.images import batch_image_type
from modelyard.planning.names import node_log_group
from modelyard.planning.windows import drain_at

ROOT_DEVICE = "/dev/xvda"
"""Root device of the ECS-optimised images of Amazon Linux 2023 (Amazon ECS Developer Guide, 2026-11)."""


class MachineArgs(TypedDict):
    """What a launch template says of machines: a change of it makes another version."""

    metadata_options: aws.ec2.LaunchTemplateMetadataOptionsArgsDict
    block_device_mappings: list[aws.ec2.LaunchTemplateBlockDeviceMappingArgsDict]
    network_interfaces: list[aws.ec2.LaunchTemplateNetworkInterfaceArgsDict] | None
    capacity_reservation_specification: aws.ec2.LaunchTemplateCapacityReservationSpecificationArgsDict | None
    instance_market_options: aws.ec2.LaunchTemplateInstanceMarketOptionsArgsDict | None
    tag_specifications: list[aws.ec2.LaunchTemplateTagSpecificationArgsDict]
    user_data: str


def machine_args(name: str, args: PoolArgs, wiring: PoolWiring, instance: InstanceType) -> MachineArgs:
    """The machines of a pool; `name` is what their name tag says."""
    node_tags = {**wiring["tags"], "Name": name, "pool": args["name"]}
    return {
        # A hop limit of 1 keeps containers on a bridge from the node's credentials. Batch's jobs are on
        # the host's network or have an interface of their own: the node's role holds little as well.
        "metadata_options": {
            "http_endpoint": "enabled",
            "http_tokens": "required",
            "http_put_response_hop_limit": 1,
        },
        "block_device_mappings": [
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
        "network_interfaces": _interfaces(args, wiring, instance) or None,
        "capacity_reservation_specification": _reservation(args),
        # The Batch guide says that Batch ignores market options; yet AWS's post "How to use Capacity Blocks
        # for ML with AWS Batch" (2025-04-29) and its samples set this one, and EC2 demands it.
        "instance_market_options": {"market_type": "capacity-block"}
        if args["capacity_mode"] == "capacity_block"
        else None,
        "tag_specifications": [
            {"resource_type": "instance", "tags": node_tags},
            {"resource_type": "volume", "tags": node_tags},
        ],
        "user_data": user_data(_host(args, wiring, instance)),
    }


def compute_resources(
    args: PoolArgs, wiring: PoolWiring, instance: InstanceType
) -> aws.batch.ComputeEnvironmentComputeResourcesArgsDict:
    """The compute resources of a pool, without what is made for it: launch template and placement group."""
    spot = args["capacity_mode"] == "spot"
    resources: aws.batch.ComputeEnvironmentComputeResourcesArgsDict = {
        "type": "SPOT" if spot else "EC2",
        "allocation_strategy": _allocation_strategy(args),
        "instance_types": [instance.name],
        "min_vcpus": _vcpus(args.get("min_nodes", 0), instance),
        "max_vcpus": _vcpus(args["max_nodes"], instance),
        "instance_role": wiring["instance_profile_arn"],
        "subnets": [_subnet_id(wiring, zone_id) for zone_id in args["zone_ids"]],
        "ec2_configurations": [_image(args, instance)],
        "tags": {**wiring["tags"], "pool": args["name"]},
    }
    if not plan_interfaces(instance):
        # Batch refuses groups here where the template has interfaces (aws/aws-cdk#21577). Its guide says
        # that tasks of multi-node jobs take the groups from here, else the VPC's default group ("Compute
        # environment considerations for MNP", 2026-11): whether that is so with EFA has to be tried.
        resources["security_group_ids"] = [wiring["security_group_id"]]
    if spot:
        resources["bid_percentage"] = args.get("max_price_percent", 100)
    return resources


def wants_placement_group(args: PoolArgs, instance: InstanceType) -> bool:
    """Whether machines are to be placed together by a group of the pool's own.

    With a reservation the group would have to be the reservation's own, or EC2 finds no capacity; a capacity
    block's machines stand together anyway.
    """
    on_demand = args["capacity_mode"] == "on_demand"
    return on_demand and takes_multi_node_jobs(args) and instance.efa_interfaces > 0


def window_tags(args: PoolArgs) -> dict[str, str]:
    """Tags that tell the window of a capacity block, for those who look at it; empty if none is given."""
    tags: dict[str, str] = {}
    if "starts_at" in args:
        tags["starts-at"] = args["starts_at"]
    if "ends_at" in args:
        tags["drain-at"] = drain_at(args["instance_type"], args["ends_at"])
        tags["ends-at"] = args["ends_at"]
    return tags


def use_tags(args: PoolArgs) -> dict[str, str]:
    """Tags that tell how a pool is used where its machines don't: policies, and people, go by them."""
    tags = {"max-nodes-per-job": str(args.get("max_nodes_per_job", 1))}
    if "idle_shutdown_minutes" in args:
        tags["idle-shutdown-minutes"] = str(args["idle_shutdown_minutes"])
    return tags


def _host(args: PoolArgs, wiring: PoolWiring, instance: InstanceType) -> HostPlan:
    ends_at = args.get("ends_at")
    return HostPlan(
        region=wiring["region"],
        environment=wiring["environment"],
        pool=args["name"],
        instance=instance,
        log_group=node_log_group(wiring["environment"]),
        block_ends_at=ends_at,
        block_drain_at=None if ends_at is None else drain_at(instance.name, ends_at),
    )


def _interfaces(
    args: PoolArgs, wiring: PoolWiring, instance: InstanceType
) -> list[aws.ec2.LaunchTemplateNetworkInterfaceArgsDict]:
    interfaces: list[aws.ec2.LaunchTemplateNetworkInterfaceArgsDict] = [
        {
            "network_card_index": interface.network_card_index,
            "device_index": interface.device_index,
            "interface_type": interface.interface_type,
            "security_groups": [wiring["security_group_id"]],
            "delete_on_termination": "true",
        }
        for interface in plan_interfaces(instance, takes_multi_node_jobs(args))
    ]
    if len(interfaces) == 1:
        # EC2 takes this where there is one interface, and gives no public address where there are several
        # (EC2 API Reference, InstanceNetworkInterfaceSpecification, 2026-11).
        interfaces[0]["associate_public_ip_address"] = "false"
    return interfaces


def _reservation(
    args: PoolArgs,
) -> aws.ec2.LaunchTemplateCapacityReservationSpecificationArgsDict | None:
    mode = args["capacity_mode"]
    if mode == "open_reservation":
        return {"capacity_reservation_preference": "open"}
    if mode not in ("reservation", "capacity_block"):
        return None
    if "reservation_group_arn" in args:
        group_arn = args["reservation_group_arn"]
        return {"capacity_reservation_target": {"capacity_reservation_resource_group_arn": group_arn}}
    return {"capacity_reservation_target": {"capacity_reservation_id": args.get("reservation_id")}}


def _vcpus(nodes: pulumi.Input[int], instance: InstanceType) -> pulumi.Output[int]:
    return pulumi.Output.from_input(nodes).apply(lambda known: known * instance.vcpus)


def _subnet_id(wiring: PoolWiring, zone_id: str) -> pulumi.Input[str]:
    subnet_ids = wiring["subnet_ids"]
    if isinstance(subnet_ids, Mapping):
        return subnet_ids[zone_id]
    return pulumi.Output.from_input(subnet_ids).apply(lambda known: known[zone_id])


def _allocation_strategy(args: PoolArgs) -> str:
    if args["capacity_mode"] == "spot":
        return "SPOT_PRICE_CAPACITY_OPTIMIZED"
    # Auto Scaling's mixed instances groups can't use capacity blocks (Amazon EC2 Auto Scaling User Guide,
    # "Use Capacity Blocks", 2026-11), and AWS's post on blocks with Batch has BEST_FIT. It can't be updated
    # in place; the other two can.
    return "BEST_FIT" if args["capacity_mode"] == "capacity_block" else "BEST_FIT_PROGRESSIVE"


def _image(
    args: PoolArgs, instance: InstanceType
) -> aws.batch.ComputeEnvironmentComputeResourcesEc2ConfigurationArgsDict:
    image: aws.batch.ComputeEnvironmentComputeResourcesEc2ConfigurationArgsDict = {
        # Where Batch has no image with the drivers, the pool's own image takes the place of this one.
        "image_type": batch_image_type(instance) or "ECS_AL2023"
    }
    if "image_id" in args:
        image["image_id_override"] = args["image_id"]
    return image
