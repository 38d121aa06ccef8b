"""IAM Access Analyzer: analyzers and their tags. Nothing is analyzed, so there are no findings.

An account has one analyzer of external access in a region (a quota that AWS doesn't raise). Sources: IAM
Access Analyzer API reference, the operations of these names; IAM user guide, "Quotas for IAM Access
Analyzer"; 2026-11.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import unquote

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow

from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.pages import BadTokenError, page
from modelyard_sandbox.moto_extensions.store import store_of

EXTERNAL = ("ACCOUNT", "ORGANIZATION")
CONFIGURED = {"ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS", "ACCOUNT_INTERNAL_ACCESS"}
"""Types that take a configuration."""


class ConflictError(ServiceException):
    """There is one of the name."""

    code = "ConflictException"

    def __init__(self, name: str) -> None:
        super().__init__(f"Analyzer {name} already exists.")
        self.resourceId, self.resourceType = name, "ANALYZER"


class ResourceNotFoundError(ServiceException):
    """There is no such analyzer."""

    code = "ResourceNotFoundException"

    def __init__(self, name: str) -> None:
        super().__init__(f"Analyzer {name} could not be found.")
        self.resourceId, self.resourceType = name, "ANALYZER"


class ServiceQuotaExceededError(ServiceException):
    """There are as many as there may be."""

    code = "ServiceQuotaExceededException"

    def __init__(self, type_: str) -> None:
        super().__init__(f"You have reached the quota of analyzers of the type {type_}.")
        self.resourceId, self.resourceType = type_, "ANALYZER"


class ValidationError(ServiceException):
    """A value that the parameter doesn't take."""

    code = "ValidationException"
    reason = "other"


def install() -> None:
    """Add the operations."""
    add_operations(
        import_module("moto.accessanalyzer.responses").AccessAnalyzerResponse,
        create_analyzer,
        get_analyzer,
        list_analyzers,
        update_analyzer,
        delete_analyzer,
        tag_resource,
        untag_resource,
        list_tags_for_resource,
    )


def create_analyzer(self: Any) -> ActionResult:
    """CreateAnalyzer."""
    name, type_ = self._get_param("analyzerName"), self._get_param("type")
    analyzers, configuration = _analyzers(self), self._get_param("configuration")
    if name in analyzers:
        raise ConflictError(name)
    if type_ in EXTERNAL and any(item["type"] == type_ for item in analyzers.values()):
        raise ServiceQuotaExceededError(type_)
    if configuration and type_ not in CONFIGURED:
        raise ValidationError(f"An analyzer of the type {type_} takes no configuration.")
    analyzers[name] = {
        "arn": f"arn:{self.partition}:access-analyzer:{self.region}:{self.current_account}:analyzer/{name}",
        "name": name,
        "type": type_,
        "createdAt": utcnow(),
        "status": "ACTIVE",
        "tags": self._get_param("tags") or {},
        **({"configuration": configuration} if configuration else {}),
    }
    return ActionResult({"arn": analyzers[name]["arn"]})


def get_analyzer(self: Any) -> ActionResult:
    """GetAnalyzer."""
    return ActionResult({"analyzer": _asked(self)})


def list_analyzers(self: Any) -> ActionResult:
    """ListAnalyzers, by type."""
    type_ = self._get_param("type")
    found = [item for item in _analyzers(self).values() if type_ in (None, item["type"])]
    size = self._get_param("maxResults")
    try:
        shown, token = page(found, self._get_param("nextToken"), int(size) if size else None)
    except BadTokenError:
        raise ValidationError("Invalid nextToken.") from None
    return ActionResult({"analyzers": shown, **({"nextToken": token} if token else {})})


def update_analyzer(self: Any) -> ActionResult:
    """UpdateAnalyzer: its configuration."""
    analyzer, configuration = _asked(self), self._get_param("configuration") or {}
    if analyzer["type"] not in CONFIGURED:
        raise ValidationError(f"An analyzer of the type {analyzer['type']} takes no configuration.")
    analyzer["configuration"] = configuration
    return ActionResult({"configuration": configuration})


def delete_analyzer(self: Any) -> EmptyResult:
    """DeleteAnalyzer."""
    del _analyzers(self)[_asked(self)["name"]]
    return EmptyResult()


def tag_resource(self: Any) -> EmptyResult:
    """TagResource."""
    _tagged(self)["tags"].update(self._get_param("tags"))
    return EmptyResult()


def untag_resource(self: Any) -> EmptyResult:
    """UntagResource."""
    tags = _tagged(self)["tags"]
    for name in self.querystring.get("tagKeys", []):
        tags.pop(name, None)
    return EmptyResult()


def list_tags_for_resource(self: Any) -> ActionResult:
    """ListTagsForResource."""
    return ActionResult({"tags": _tagged(self)["tags"]})


def _asked(self: Any) -> dict[str, Any]:
    return _find(self, unquote(self.path.rpartition("/")[2]))


def _tagged(self: Any) -> dict[str, Any]:
    return _find(self, unquote(self.path.partition("/tags/")[2]).rpartition("/")[2])


def _find(self: Any, name: str) -> dict[str, Any]:
    if name not in _analyzers(self):
        raise ResourceNotFoundError(name)
    return _analyzers(self)[name]


def _analyzers(self: Any) -> dict[str, Any]:
    return store_of(self.accessanalyzer_backend, "analyzers")
