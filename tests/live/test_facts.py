"""Facts that were taken from documentation and from others, asked of the cloud itself. All but the launches only
read; those are dry runs, in a network that costs nothing.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError
from live_account.networks import free_network
from live_account.place import HOME_REGION, Place
from live_account.service_roles import make_service_roles
from live_account.sweep import ROOT

from modelyard.catalog.instances import InstanceType, instance_type, instance_type_names
from modelyard.catalog.quotas import vcpu_quotas
from modelyard.planning.fabric import plan_interfaces
from modelyard.planning.images import image_parameter
from modelyard_cli.bootstrap.service_roles import SERVICE_ROLES


def shipped_types() -> list[str]:
    """Types that the shipped stacks use."""
    found: set[str] = set()
    for file in (ROOT / "stacks").glob("Pulumi.*.yaml"):
        environment = yaml.safe_load(file.read_text())["config"].get("modelyard:environment", {})
        pools = [*environment.get("compute", []), *environment.get("recovery", {}).get("compute", [])]
        found |= {pool["instance_type"] for pool in pools}
    return sorted(found)


def test_every_public_parameter_of_an_image_is_published(place: Place) -> None:
    machines = [instance_type(name) for name in instance_type_names()]
    paths = sorted({path for machine in machines if (path := image_parameter(machine))})
    assert len(paths) == 4
    for region in place.regions:
        ssm, ec2 = place.client("ssm", region), place.client("ec2", region)
        for path in paths:
            newest = json.loads(ssm.get_parameter(Name=f"{path}/recommended")["Parameter"]["Value"])
            pinned = ssm.get_parameter(Name=f"{path}/{newest['image_name']}")["Parameter"]["Value"]
            assert json.loads(pinned)["image_id"] == newest["image_id"]
            (image,) = ec2.describe_images(ImageIds=[newest["image_id"]])["Images"]
            assert image["RootDeviceName"] == "/dev/xvda"
            assert image["Architecture"] == ("arm64" if path.endswith("/arm64") else "x86_64")


def test_the_types_of_the_shipped_stacks_are_as_the_catalog_says(place: Place) -> None:
    names = shipped_types()
    ec2 = place.client("ec2")
    pages = ec2.get_paginator("describe_instance_types").paginate(
        Filters=[{"Name": "instance-type", "Values": names}]
    )
    described = {found["InstanceType"]: found for page in pages for found in page["InstanceTypes"]}
    assert set(described) <= set(names)
    assert "p5.48xlarge" in described, (
        f"the region offers only {sorted(described)}: choose one with p5.48xlarge"
    )
    for name, found in described.items():
        assert of_cloud(found) == of_catalog(instance_type(name)), name


def of_catalog(machine: InstanceType) -> dict[str, Any]:
    return {
        "vcpus": machine.vcpus,
        "memory_mib": machine.memory_mib,
        "gpus": machine.accelerator_count if machine.kind == "gpu" else 0,
        "cards": {card.index: card.max_interfaces for card in machine.network_cards},
        "efa": machine.efa_interfaces,
        "addresses": machine.ipv4_per_interface,
    }


def of_cloud(found: dict[str, Any]) -> dict[str, Any]:
    network = found["NetworkInfo"]
    return {
        "vcpus": found["VCpuInfo"]["DefaultVCpus"],
        "memory_mib": found["MemoryInfo"]["SizeInMiB"],
        "gpus": sum(gpu["Count"] for gpu in found.get("GpuInfo", {}).get("Gpus", [])),
        "cards": {
            card["NetworkCardIndex"]: card["MaximumNetworkInterfaces"] for card in network["NetworkCards"]
        },
        "efa": network.get("EfaInfo", {}).get("MaximumEfaInterfaces", 0),
        "addresses": network["Ipv4AddressesPerInterface"],
    }


def test_every_code_of_a_quota_is_that_quotas(place: Place) -> None:
    service = place.client("service-quotas")
    for quota in vcpu_quotas():
        found = service.get_aws_default_service_quota(ServiceCode="ec2", QuotaCode=quota.code)["Quota"]
        assert found["QuotaName"] == quota.name


def test_service_linked_roles_are_called_as_policies_call_them(place: Place) -> None:
    make_service_roles(place)
    iam = place.client("iam", HOME_REGION)
    for service, (name, _) in SERVICE_ROLES.items():
        roles = iam.list_roles(PathPrefix=f"/aws-service-role/{service}/")["Roles"]
        assert name in {role["RoleName"] for role in roles}


def test_ec2_would_start_every_type_with_efa_with_its_interfaces(place: Place, record_property: Any) -> None:
    refused: dict[str, str] = {}
    asked: list[str] = []
    with free_network(place) as network:
        zones = offered_zones(place)
        for machine in (instance_type(name) for name in instance_type_names()):
            usable = sorted(zones.get(machine.name, set()) & set(network.subnet_ids))
            # A type that is sold in blocks alone can't be asked for without one.
            if not machine.efa_interfaces or not usable or "on-demand" not in machine.usage_classes:
                continue
            asked.append(machine.name)
            image_id = newest_image(place, machine)
            for multi_node in (False, True):
                interfaces = [
                    {
                        "NetworkCardIndex": interface.network_card_index,
                        "DeviceIndex": interface.device_index,
                        "InterfaceType": interface.interface_type,
                        "SubnetId": network.subnet_ids[usable[0]],
                        "Groups": [network.security_group_id],
                        "DeleteOnTermination": True,
                    }
                    for interface in plan_interfaces(machine, multi_node)
                ]
                answer = dry_run(place, machine.name, image_id, interfaces)
                if answer != "DryRunOperation":
                    refused[f"{machine.name}, {'several nodes' if multi_node else 'one node'}"] = answer
    # Which these are depends on the region: `--junit-xml` writes it down.
    record_property("types asked for", ", ".join(asked))
    assert refused == {}
    assert asked


def offered_zones(place: Place) -> dict[str, set[str]]:
    """Zones that offer each type."""
    pages = (
        place.client("ec2")
        .get_paginator("describe_instance_type_offerings")
        .paginate(LocationType="availability-zone-id")
    )
    found: dict[str, set[str]] = {}
    for offering in (each for page in pages for each in page["InstanceTypeOfferings"]):
        found.setdefault(offering["InstanceType"], set()).add(offering["Location"])
    return found


def newest_image(place: Place, machine: InstanceType) -> str:
    """An image that boots on the type."""
    arm = "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64"
    found = place.client("ssm").get_parameter(Name=f"{image_parameter(machine) or arm}/recommended")
    return json.loads(found["Parameter"]["Value"])["image_id"]


def dry_run(place: Place, name: str, image_id: str, interfaces: list[dict[str, Any]]) -> str:
    """What EC2 says to a launch with these interfaces: DryRunOperation if it would do it."""
    with pytest.raises(ClientError) as answer:
        place.client("ec2").run_instances(
            DryRun=True,
            MinCount=1,
            MaxCount=1,
            ImageId=image_id,
            InstanceType=name,
            NetworkInterfaces=interfaces,
        )
    error = answer.value.response["Error"]
    return error["Code"] if error["Code"] == "DryRunOperation" else f"{error['Code']}: {error['Message']}"
