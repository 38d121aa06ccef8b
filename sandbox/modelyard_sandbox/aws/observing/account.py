"""What an account has once, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard_sandbox.aws import account_settings, detection
from modelyard_sandbox.aws.account_settings import AccountSetting
from modelyard_sandbox.aws.observing.base import Observer, Sight
from modelyard_sandbox.aws.observing.responses import tags_from
from modelyard_sandbox.aws.records import CHANNEL_RENAMES, CLOUDWATCH, SELECTOR_RENAMES, TRAIL_RENAMES
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.meaning import COMPUTED, Meaning

OFF: Mapping[type[AccountSetting], Inputs] = {
    account_settings.EncryptionByDefault: {"enabled": False},
    account_settings.SnapshotBlockPublicAccess: {"state": "unblocked"},
    account_settings.VpcBlockPublicAccessOptions: {"internetGatewayBlockMode": "off"},
}
"""AWS's defaults, in Pulumi's terms, of what is there whether it is on or off."""


def _setting(handler: type[AccountSetting]) -> Observer:
    def observer(sight: Sight) -> Inputs:
        return handler().current(sight.cloud) or OFF.get(handler, {})

    return observer


def trail(sight: Sight) -> Inputs:
    """A trail, with its selectors, its tags and whether it records."""
    found = sight.call("cloudtrail", "GetTrail", Name=sight.id)["Trail"]
    selectors = sight.call("cloudtrail", "GetEventSelectors", TrailName=sight.id)
    insights = sight.call("cloudtrail", "GetInsightSelectors", TrailName=sight.id)
    status = sight.call("cloudtrail", "GetTrailStatus", Name=sight.id)
    listed = sight.call("cloudtrail", "ListTags", ResourceIdList=[sight.id])["ResourceTagList"]
    inputs = sight.inputs(
        {**selectors, **insights, **found}, {**TRAIL_RENAMES, **CLOUDWATCH, **SELECTOR_RENAMES}
    )
    return {
        **inputs,
        "enableLogging": status["IsLogging"],
        "tags": tags_from(listed[0]["TagsList"] if listed else []),
    }


def recorder(sight: Sight) -> Inputs:
    """A recorder."""
    member, names = "ConfigurationRecorders", [sight.id]
    found = sight.first("config", "DescribeConfigurationRecorders", member, ConfigurationRecorderNames=names)
    return sight.inputs(found)


def channel(sight: Sight) -> Inputs:
    """A delivery channel."""
    found = sight.first(
        "config", "DescribeDeliveryChannels", "DeliveryChannels", DeliveryChannelNames=[sight.id]
    )
    return sight.inputs(found, CHANNEL_RENAMES)


def recorder_status(sight: Sight) -> Inputs:
    """Whether a recorder runs."""
    member, names = "ConfigurationRecordersStatus", [sight.id]
    found = sight.first(
        "config", "DescribeConfigurationRecorderStatus", member, ConfigurationRecorderNames=names
    )
    return {"isEnabled": found["recording"], "name": sight.id}


def detector(sight: Sight) -> Inputs:
    """A detector, without the features that are resources of their own."""
    found = detection.detector(sight.cloud, sight.id) or {}
    return {
        "enable": found.get("Status") == "ENABLED",
        "findingPublishingFrequency": found.get("FindingPublishingFrequency"),
        "tags": tags_from(found.get("Tags") or {}),
    }


def feature(sight: Sight) -> Inputs:
    """A feature of a detector."""
    detector_id, _, name = sight.id.partition("/")
    found = detection.feature(sight.cloud, sight.id) or {}
    inputs: Inputs = {"detectorId": detector_id, "name": name, "status": found.get("Status")}
    wanted = {item.get("name") for item in sight.given.get("additionalConfigurations") or ()}
    extras = [
        {"name": item["Name"], "status": item["Status"]}
        for item in found.get("AdditionalConfiguration", [])
        # What a program doesn't name is GuardDuty's own to choose.
        if item["Name"] in wanted or not sight.given
    ]
    return {**inputs, "additionalConfigurations": extras} if extras else inputs


def hub(sight: Sight) -> Inputs:
    """Security Hub, as it is set."""
    return sight.inputs(detection.hub(sight.cloud) or {})


def standard(sight: Sight) -> Inputs:
    """A standard."""
    return {"standardsArn": sight.outputs["standardsArn"]}


def enabler(sight: Sight) -> Inputs:
    """What Inspector scans."""
    return {"accountIds": [sight.cloud.account_id], "resourceTypes": detection.scanned(sight.cloud)}


def analyzer(sight: Sight) -> Inputs:
    """An analyzer."""
    found = sight.call("accessanalyzer", "GetAnalyzer", analyzerName=sight.id)["analyzer"]
    return {**sight.inputs(found, {"analyzerName": "name"}), "tags": tags_from(found.get("tags") or {})}


def cost_tag(sight: Sight) -> Inputs:
    """Whether costs are told apart by a tag."""
    found = sight.first("ce", "ListCostAllocationTags", "CostAllocationTags", TagKeys=[sight.id])
    return {"status": found["Status"], "tagKey": sight.id}


def service_role(sight: Sight) -> Inputs:
    """A service's own role."""
    name = sight.id.rpartition("/")[2]
    role: dict[str, Any] = sight.call("iam", "GetRole", RoleName=name)["Role"]
    suffix = name.partition("_")[2]
    return {
        "awsServiceName": role["Path"].strip("/").rpartition("/")[2],
        "description": role.get("Description"),
        "tags": tags_from(role.get("Tags") or []),
        **({"customSuffix": suffix} if suffix else {}),
    }


OBSERVERS: Mapping[str, Observer] = {
    **{
        handler.type: _setting(handler)
        for handler in (
            account_settings.AccountPublicAccessBlock,
            account_settings.DefaultKmsKey,
            account_settings.EncryptionByDefault,
            account_settings.InstanceMetadataDefaults,
            account_settings.SnapshotBlockPublicAccess,
            account_settings.VpcBlockPublicAccessOptions,
        )
    },
    "aws:accessanalyzer/analyzer:Analyzer": analyzer,
    "aws:cfg/deliveryChannel:DeliveryChannel": channel,
    "aws:cfg/recorder:Recorder": recorder,
    "aws:cfg/recorderStatus:RecorderStatus": recorder_status,
    "aws:cloudtrail/trail:Trail": trail,
    "aws:costexplorer/costAllocationTag:CostAllocationTag": cost_tag,
    "aws:guardduty/detector:Detector": detector,
    "aws:guardduty/detectorFeature:DetectorFeature": feature,
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": service_role,
    "aws:inspector2/enabler:Enabler": enabler,
    "aws:securityhub/account:Account": hub,
    "aws:securityhub/standardsSubscription:StandardsSubscription": standard,
}

MEANINGS: Mapping[str, Meaning] = {
    "aws:accessanalyzer/analyzer:Analyzer": Meaning({"type": "ACCOUNT"}),
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": Meaning({"accountId": COMPUTED}),
    "aws:cfg/deliveryChannel:DeliveryChannel": Meaning({"name": COMPUTED}),
    "aws:cfg/recorder:Recorder": Meaning(
        {
            "name": COMPUTED,
            "recordingGroup": COMPUTED,
            "recordingGroup.allSupported": True,
            "recordingGroup.recordingStrategies": COMPUTED,
            "recordingGroup.exclusionByResourceTypes": COMPUTED,
            "recordingMode": COMPUTED,
        }
    ),
    "aws:cloudtrail/trail:Trail": Meaning(
        {
            "enableLogging": True,
            "eventSelectors": COMPUTED,
            "includeGlobalServiceEvents": True,
            "name": COMPUTED,
        },
        frozenset({"advancedEventSelectors", "advancedEventSelectors[].fieldSelectors", "insightSelectors"}),
    ),
    "aws:ebs/encryptionByDefault:EncryptionByDefault": Meaning({"enabled": True}),
    "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults": Meaning(
        {
            "httpEndpoint": "no-preference",
            "httpPutResponseHopLimit": -1,
            "httpTokens": "no-preference",
            "instanceMetadataTags": "no-preference",
        }
    ),
    "aws:guardduty/detector:Detector": Meaning({"enable": True, "findingPublishingFrequency": COMPUTED}),
    "aws:guardduty/detectorFeature:DetectorFeature": Meaning(
        {"additionalConfigurations": COMPUTED}, frozenset({"additionalConfigurations"})
    ),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": Meaning({"description": COMPUTED}),
    "aws:securityhub/account:Account": Meaning(
        {
            "autoEnableControls": True,
            "controlFindingGenerator": COMPUTED,
            "enableDefaultStandards": True,
        },
        unseen=frozenset({"enableDefaultStandards"}),
    ),
}
"""What pulumi-aws computes or fills in where a program is silent (its registry pages, 2026-11)."""
