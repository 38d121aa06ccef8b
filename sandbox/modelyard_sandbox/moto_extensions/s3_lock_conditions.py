"""S3: what a request says of object lock, as bucket policies ask for it.

Sources: Service Authorization Reference, Amazon S3 (actions and condition keys of PutObject,
PutObjectRetention, PutObjectLegalHold, BypassGovernanceRetention); S3 user guide, Object Lock considerations;
2026-11. Whether a day that has begun counts as remaining isn't documented: here it doesn't.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict

from modelyard_sandbox.moto_extensions import clock

ACTIONS = {"retention": "ObjectRetention", "legal-hold": "ObjectLegalHold"}
"""The actions of what a query of this name reads or puts."""


def lock_action(request: Any, action: str) -> str:
    """The action of a request on a lock, which moto takes for one on the object."""
    verb = {"s3:GetObject": "Get", "s3:PutObject": "Put"}.get(action)
    kind = next((kind for name, kind in ACTIONS.items() if name in request.args), None)
    return f"s3:{verb}{kind}" if verb and kind else action


def lock_context(request: Any) -> dict[str, str]:
    """The keys of conditions on locks, of a request that sets one."""
    mode, until, hold = (
        request.headers.get(f"x-amz-object-lock-{name}")
        for name in ("mode", "retain-until-date", "legal-hold")
    )
    if request.method == "PUT" and "retention" in request.args:
        retention = _body(request, "Retention")
        mode, until = retention.get("Mode"), retention.get("RetainUntilDate")
    if request.method == "PUT" and "legal-hold" in request.args:
        hold = _body(request, "LegalHold").get("Status")
    told = {"s3:object-lock-mode": mode, "s3:object-lock-legal-hold": hold}
    if until is not None and (days := _days_until(until)) is not None:
        told |= {
            "s3:object-lock-retain-until-date": until,
            "s3:object-lock-remaining-retention-days": str(days),
        }
    return {name: value for name, value in told.items() if value}


def _body(request: Any, element: str) -> dict[str, Any]:
    try:
        return xmltodict.parse(request.get_data(cache=True)).get(element) or {}
    except ExpatError:
        return {}


def _days_until(text: str) -> int | None:
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    return ((date if date.tzinfo else date.replace(tzinfo=UTC)) - clock.now()).days
