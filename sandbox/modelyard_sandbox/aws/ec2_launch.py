"""Launch templates and placement groups."""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.ec2 import Ec2Handler
from modelyard_sandbox.aws.handler import Inputs, Outputs, changed, physical_name

RENAMES = {
    "vpcSecurityGroupIds": "SecurityGroupIds",
    "securityGroups": "Groups",
}
DATA = frozenset(
    {
        "blockDeviceMappings",
        "capacityReservationSpecification",
        "cpuOptions",
        "creditSpecification",
        "disableApiStop",
        "disableApiTermination",
        "ebsOptimized",
        "iamInstanceProfile",
        "imageId",
        "instanceInitiatedShutdownBehavior",
        "instanceMarketOptions",
        "instanceType",
        "keyName",
        "metadataOptions",
        "monitoring",
        "networkInterfaces",
        "networkPerformanceOptions",
        "placement",
        "tagSpecifications",
        "userData",
        "vpcSecurityGroupIds",
    }
)


class LaunchTemplate(Ec2Handler):
    """How instances are launched; a change of what it holds makes a new version."""

    type = "aws:ec2/launchTemplate:LaunchTemplate"
    inputs = DATA | {"defaultVersion", "description", "name", "namePrefix", "updateDefaultVersion"}
    replace_on = frozenset({"name", "namePrefix"})
    made_with = DATA | {"description", "tags", "tagsAll"}
    changing_outputs = frozenset({"defaultVersion", "latestVersion"})
    name_input = "name"
    identity = ("name",)
    describe, ids, found = "DescribeLaunchTemplates", "LaunchTemplateIds", "LaunchTemplates"
    id_member, resource_type = "LaunchTemplateId", "launch-template"

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        answer = self.call(
            cloud,
            "CreateLaunchTemplate",
            LaunchTemplateName=physical_name(inputs),
            **self._version(cloud, inputs),
            **self.tag_specifications(inputs),
        )
        return answer["LaunchTemplate"]["LaunchTemplateId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *DATA, "description"):
            answer = self.call(
                cloud, "CreateLaunchTemplateVersion", LaunchTemplateId=id_, **self._version(cloud, new)
            )
            if new.get("updateDefaultVersion"):
                self._default(cloud, id_, answer["LaunchTemplateVersion"]["VersionNumber"])
        elif changed(old, new, "defaultVersion") and new.get("defaultVersion"):
            self._default(cloud, id_, int(new["defaultVersion"]))
        self.retag(cloud, id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        template = self.one(cloud, id_)
        return template and {
            "arn": self.arn(cloud, id_),
            "name": template["LaunchTemplateName"],
            "latestVersion": template["LatestVersionNumber"],
            "defaultVersion": template["DefaultVersionNumber"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteLaunchTemplate", LaunchTemplateId=id_)

    def _version(self, cloud: Cloud, inputs: Inputs) -> dict[str, object]:
        data = self.request(
            cloud,
            "CreateLaunchTemplate",
            {"launchTemplateData": {name: inputs[name] for name in DATA & inputs.keys()}},
            "launchTemplateData",
            renames=RENAMES,
        )
        text = {"VersionDescription": inputs["description"]} if inputs.get("description") else {}
        return {**data, **text}

    def _default(self, cloud: Cloud, id_: str, version: int) -> None:
        self.call(cloud, "ModifyLaunchTemplate", LaunchTemplateId=id_, DefaultVersion=str(version))


class PlacementGroup(Ec2Handler):
    """How close instances stand; its id is its name, as in pulumi-aws."""

    type = "aws:ec2/placementGroup:PlacementGroup"
    inputs = frozenset({"name", "partitionCount", "spreadLevel", "strategy"})
    replace_on = inputs
    name_input = "name"
    identity = ("name",)
    describe, ids, found = "DescribePlacementGroups", "GroupNames", "PlacementGroups"
    id_member, resource_type = "GroupName", "placement-group"

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(
            cloud, "CreatePlacementGroup", inputs, "partitionCount", "spreadLevel", "strategy"
        )
        name = physical_name(inputs)
        self.call(cloud, "CreatePlacementGroup", GroupName=name, **request, **self.tag_specifications(inputs))
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        group = self.one(cloud, id_)
        if group:
            self.retag(cloud, group["GroupId"], old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        group = self.one(cloud, id_)
        return group and {
            "arn": group["GroupArn"],
            "name": group["GroupName"],
            "placementGroupId": group["GroupId"],
            "strategy": group["Strategy"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeletePlacementGroup", GroupName=id_)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")
