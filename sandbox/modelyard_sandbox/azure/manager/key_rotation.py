"""When a key is rotated: what a policy must be (Azure Key Vault, "Configure cryptographic key auto-rotation";
REST reference of Keys, 2024-11-01: RotationPolicy; as of 2026-11).

A policy rotates by a time after creation, or before expiry, and tells of an expiry before it comes. Whatever
is counted from an expiry needs one in the policy. Azure asks for seven days at least from creation and to
expiry, and for 28 until expiry.
"""

from __future__ import annotations

import re
from collections import Counter

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.shapes import many, record, text
from modelyard_sandbox.azure.manager.store import Body

DURATION = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
"""ISO 8601, as far as Azure's pages use it: P18M, P2Y, P90D."""
DAYS = (365, 30, 7, 1)
"""Days of a year, a month, a week and a day, to compare durations by."""
SHORTEST_DAYS = 7
SHORTEST_EXPIRY_DAYS = 28
PATH = "properties.rotationPolicy"

POLICY = record(
    "RotationPolicy",
    {
        "attributes": record(
            "KeyRotationPolicyAttributes", {"expiryTime": text()}, read_only=("created", "updated")
        ),
        "lifetimeActions": many(
            record(
                "LifetimeAction",
                {
                    "action": record("Action", {"type": text("rotate", "notify")}, required=("type",)),
                    "trigger": record("Trigger", {"timeAfterCreate": text(), "timeBeforeExpiry": text()}),
                },
                required=("action", "trigger"),
            )
        ),
    },
)


def check_rotation(policy: Body) -> None:
    """Refuse a policy that no key can have; raises ArmError."""
    written = policy.get("attributes", {}).get("expiryTime")
    expiry_days = _days(written, f"{PATH}.attributes.expiryTime") if written is not None else None
    if expiry_days is not None and expiry_days < SHORTEST_EXPIRY_DAYS:
        raise _refused(
            f"The expiry time '{written}' is less than {SHORTEST_EXPIRY_DAYS} days.",
            f"{PATH}.attributes.expiryTime",
        )
    actions = policy.get("lifetimeActions", [])
    for name, times in Counter(action["action"]["type"] for action in actions).items():
        if times > 1:
            raise _refused(f"There is more than one '{name}' action.", f"{PATH}.lifetimeActions")
    for at, action in enumerate(actions):
        _check_action(action, expiry_days, f"{PATH}.lifetimeActions[{at}].trigger")


def _check_action(action: Body, expiry_days: int | None, path: str) -> None:
    kind, trigger = action["action"]["type"], action["trigger"]
    if len(trigger) != 1:
        raise _refused("A trigger has either timeAfterCreate or timeBeforeExpiry.", path)
    ((name, written),) = trigger.items()
    days = _days(written, f"{path}.{name}")
    if name == "timeAfterCreate" and kind == "notify":
        raise _refused("The trigger timeAfterCreate is for 'rotate' only.", f"{path}.{name}")
    if name == "timeBeforeExpiry" and expiry_days is None:
        raise _refused("The trigger timeBeforeExpiry needs attributes.expiryTime.", f"{path}.{name}")
    if days < SHORTEST_DAYS and kind == "rotate":
        raise _refused(f"The time '{written}' is less than {SHORTEST_DAYS} days.", f"{path}.{name}")
    rest = SHORTEST_DAYS if kind == "rotate" else 0
    if expiry_days is not None and days + rest > expiry_days:
        raise _refused(
            f"The time '{written}' leaves less than {rest} days of the expiry time.", f"{path}.{name}"
        )


def _days(written: str, path: str) -> int:
    found = DURATION.fullmatch(written)
    if found is None:
        raise _refused(f"The value '{written}' is no duration in ISO 8601, as P90D.", path)
    return sum(int(count or 0) * days for count, days in zip(found.groups(), DAYS, strict=True))


def _refused(message: str, path: str) -> ArmError:
    return bad_request("BadParameter", f"Property rotationPolicy has invalid value: {message}", path)
