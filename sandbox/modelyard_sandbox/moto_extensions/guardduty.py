"""GuardDuty: one detector a region, features that are kept one by one, and tags.

A new detector looks at everything that GuardDuty turns on by itself: all but runtime monitoring. Sources:
GuardDuty API reference, CreateDetector, GetDetector, UpdateDetector, TagResource; GuardDuty user guide,
"Feature activation"; 2026-11.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import unix_time
from moto.guardduty.responses import GuardDutyResponse
from moto.guardduty.urls import url_paths

from modelyard_sandbox.moto_extensions.operations import add_operations, after, before
from modelyard_sandbox.moto_extensions.store import store_of

FOUNDATION = ("CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS")
ON_BY_DEFAULT = (
    "S3_DATA_EVENTS",
    "EKS_AUDIT_LOGS",
    "EBS_MALWARE_PROTECTION",
    "RDS_LOGIN_EVENTS",
    "LAMBDA_NETWORK_LOGS",
)
RUNTIME = {
    "RUNTIME_MONITORING": (
        "EKS_ADDON_MANAGEMENT",
        "ECS_FARGATE_AGENT_MANAGEMENT",
        "EC2_AGENT_MANAGEMENT",
    ),
    "EKS_RUNTIME_MONITORING": ("EKS_ADDON_MANAGEMENT",),
}


class BadRequestError(ServiceException):
    """A request that GuardDuty rejects."""

    code = "BadRequestException"


def install() -> None:
    """Put our features in the place of moto's, and add tags."""
    before(GuardDutyResponse, "create_detector", _check_new)
    after(GuardDutyResponse, "create_detector", _keep_new)
    before(GuardDutyResponse, "delete_detector", _check_stands)
    add_operations(
        GuardDutyResponse, get_detector, update_detector, tag_resource, untag_resource, list_tags_for_resource
    )
    url_paths["{0}/tags/(?P<resource_arn>.+)$"] = GuardDutyResponse.dispatch


def get_detector(self: Any) -> ActionResult:
    """GetDetector, with every feature."""
    detector = _detector(self)
    features = store_of(self.guardduty_backend, f"features_{detector.id}")
    s3 = _status("S3_DATA_EVENTS", features)
    eks, malware = _status("EKS_AUDIT_LOGS", features), _status("EBS_MALWARE_PROTECTION", features)
    on = {"Status": "ENABLED"}
    return ActionResult(
        {
            "CreatedAt": f"{detector.created_at.isoformat()}Z",
            "UpdatedAt": f"{detector.updated_at.isoformat()}Z",
            "FindingPublishingFrequency": detector.finding_publish_freq,
            "ServiceRole": detector.service_role,
            "Status": "ENABLED" if detector.enabled else "DISABLED",
            "DataSources": {
                "CloudTrail": on,
                "DNSLogs": on,
                "FlowLogs": on,
                "S3Logs": s3,
                "Kubernetes": {"AuditLogs": eks},
                "MalwareProtection": {
                    "ScanEc2InstanceWithFindings": {"EbsVolumes": malware},
                    "ServiceRole": detector.service_role,
                },
            },
            "Tags": detector.tags,
            "Features": [
                *(
                    {"Name": name, "Status": "ENABLED", "UpdatedAt": detector.created_at}
                    for name in FOUNDATION
                ),
                *features.values(),
            ],
        }
    )


def update_detector(self: Any) -> EmptyResult:
    """UpdateDetector: what isn't named stays as it is."""
    detector = _detector(self)
    detector.update(self._get_param("enable"), self._get_param("findingPublishingFrequency"), None, None)
    _set_features(self, detector.id, self._get_param("features") or [])
    return EmptyResult()


def tag_resource(self: Any) -> EmptyResult:
    """TagResource."""
    detector = _tagged(self)
    detector.tags = {**detector.tags, **self._get_param("tags")}
    return EmptyResult()


def untag_resource(self: Any) -> EmptyResult:
    """UntagResource."""
    detector, gone = _tagged(self), self.querystring.get("tagKeys", [])
    detector.tags = {name: value for name, value in detector.tags.items() if name not in gone}
    return EmptyResult()


def list_tags_for_resource(self: Any) -> ActionResult:
    """ListTagsForResource."""
    return ActionResult({"Tags": _tagged(self).tags})


def _check_new(self: Any) -> None:
    if self.guardduty_backend.detectors:
        raise BadRequestError(
            "The request is rejected because a detector already exists for the current account."
        )
    _check_features(self._get_param("features") or [])


def _keep_new(self: Any, _answer: Any) -> None:
    (id_,) = self.guardduty_backend.detectors
    names = (*ON_BY_DEFAULT, *RUNTIME)
    defaults = [
        {"name": name, "status": "ENABLED" if name in ON_BY_DEFAULT else "DISABLED"} for name in names
    ]
    _set_features(self, id_, [*defaults, *(self._get_param("features") or [])])


def _check_features(features: list[dict[str, Any]]) -> None:
    on = {feature["name"] for feature in features if feature["status"] == "ENABLED"}
    if on >= set(RUNTIME):
        raise BadRequestError(
            "The request is rejected because EKS_RUNTIME_MONITORING and RUNTIME_MONITORING can't both be "
            "enabled."
        )
    for feature in features:
        for extra in feature.get("additionalConfiguration") or []:
            if extra["name"] not in RUNTIME.get(feature["name"], ()):
                raise BadRequestError(
                    f"The request is rejected because {feature['name']} has no additional configuration "
                    f"{extra['name']}."
                )


def _set_features(self: Any, detector_id: str, features: list[dict[str, Any]]) -> None:
    _check_features(features)
    kept, now = store_of(self.guardduty_backend, f"features_{detector_id}"), unix_time()
    for feature in features:
        name = feature["name"]
        extras = {item["Name"]: item for item in kept.get(name, {}).get("AdditionalConfiguration", [])}
        extras = extras or {
            extra: {"Name": extra, "Status": "DISABLED", "UpdatedAt": now} for extra in RUNTIME.get(name, ())
        }
        for item in feature.get("additionalConfiguration") or []:
            extras[item["name"]] = {"Name": item["name"], "Status": item["status"], "UpdatedAt": now}
        kept[name] = {"Name": name, "Status": feature["status"], "UpdatedAt": now}
        if extras:
            kept[name]["AdditionalConfiguration"] = list(extras.values())


def _status(name: str, features: dict[str, Any]) -> dict[str, str]:
    return {"Status": features[name]["Status"]}


def _check_stands(self: Any) -> None:
    _detector(self)


def _detector(self: Any) -> Any:
    return _find(self, self.path.split("/")[-1])


def _tagged(self: Any) -> Any:
    return _find(self, unquote(self.path.partition("/tags/")[2]).rpartition("/")[2])


def _find(self: Any, id_: str) -> Any:
    detector = self.guardduty_backend.detectors.get(id_)
    if detector is None:
        raise BadRequestError(
            "The request is rejected because the input detectorId is not owned by the current account."
        )
    return detector
