"""What Batch takes as the compute resources of an environment, and what of them it changes in place.

Sources: AWS Batch API reference, ComputeResource, ComputeResourceUpdate, Ec2Configuration and
LaunchTemplateSpecification; AWS Batch user guide, "Perform infrastructure updates"; 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models.instance_types import INSTANCE_FAMILIES, INSTANCE_TYPES

from modelyard.catalog.instances import instance_type_names
from modelyard_sandbox.moto_extensions.batch.answers import executing, one_of, refused, require, within
from modelyard_sandbox.moto_extensions.batch.user_data import check_user_data
from modelyard_sandbox.moto_extensions.store import store_of

Resources = Mapping[str, Any]

EC2_TYPES = ("EC2", "SPOT")
FARGATE_TYPES = ("FARGATE", "FARGATE_SPOT")
STRATEGIES = {
    "EC2": ("BEST_FIT", "BEST_FIT_PROGRESSIVE", "BEST_FIT_PROGRESSIVE_ORDERED"),
    "SPOT": (
        "BEST_FIT",
        "BEST_FIT_PROGRESSIVE",
        "SPOT_CAPACITY_OPTIMIZED",
        "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
        "SPOT_PRICE_CAPACITY_OPTIMIZED",
    ),
}
NOT_FOR_FARGATE = (
    "allocationStrategy",
    "bidPercentage",
    "desiredvCpus",
    "ec2Configuration",
    "ec2KeyPair",
    "imageId",
    "instanceRole",
    "instanceTypes",
    "launchTemplate",
    "minvCpus",
    "placementGroup",
    "scalingPolicy",
    "spotIamFleetRole",
    "tags",
)
FARGATE_SUBNETS_MAX = 16
FARGATE_GROUPS_MAX = 5
CHOSEN_BY_BATCH = ("optimal", "default_x86_64", "default_arm64")
IMAGES_MAX = 2
IMAGE_TYPES = ("ECS_AL2", "ECS_AL2_NVIDIA", "ECS_AL2023", "ECS_AL2023_NVIDIA")
IMAGE_TYPES_ENDED = ("ECS_AL2", "ECS_AL2_NVIDIA")
"""Since 2026-06-30 no environment can be created with Batch's own images of Amazon Linux 2."""
OVERRIDES_MAX = 10
SCALING = frozenset({"minvCpus", "maxvCpus", "desiredvCpus"})
"""What changes by adding and removing machines, and not by replacing them."""
FARGATE_CHANGES = SCALING | {"subnets", "securityGroupIds"}


def check_new(backend: Any, resources: Resources) -> None:
    """Refuse resources that no environment can be created with."""
    kind = resources.get("type")
    one_of("computeResources.type", kind, EC2_TYPES + FARGATE_TYPES)
    require("maxvCpus" in resources, executing("Resource maxvCpus is required."))
    _check_network(backend, resources)
    if kind in FARGATE_TYPES:
        _check_fargate(resources)
    else:
        _check_ec2(backend, resources)


def updated(old: Resources, changes: Resources) -> dict[str, Any]:
    """The resources after a change; an empty text takes a setting away, and a percentage of 0 for EC2."""
    new = {**old, **changes}
    template = new.get("launchTemplate") or {}
    empty = {name for name in ("ec2KeyPair", "imageId", "placementGroup") if not new.get(name)}
    if not (template.get("launchTemplateId") or template.get("launchTemplateName")):
        empty.add("launchTemplate")
    if new["type"] != "SPOT" and not new.get("bidPercentage"):
        empty.add("bidPercentage")
    return {name: value for name, value in new.items() if name not in empty}


def check_change(backend: Any, environment: Any, changes: Resources) -> None:
    """Refuse a change that can't be made in place, or that leads to resources that can't be."""
    old: Resources = environment.compute_resources
    changed = {name for name, value in changes.items() if old.get(name) != value}
    new = updated(old, changes)
    fargate = old["type"] in FARGATE_TYPES
    require(
        (new.get("type") in FARGATE_TYPES) == fargate,
        "the type can't be changed between EC2 and Fargate resources",
    )
    if fargate:
        wrong = sorted(changed - FARGATE_CHANGES - {"type"})
        require(not wrong, f"{', '.join(wrong)} can't be updated for Fargate resources")
    elif changed - SCALING:
        _check_infrastructure_update(environment, new, ", ".join(sorted(changed - SCALING)))
    if "desiredvCpus" in changed:
        require(
            changes["desiredvCpus"] >= old.get("desiredvCpus", old.get("minvCpus", 0)),
            "desiredvCpus can't be lowered by an update",
        )
    if changed <= SCALING and not fargate:
        _check_sizes(backend, new)
        return
    # What was created when AWS still took it stays as it is.
    unchanged = {"ec2Configuration"} - changed
    check_new(backend, {name: value for name, value in new.items() if name not in unchanged})


def _check_infrastructure_update(environment: Any, new: Resources, names: str) -> None:
    strategies = {
        environment.compute_resources.get("allocationStrategy", "BEST_FIT"),
        new.get("allocationStrategy"),
    }
    require(
        "BEST_FIT" not in strategies,
        f"{names} can't be updated: the allocation strategy BEST_FIT doesn't support infrastructure updates",
    )
    require(
        is_service_linked(environment.service_role),
        f"{names} can't be updated: infrastructure updates need the service-linked role "
        f"AWSServiceRoleForBatch, not {environment.service_role}",
    )


def is_service_linked(role_arn: str) -> bool:
    """Whether a role is Batch's own."""
    return ":role/aws-service-role/batch.amazonaws.com/" in role_arn


def _check_network(backend: Any, resources: Resources) -> None:
    subnets = resources.get("subnets") or []
    require(subnets, executing("Resource subnets is required."))
    vpcs: set[str] = set()
    for subnet_id in subnets:
        try:
            vpcs.add(backend.ec2_backend.get_subnet(subnet_id).vpc_id)
        except InvalidSubnetIdError as error:
            raise refused(executing(f"The subnet ID '{subnet_id}' does not exist")) from error
    require(len(vpcs) == 1, f"the subnets must be in one VPC, not in {', '.join(sorted(vpcs))}")
    for group_id in resources.get("securityGroupIds") or []:
        known = backend.ec2_backend.get_security_group_from_id(group_id)
        require(known is not None, executing(f"The security group '{group_id}' does not exist"))


def _check_fargate(resources: Resources) -> None:
    wrong = sorted(name for name in NOT_FOR_FARGATE if resources.get(name) not in (None, [], {}, ""))
    require(not wrong, executing(f"{', '.join(wrong)} can't be set for Fargate resources"))
    within("maxvCpus", resources["maxvCpus"], 1, 2**31 - 1)
    within("the number of subnets", len(resources["subnets"]), 1, FARGATE_SUBNETS_MAX)
    within(
        "the number of security groups", len(resources.get("securityGroupIds") or []), 1, FARGATE_GROUPS_MAX
    )


def _check_ec2(backend: Any, resources: Resources) -> None:
    checks: tuple[Callable[[Any, Resources], None], ...] = (
        _check_sizes,
        _check_instance_role,
        _check_instance_types,
        _check_strategy,
        _check_images,
        _check_template,
        _check_placement,
    )
    for check in checks:
        check(backend, resources)


def _check_sizes(_backend: Any, resources: Resources) -> None:
    require("minvCpus" in resources, executing("Resource minvCpus is required."))
    least, most = resources["minvCpus"], resources["maxvCpus"]
    require(least >= 0, executing(f"minvCpus must not be negative, and is {least}"))
    require(most >= least, executing(f"maxvCpus {most} must be at least minvCpus {least}"))
    if "desiredvCpus" in resources:
        within("desiredvCpus", resources["desiredvCpus"], least, most)


def _check_instance_role(backend: Any, resources: Resources) -> None:
    role = resources.get("instanceRole")
    require(role, executing("Instance role is required."))
    profiles = backend.iam_backend.get_instance_profiles()
    known = {profile.arn for profile in profiles} | {profile.name for profile in profiles}
    require(role in known, executing(f"the instance profile {role} does not exist"))


def _check_instance_types(_backend: Any, resources: Resources) -> None:
    names = resources.get("instanceTypes") or []
    require(names, executing("Resource instanceTypes is required."))
    types = {*INSTANCE_TYPES, *instance_type_names()}
    families = {*INSTANCE_FAMILIES, *(name.partition(".")[0] for name in types)}
    for name in names:
        # (Netflix/metaflow#70; the list of all that it can be is left out)
        known = name in types or name in families or name in CHOSEN_BY_BATCH
        require(known, executing(f"Instance type can only be one of EC2's types and families, not {name}"))


def _check_strategy(_backend: Any, resources: Resources) -> None:
    kind, strategy = resources["type"], resources.get("allocationStrategy", "BEST_FIT")
    require(
        strategy in STRATEGIES[kind],
        executing(f"allocationStrategy {strategy} can't be used with type {kind}"),
    )
    spot_only = [name for name in ("bidPercentage", "spotIamFleetRole") if resources.get(name)]
    require(
        kind == "SPOT" or not spot_only,
        executing(f"{', '.join(spot_only)} can only be set for the type SPOT"),
    )
    if kind == "SPOT":
        require(
            strategy != "BEST_FIT" or resources.get("spotIamFleetRole"),
            executing("spotIamFleetRole is required for the allocation strategy BEST_FIT"),
        )
        require(resources.get("bidPercentage", 1) > 0, executing("bidPercentage must be greater than 0"))


def _check_images(_backend: Any, resources: Resources) -> None:
    images = resources.get("ec2Configuration") or []
    require(
        len(images) <= IMAGES_MAX,
        executing(f"ec2Configuration takes {IMAGES_MAX} at most, not {len(images)}"),
    )
    for image in images:
        kind = image.get("imageType")
        one_of("imageType", kind, IMAGE_TYPES)
        own = image.get("imageIdOverride") or resources.get("imageId")
        require(
            kind not in IMAGE_TYPES_ENDED or own,
            executing(f"Batch provides no images of the type {kind} any more: use ECS_AL2023"),
        )


def _check_template(backend: Any, resources: Resources) -> None:
    template = resources.get("launchTemplate")
    groups: list[Any] = list(resources.get("securityGroupIds") or [])
    if template and (template.get("launchTemplateId") or template.get("launchTemplateName")):
        data = template_data(backend, template)
        check_user_data(data)
        overrides = template.get("overrides") or []
        require(len(overrides) <= OVERRIDES_MAX, f"a launch template takes {OVERRIDES_MAX} overrides at most")
        groups += data.get("SecurityGroupIds") or data.get("SecurityGroups") or []
        groups += [True for face in data.get("NetworkInterfaces") or [] if _groups_of(face)]
    require(groups, executing("security groups are required, here or in the launch template"))


def _groups_of(face: Any) -> Any:
    return face.get("Groups") or face.get("SecurityGroupId") or face.get("SecurityGroupIds")


def template_data(backend: Any, template: Mapping[str, Any]) -> dict[str, Any]:
    """The data of the template's version."""
    id_, name = template.get("launchTemplateId"), template.get("launchTemplateName")
    require(not (id_ and name), executing("either launchTemplateId or launchTemplateName, not both"))
    templates = backend.ec2_backend.launch_templates.values()
    found = next((item for item in templates if id_ == item.id or (name and name == item.name)), None)
    if found is None:
        raise refused(executing(f"Launch template {id_ or name} does not exist"))
    version = template.get("version") or "$Default"
    if version == "$Latest":
        return found.latest_version().data
    if version == "$Default":
        return found.default_version().data
    exists = str(version).isdigit() and 1 <= int(version) <= len(found.versions)
    require(exists, executing(f"Launch template {id_ or name} has no version {version}"))
    return found.get_version(int(version)).data


def _check_placement(backend: Any, resources: Resources) -> None:
    group = resources.get("placementGroup")
    known = store_of(backend.ec2_backend, "placement_groups")
    require(not group or group in known, executing(f"Placement group {group} does not exist"))
