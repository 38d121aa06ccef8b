"""Diagnostic settings (REST reference, 2021-05-01-preview; "Diagnostic settings in Azure Monitor"; as of
2026-11): what of a resource's logs and metrics goes where.

A setting isn't deleted with what it is on: it is there again once that is made anew under the same name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict
from modelyard_sandbox.azure.manager.ids import ResourceId, is_resource_id, resource_id
from modelyard_sandbox.azure.manager.kinds import Kind, Naming, Write, envelope, filled
from modelyard_sandbox.azure.manager.log_categories import ALL, AUDIT, Telling, telling_of
from modelyard_sandbox.azure.manager.log_workspaces import LOG_WORKSPACE
from modelyard_sandbox.azure.manager.shapes import flag, many, number, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource

DIAGNOSTIC_SETTING = "Microsoft.Insights/diagnosticSettings"
ACCOUNT = "Microsoft.Storage/storageAccounts"
MOST_OF_ONE_RESOURCE = 5
NAME = re.compile(r"[^<>*%&:\\?+/\x00-\x1f]{1,260}")
RETENTION: Body = {"days": 0, "enabled": False}
RETENTION_SHAPE = record("RetentionPolicy", {"days": number(0), "enabled": flag()}, ("days", "enabled"))
DESTINATIONS = (
    "workspaceId",
    "storageAccountId",
    "eventHubAuthorizationRuleId",
    "marketplacePartnerId",
    "serviceBusRuleId",
)


class DiagnosticSetting(Kind):
    """A diagnostic setting of a resource, or of a subscription."""

    type = DIAGNOSTIC_SETTING
    naming = Naming(
        NAME,
        "diagnostic setting",
        r"it has at most 260 characters, and none of <, >, *, %, &, :, \, ?, +, /",
        "BadRequest",
        "name",
    )
    api_versions = ("2017-05-01-preview", "2021-05-01-preview")
    parent_type = ""
    located = False
    patched = False
    outlives = True
    listed_in = frozenset[str]()
    shape = envelope(
        "DiagnosticSettingsResource",
        record(
            "DiagnosticSettings",
            {
                "eventHubName": text(),
                "logAnalyticsDestinationType": text("Dedicated", "AzureDiagnostics"),
                "logs": many(
                    record(
                        "LogSettings",
                        {
                            "category": text(),
                            "categoryGroup": text(),
                            "enabled": flag(),
                            "retentionPolicy": RETENTION_SHAPE,
                        },
                        required=("enabled",),
                    )
                ),
                "metrics": many(
                    record(
                        "MetricSettings",
                        {
                            "category": text(),
                            "enabled": flag(),
                            "retentionPolicy": RETENTION_SHAPE,
                            "timeGrain": text(),
                        },
                        required=("enabled",),
                    )
                ),
                **dict.fromkeys(DESTINATIONS, text()),
            },
        ),
        required=("properties",),
    )

    @override
    def settle(self, write: Write) -> Body:
        on = _on(write.id)
        telling = telling_of(on.type)
        if telling is None:
            raise bad_request(
                "ResourceTypeNotSupported",
                f"The resource type '{on.kind}' does not support diagnostic settings.",
            )
        _check_categories(write.properties, telling)
        _check_destinations(write)
        _check_others(write, telling)
        properties = {
            **write.properties,
            "logs": _with_retention(write.properties.get("logs", [])),
            "metrics": _with_retention(write.properties.get("metrics", [])),
        }
        return {**write.asked, "properties": properties}


def _on(id_: ResourceId) -> ResourceId:
    assert id_.parent is not None  # noqa: S101  (a setting is on something)
    return id_.parent


def _with_retention(settings: Iterable[Body]) -> list[Body]:
    return [filled(setting, {"retentionPolicy": RETENTION}) for setting in settings]


def _check_categories(asked: Body, telling: Telling) -> None:
    logs: list[Body] = asked.get("logs", [])
    metrics: list[Body] = asked.get("metrics", [])
    _check_logs(logs, telling)
    for metric in metrics:
        category = metric.get("category", "")
        if not _is_one_of(category, telling.metrics):
            supported = ", ".join(telling.metrics)
            beside = f", supported categories are: '{supported}'" if supported else ""
            raise _refused(f"Metric category '{category}' is not supported{beside}.")
    for setting in (*logs, *metrics):
        retention = setting.get("retentionPolicy", RETENTION)
        if retention["enabled"] or retention["days"]:
            raise _refused("Diagnostic settings does not support retention for new diagnostic settings.")


def _check_logs(logs: list[Body], telling: Telling) -> None:
    groups = [log["categoryGroup"] for log in logs if "categoryGroup" in log]
    categories = [log["category"] for log in logs if "category" in log]
    if groups and categories:
        raise _refused("Diagnostic setting does not support mix of log category and log category group.")
    if len(groups) + len(categories) < len(logs):
        raise _refused("A log setting must have a category or a category group.")
    for group in groups:
        if not _is_one_of(group, telling.groups):
            raise _refused(f"Category group '{group}' is not supported.")
    for category in categories:
        if not _is_one_of(category, telling.logs):
            raise _refused(f"Category '{category}' is not supported.")


def _check_destinations(write: Write) -> None:
    asked = write.properties
    if not any(asked.get(name) for name in DESTINATIONS):
        raise _refused("At least one data sink needs to be specified.")
    workspace, account = asked.get("workspaceId"), asked.get("storageAccountId")
    if workspace and _standing(write, workspace, LOG_WORKSPACE) is None:
        raise _refused(f"Resource '{workspace}' was not found.", "properties.workspaceId")
    if account:
        found = _standing(write, account, ACCOUNT)
        if found is None:
            raise _refused(f"Resource '{account}' was not found.", "properties.storageAccountId")
        location = _location(write)
        if location and location != found.location:
            raise _refused(
                f"Resource '{_on(write.id).text}' is in region '{location}' and resource '{account}' is in "
                f"region '{found.location}'. Resources should be in the same region.",
                "properties.storageAccountId",
            )


def _check_others(write: Write, telling: Telling) -> None:
    on = _on(write.id)
    others = [
        other
        for other in write.store.within(on, DIAGNOSTIC_SETTING)
        if _on(other.id).key == on.key and other.id.key != write.id.key
    ]
    if write.old is None and len(others) >= MOST_OF_ONE_RESOURCE:
        raise _refused(
            f"The limit of {MOST_OF_ONE_RESOURCE} diagnostic settings was reached. To create a new "
            "diagnostic setting, delete an existing one."
        )
    mine = set(_sent(write.properties, telling))
    for other in others:
        shared = sorted(mine & set(_sent(other.properties, telling)))
        if shared:
            _, category, name = shared[0]
            raise conflict(
                "Conflict",
                f"Data sink '{write.properties[name]}' is already used in diagnostic setting "
                f"'{other.id.name}' for category '{category}'. Data sinks can't be reused in different "
                "settings on the same category for the same resource.",
            )


def _sent(properties: Body, telling: Telling) -> Iterator[tuple[str, str, str]]:
    """Each category that is sent, with where to in lower case and the name of the property that says it."""
    categories: set[str] = set()
    for log in properties.get("logs", []):
        if log["enabled"]:
            categories.update(_of_log(log, telling))
    categories |= {metric["category"] for metric in properties.get("metrics", []) if metric["enabled"]}
    for name in DESTINATIONS:
        destination: str = properties.get(name, "")
        for category in categories if destination else ():
            yield destination.lower(), category, name


def _of_log(log: Body, telling: Telling) -> tuple[str, ...]:
    """The categories of a log setting; which of them are audit's is told for a type whose logs are all so."""
    group = log.get("categoryGroup")
    if group is None:
        return (log["category"],)
    return telling.logs if group.lower() in (ALL.lower(), AUDIT) else ()


def _standing(write: Write, id_: str, type_: str) -> Resource | None:
    if not is_resource_id(id_):
        return None
    place = resource_id(id_)
    return write.store.get(place) if place.kind == type_.lower() else None


def _location(write: Write) -> str:
    """The region of what a setting is on, or of what that is a part of; empty if it is in none."""
    place: ResourceId | None = _on(write.id)
    while place is not None and place.group is not None and place.key != place.group.key:
        found = write.store.get(place)
        if found is not None and found.location:
            return found.location
        place = place.parent
    return ""


def _is_one_of(name: str, names: tuple[str, ...]) -> bool:
    return name.lower() in (known.lower() for known in names)


def _refused(message: str, target: str | None = None) -> ArmError:
    return bad_request("BadRequest", message, target)
