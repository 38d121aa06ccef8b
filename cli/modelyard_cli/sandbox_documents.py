"""What `modelyard sandbox up` and `down` write as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelyard_sandbox.environments import DownResult, UpResult

SCHEMA = "modelyard.sandbox/1"


def up_document(result: UpResult, endpoint: str) -> dict[str, Any]:
    """What `sandbox up --format json` writes."""
    from modelyard_policies.graph.values import to_json

    return {
        "schema": SCHEMA,
        "command": "up",
        "environment": result.environment,
        "endpoint": endpoint,
        "created": result.created,
        "updated": result.updated,
        "replaced": result.replaced,
        "unchanged": result.unchanged,
        "deleted": result.deleted,
        "seconds": round(result.seconds, 2),
        "outputs": to_json(result.outputs),
        "notes": list(result.notes),
    }


def down_document(result: DownResult, *, running: bool) -> dict[str, Any]:
    """What `sandbox down --format json` writes."""
    return {
        "schema": SCHEMA,
        "command": "down",
        "environment": result.environment,
        "running": running,
        "deleted": result.deleted,
        "remaining": list(result.remaining),
        "others": list(result.others),
        "seconds": round(result.seconds, 2),
        "notes": list(result.notes),
    }
