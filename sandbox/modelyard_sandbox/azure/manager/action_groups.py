"""Action groups: who is told of an alert (REST reference, 2024-10-01-preview; as of 2026-11).

Of the ways to tell somebody those are here that need no other service: mail, text message, a role's holders
and a web hook.
"""

from __future__ import annotations

import re
from collections import Counter

from typing_extensions import override

from modelyard_sandbox.azure.manager.alert_terms import ACTION_GROUP, check_alert_name, refused
from modelyard_sandbox.azure.manager.kinds import Kind, Write, envelope, filled
from modelyard_sandbox.azure.manager.locations import normal
from modelyard_sandbox.azure.manager.shapes import Shape, flag, many, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

GLOBAL = "Global"
SHORT_NAME_LENGTH = 12
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
DIGITS = re.compile(r"\d+")


def _receivers(name: str, required: dict[str, Shape], read_only: tuple[str, ...] = ()) -> Shape:
    members = {"name": text(), **required, "useCommonAlertSchema": flag()}
    return many(record(name, members, ("name", *required), read_only))


RECEIVERS = {
    "armRoleReceivers": _receivers("ArmRoleReceiver", {"roleId": text()}),
    "emailReceivers": _receivers("EmailReceiver", {"emailAddress": text()}, ("status",)),
    "smsReceivers": many(
        record(
            "SmsReceiver",
            dict.fromkeys(("countryCode", "name", "phoneNumber"), text()),
            ("countryCode", "name", "phoneNumber"),
            ("status",),
        )
    ),
    "webhookReceivers": _receivers("WebhookReceiver", {"serviceUri": text()}),
}


class ActionGroup(Kind):
    """An action group."""

    type = ACTION_GROUP
    api_versions = ("2019-06-01", "2021-09-01", "2023-01-01", "2024-10-01-preview")
    shape = envelope(
        "ActionGroupResource",
        record(
            "ActionGroup",
            {"enabled": flag(), "groupShortName": text(), **RECEIVERS},
            required=("groupShortName",),
        ),
        required=("location", "properties"),
    )

    @override
    def check_name(self, name: str) -> None:
        check_alert_name(name)

    @override
    def settle_location(self, write: Write) -> None:
        if normal(write.asked["location"]) == GLOBAL.lower():
            if write.old and write.old.location != GLOBAL:
                raise self.elsewhere(write.old, write.asked["location"])
            write.asked["location"] = GLOBAL
        else:
            super().settle_location(write)

    @override
    def settle(self, write: Write) -> Body:
        asked = filled(write.properties, {"enabled": True, **{name: [] for name in RECEIVERS}})
        short: str = asked["groupShortName"]
        if not 1 <= len(short) <= SHORT_NAME_LENGTH:
            raise refused(
                f"The group short name '{short}' is invalid: it has 1 to {SHORT_NAME_LENGTH} characters.",
                "groupShortName",
            )
        _check_receivers(asked)
        for name in ("armRoleReceivers", "emailReceivers", "webhookReceivers"):
            asked[name] = [filled(receiver, {"useCommonAlertSchema": False}) for receiver in asked[name]]
        return {**write.asked, "properties": asked}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        told = {
            name: [{**receiver, "status": "Enabled"} for receiver in resource.properties[name]]
            for name in ("emailReceivers", "smsReceivers")
        }
        return {**super().answer(store, resource), "properties": {**resource.properties, **told}}


def _check_receivers(asked: Body) -> None:
    names = Counter(receiver["name"] for kind in RECEIVERS for receiver in asked[kind])
    twice = [name for name, times in names.items() if times > 1]
    if twice:
        raise refused(f"The receiver name '{twice[0]}' is used more than once in the action group.", "name")
    for receiver in asked["emailReceivers"]:
        if not EMAIL.fullmatch(receiver["emailAddress"]):
            raise refused(
                f"The email address '{receiver['emailAddress']}' of receiver '{receiver['name']}' is "
                "invalid.",
                "emailReceivers",
            )
    for receiver in asked["smsReceivers"]:
        if not (DIGITS.fullmatch(receiver["countryCode"]) and DIGITS.fullmatch(receiver["phoneNumber"])):
            raise refused(
                f"The phone number of receiver '{receiver['name']}' is invalid: country code and number are "
                "digits only.",
                "smsReceivers",
            )
    for receiver in asked["webhookReceivers"]:
        if not receiver["serviceUri"].startswith(("https://", "http://")):
            raise refused(
                f"The service URI '{receiver['serviceUri']}' of receiver '{receiver['name']}' is invalid.",
                "webhookReceivers",
            )
