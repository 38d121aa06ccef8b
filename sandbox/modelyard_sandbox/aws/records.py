"""CloudTrail's trails and AWS Config's recorders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import (
    Inputs,
    Outputs,
    ResourceHandler,
    changed,
    physical_name,
    tag_changes,
    tags_of,
)
from modelyard_sandbox.aws.translate import tags_to_list, to_request

TRAIL_RENAMES = {"enableLogFileValidation": "LogFileValidationEnabled"}
TRAIL_SETTINGS = (
    "cloudWatchLogsGroupArn",
    "cloudWatchLogsRoleArn",
    "enableLogFileValidation",
    "includeGlobalServiceEvents",
    "isMultiRegionTrail",
    "isOrganizationTrail",
    "kmsKeyId",
    "s3BucketName",
    "s3KeyPrefix",
    "snsTopicName",
)
CLOUDWATCH = {"cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn"}
SELECTORS = ("advancedEventSelectors", "eventSelectors")
SELECTOR_RENAMES = {"startsWiths": "StartsWith", "endsWiths": "EndsWith", "equals": "Equals"} | {
    "notStartsWiths": "NotStartsWith",
    "notEndsWiths": "NotEndsWith",
    "notEquals": "NotEquals",
}
MANAGEMENT_ONLY = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
"""What a trail records that has no selectors (CloudTrail API reference, PutEventSelectors, 2026-11)."""


class Trail(ResourceHandler):
    """A trail; its id is its ARN."""

    type = "aws:cloudtrail/trail:Trail"
    service = "cloudtrail"
    inputs = frozenset({"enableLogging", "insightSelectors", "name", *SELECTORS, *TRAIL_SETTINGS})
    required = frozenset({"s3BucketName"})
    replace_on = frozenset({"name"})
    made_with = frozenset({"enableLogging", "tags", "tagsAll", *TRAIL_SETTINGS})
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "CreateTrail", inputs, *TRAIL_SETTINGS, renames=CLOUDWATCH)
        made = self.call(
            cloud,
            "CreateTrail",
            Name=physical_name(inputs),
            TagsList=tags_to_list(tags_of(inputs)),
            **request,
        )
        if inputs.get("enableLogging", True):
            self.call(cloud, "StartLogging", Name=made["TrailARN"])
        return made["TrailARN"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *TRAIL_SETTINGS):
            request = self.request(cloud, "UpdateTrail", new, *TRAIL_SETTINGS, renames=CLOUDWATCH)
            self.call(cloud, "UpdateTrail", Name=id_, **request)
        if changed(old, new, *SELECTORS):
            self._select(cloud, id_, new)
        if changed(old, new, "insightSelectors"):
            asked = self.request(cloud, "PutInsightSelectors", new, "insightSelectors")
            self.call(cloud, "PutInsightSelectors", TrailName=id_, **{"InsightSelectors": [], **asked})
        if old.get("enableLogging", True) != new.get("enableLogging", True):
            self.call(cloud, "StartLogging" if new.get("enableLogging", True) else "StopLogging", Name=id_)
        self._retag(cloud, id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        trail = self.call(cloud, "GetTrail", Name=id_)["Trail"]
        return {"arn": trail["TrailARN"], "name": trail["Name"], "homeRegion": trail["HomeRegion"]}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteTrail", Name=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        trails = self.call(cloud, "DescribeTrails", includeShadowTrails=False)["trailList"]
        return [trail["TrailARN"] for trail in trails]

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return cloud.arn("cloudtrail", f"trail/{inputs['name']}") if inputs.get("name") else None

    def _select(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        asked = self.request(
            cloud, "PutEventSelectors", inputs, *SELECTORS, renames={**SELECTOR_RENAMES, "values": "Values"}
        )
        self.call(cloud, "PutEventSelectors", TrailName=id_, **(asked or {"EventSelectors": MANAGEMENT_ONLY}))

    def _retag(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        added, removed = tag_changes(old, new)
        if removed:
            gone = tags_to_list({name: tags_of(old)[name] for name in removed})
            self.call(cloud, "RemoveTags", ResourceId=id_, TagsList=gone)
        if added:
            self.call(cloud, "AddTags", ResourceId=id_, TagsList=tags_to_list(added))


class ConfigHandler(ResourceHandler):
    """A part of AWS Config, of which a region has one; its id is its name. It is put as a whole."""

    service = "config"
    replace_on = frozenset({"name"})
    name_input = "name"
    identity = ("name",)

    def put(self, cloud: Cloud, name: str, inputs: Inputs) -> None:
        """Put it, new or changed."""
        raise NotImplementedError

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        self.put(cloud, name, inputs)
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *self.inputs):
            self.put(cloud, id_, new)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")


class Recorder(ConfigHandler):
    """A configuration recorder; whether it runs is a RecorderStatus."""

    type = "aws:cfg/recorder:Recorder"
    inputs = frozenset({"name", "recordingGroup", "recordingMode", "roleArn"})
    required = frozenset({"roleArn"})
    made_with = inputs

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        self.call(cloud, "DescribeConfigurationRecorders", ConfigurationRecorderNames=[id_])
        return {"name": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteConfigurationRecorder", ConfigurationRecorderName=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        found = self.call(cloud, "DescribeConfigurationRecorders")["ConfigurationRecorders"]
        return [recorder["name"] for recorder in found]

    @override
    def put(self, cloud: Cloud, name: str, inputs: Inputs) -> None:
        recorder = self.part(
            cloud,
            "PutConfigurationRecorder",
            "ConfigurationRecorder",
            inputs,
            "recordingGroup",
            "recordingMode",
            "roleArn",
        )
        self.call(cloud, "PutConfigurationRecorder", ConfigurationRecorder={"name": name, **recorder})


CHANNEL_RENAMES = {"snapshotDeliveryProperties": "configSnapshotDeliveryProperties"}


class DeliveryChannel(ConfigHandler):
    """Where what is recorded is delivered to."""

    type = "aws:cfg/deliveryChannel:DeliveryChannel"
    inputs = frozenset(
        {"name", "s3BucketName", "s3KeyPrefix", "s3KmsKeyArn", "snapshotDeliveryProperties", "snsTopicArn"}
    )
    required = frozenset({"s3BucketName"})
    made_with = inputs

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        self.call(cloud, "DescribeDeliveryChannels", DeliveryChannelNames=[id_])
        return {"name": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteDeliveryChannel", DeliveryChannelName=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return [
            channel["name"] for channel in self.call(cloud, "DescribeDeliveryChannels")["DeliveryChannels"]
        ]

    @override
    def put(self, cloud: Cloud, name: str, inputs: Inputs) -> None:
        shape: Any = cloud.shape("config", "PutDeliveryChannel").members["DeliveryChannel"]
        chosen = {key: value for key, value in inputs.items() if key in self.inputs and key != "name"}
        channel = to_request(shape, chosen, CHANNEL_RENAMES)
        self.call(cloud, "PutDeliveryChannel", DeliveryChannel={"name": name, **channel})


class RecorderStatus(ResourceHandler):
    """Whether a recorder runs; its id is the recorder's name."""

    type = "aws:cfg/recorderStatus:RecorderStatus"
    service = "config"
    inputs = frozenset({"isEnabled", "name"})
    required = inputs
    replace_on = frozenset({"name"})
    made_with = inputs
    identity = ("name",)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._set(cloud, inputs["name"], is_on=inputs["isEnabled"])
        return inputs["name"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "isEnabled"):
            self._set(cloud, id_, is_on=new["isEnabled"])

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        self.call(cloud, "DescribeConfigurationRecorderStatus", ConfigurationRecorderNames=[id_])
        return {"name": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self._set(cloud, id_, is_on=False)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs["name"]

    def _set(self, cloud: Cloud, name: str, *, is_on: bool) -> None:
        verb = "Start" if is_on else "Stop"
        self.call(cloud, f"{verb}ConfigurationRecorder", ConfigurationRecorderName=name)
