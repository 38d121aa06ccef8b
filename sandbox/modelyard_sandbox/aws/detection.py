"""GuardDuty, Security Hub, Inspector and IAM Access Analyzer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.errors import CloudError

NOT_OWNED = "not owned by the current account"
"""What GuardDuty says of a detector that isn't there; the code alone, BadRequestException, says nothing."""
NOT_SUBSCRIBED = "InvalidAccess"
"""What Security Hub's codes have in common where it isn't enabled."""
SCANS = {"EC2": "ec2", "ECR": "ecr", "LAMBDA": "lambda", "LAMBDA_CODE": "lambdaCode"}


class Detector(ResourceHandler):
    """A detector, of which a region has one."""

    type = "aws:guardduty/detector:Detector"
    service = "guardduty"
    inputs = frozenset({"enable", "findingPublishingFrequency"})
    made_with = inputs | {"tags", "tagsAll"}
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "CreateDetector", inputs, "findingPublishingFrequency")
        return self.call(
            cloud, "CreateDetector", Enable=inputs.get("enable", True), Tags=tags_of(inputs), **request
        )["DetectorId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *self.inputs):
            frequency = new.get("findingPublishingFrequency", "SIX_HOURS")
            self.call(
                cloud,
                "UpdateDetector",
                DetectorId=id_,
                Enable=new.get("enable", True),
                FindingPublishingFrequency=frequency,
            )
        retag(cloud, "guardduty", self._arn(cloud, id_), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        if detector(cloud, id_) is None:
            return None
        return {"accountId": cloud.account_id, "arn": self._arn(cloud, id_)}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        if detector(cloud, id_) is not None:
            self.call(cloud, "DeleteDetector", DetectorId=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return self.call(cloud, "ListDetectors")["DetectorIds"]

    def _arn(self, cloud: Cloud, id_: str) -> str:
        return cloud.arn("guardduty", f"detector/{id_}")


class DetectorFeature(ResourceHandler):
    """A feature of a detector; its id is `detector/name`. Its deletion leaves the feature as it is."""

    type = "aws:guardduty/detectorFeature:DetectorFeature"
    service = "guardduty"
    inputs = frozenset({"additionalConfigurations", "detectorId", "name", "status"})
    required = frozenset({"detectorId", "name", "status"})
    replace_on = frozenset({"detectorId", "name"})
    made_with = inputs
    identity = ("detectorId", "name")
    stays = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._set(cloud, inputs)
        return f"{inputs['detectorId']}/{inputs['name']}"

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *self.inputs):
            self._set(cloud, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        detector_id, _, name = id_.partition("/")
        return {"detectorId": detector_id, "name": name} if feature(cloud, id_) else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        """Leave it: pulumi-aws does too, for GuardDuty knows no deletion of a feature."""

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return f"{inputs['detectorId']}/{inputs['name']}"

    def _set(self, cloud: Cloud, inputs: Inputs) -> None:
        shape: Any = cloud.shape("guardduty", "UpdateDetector").members["Features"]
        named = [{name: inputs[name] for name in self.inputs - {"detectorId"} if inputs.get(name)}]
        features = _features(shape, named)
        self.call(cloud, "UpdateDetector", DetectorId=inputs["detectorId"], Features=features)


def _features(shape: Any, named: list[dict[str, Any]]) -> Any:
    from modelyard_sandbox.aws.translate import to_value

    return to_value(shape, named, {"additionalConfigurations": "AdditionalConfiguration"})


def detector(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    """A detector as GuardDuty describes it; none if it isn't there."""
    try:
        return cloud.call("guardduty", "GetDetector", DetectorId=id_)
    except CloudError as error:
        if NOT_OWNED in str(error):
            return None
        raise


def feature(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    """A feature of a detector; none if either isn't there."""
    detector_id, _, name = id_.partition("/")
    found = detector(cloud, detector_id) or {}
    return next((item for item in found.get("Features", []) if item["Name"] == name), None)


class HubAccount(ResourceHandler):
    """Security Hub in a region; its id is the account's."""

    type = "aws:securityhub/account:Account"
    service = "securityhub"
    inputs = frozenset({"autoEnableControls", "controlFindingGenerator", "enableDefaultStandards"})
    replace_on = frozenset({"enableDefaultStandards"})
    made_with = frozenset({"controlFindingGenerator", "enableDefaultStandards"})

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(
            cloud, "EnableSecurityHub", inputs, "controlFindingGenerator", "enableDefaultStandards"
        )
        self.call(cloud, "EnableSecurityHub", **request)
        return cloud.account_id

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        names = ("autoEnableControls", "controlFindingGenerator")
        if changed(old, new, *names):
            request = self.request(cloud, "UpdateSecurityHubConfiguration", new, *names)
            self.call(cloud, "UpdateSecurityHubConfiguration", **{"AutoEnableControls": True, **request})

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = hub(cloud)
        return {"arn": found["HubArn"]} if found else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        if hub(cloud):
            self.call(cloud, "DisableSecurityHub")

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return [cloud.account_id] if hub(cloud) else []

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return cloud.account_id


def hub(cloud: Cloud) -> dict[str, Any] | None:
    """Security Hub as it describes itself; none where it isn't enabled."""
    try:
        return cloud.call("securityhub", "DescribeHub")
    except CloudError as error:
        if NOT_SUBSCRIBED in error.code:
            return None
        raise


class StandardsSubscription(ResourceHandler):
    """A standard that Security Hub holds the account against; its id is the subscription's ARN."""

    type = "aws:securityhub/standardsSubscription:StandardsSubscription"
    service = "securityhub"
    inputs = frozenset({"standardsArn"})
    required = inputs
    replace_on = inputs
    made_with = inputs
    identity = ("standardsArn",)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        asked = [{"StandardsArn": inputs["standardsArn"]}]
        answer = self.call(cloud, "BatchEnableStandards", StandardsSubscriptionRequests=asked)
        return answer["StandardsSubscriptions"][0]["StandardsSubscriptionArn"]

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = next((item for item in standards(cloud) if item["StandardsSubscriptionArn"] == id_), None)
        return {"arn": id_, "standardsArn": found["StandardsArn"]} if found else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        if self.look(cloud, id_, inputs):
            self.call(cloud, "BatchDisableStandards", StandardsSubscriptionArns=[id_])

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return [item["StandardsSubscriptionArn"] for item in standards(cloud)]


def standards(cloud: Cloud) -> list[dict[str, Any]]:
    """The standards that are enabled; none where Security Hub isn't."""
    if not hub(cloud):
        return []
    return cloud.call("securityhub", "GetEnabledStandards")["StandardsSubscriptions"]


class Enabler(ResourceHandler):
    """What Inspector scans; its id is `account:account-TYPE:TYPE`, as in pulumi-aws."""

    type = "aws:inspector2/enabler:Enabler"
    service = "inspector2"
    inputs = frozenset({"accountIds", "resourceTypes"})
    required = inputs
    replace_on = frozenset({"accountIds"})
    made_with = inputs

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self.call(cloud, "Enable", accountIds=inputs["accountIds"], resourceTypes=inputs["resourceTypes"])
        return _enabler_id(inputs)

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        before, after = set(old.get("resourceTypes") or ()), set(new["resourceTypes"])
        accounts = new["accountIds"]
        if after - before:
            self.call(cloud, "Enable", accountIds=accounts, resourceTypes=sorted(after - before))
        if before - after:
            self.call(cloud, "Disable", accountIds=accounts, resourceTypes=sorted(before - after))

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        return {} if scanned(cloud) else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        scans = scanned(cloud)
        if scans:
            self.call(cloud, "Disable", accountIds=[cloud.account_id], resourceTypes=scans)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        scans = scanned(cloud)
        return [_enabler_id({"accountIds": [cloud.account_id], "resourceTypes": scans})] if scans else []

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return _enabler_id(inputs)


def _enabler_id(inputs: Inputs) -> str:
    return f"{':'.join(sorted(inputs['accountIds']))}-{':'.join(sorted(inputs['resourceTypes']))}"


def scanned(cloud: Cloud) -> list[str]:
    """What Inspector scans in the account."""
    accounts = cloud.call("inspector2", "BatchGetAccountStatus", accountIds=[cloud.account_id])["accounts"]
    states: dict[str, Any] = accounts[0]["resourceState"] if accounts else {}
    return sorted(kind for kind, name in SCANS.items() if states.get(name, {}).get("status") == "ENABLED")


class Analyzer(ResourceHandler):
    """An analyzer; its id is its name."""

    type = "aws:accessanalyzer/analyzer:Analyzer"
    service = "accessanalyzer"
    inputs = frozenset({"analyzerName", "configuration", "type"})
    required = frozenset({"analyzerName"})
    replace_on = frozenset({"analyzerName", "type"})
    made_with = frozenset({"analyzerName", "configuration", "type", "tags", "tagsAll"})
    identity = ("analyzerName",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "CreateAnalyzer", inputs, "analyzerName", "configuration", "type")
        self.call(cloud, "CreateAnalyzer", **{"type": "ACCOUNT", **request}, tags=tags_of(inputs))
        return inputs["analyzerName"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "configuration"):
            request = self.request(cloud, "UpdateAnalyzer", new, "configuration")
            self.call(cloud, "UpdateAnalyzer", analyzerName=id_, **request)
        retag(cloud, "accessanalyzer", cloud.arn("access-analyzer", f"analyzer/{id_}"), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "GetAnalyzer", analyzerName=id_)["analyzer"]
        return {"analyzerName": id_, "arn": found["arn"]}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteAnalyzer", analyzerName=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return [item["name"] for item in self.call(cloud, "ListAnalyzers")["analyzers"]]

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs["analyzerName"]
