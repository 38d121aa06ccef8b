"""What a preview is compared with: an environment as it was, an earlier preview, or a stack's state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from modelyard.account.load import load_stack
from modelyard.errors import InputError, Problem
from modelyard_policies.graph import SECRET, Graph, Node
from modelyard_preview.environment import SCHEMA, run_environment

SECRET_MARK = "4dabf18193072939515e22adb298388d"  # noqa: S105 (Pulumi's mark of special values, not one of them)
"""Key by which Pulumi's state tells special values (sdk/go/common/resource/sig, 2026-11)."""

STATE_VERSIONS = (3, 4)
"""Versions of the deployments that `pulumi stack export` writes (sdk/go/common/apitype/core.go, 2026-11)."""


def read_base(reference: str, *, program: Path) -> Graph:
    """The graph to compare with.

    `reference` names JSON (`modelyard preview --format json`, `pulumi stack export`), or a YAML of an
    environment or an account, whose program is run. Raises InputError.
    """
    path = Path(reference)
    if path.suffix == ".json":
        return _from_json(path)
    return run_environment(load_stack(reference), program=program).graph


def _from_json(path: Path) -> Graph:
    try:
        document = json.loads(path.read_text())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _refused(path, f"it can't be read: {reason}", "check the path") from None
    except ValueError as error:
        raise _refused(path, f"it is no JSON: {error}", "write it anew") from None
    if isinstance(document, dict):
        if document.get("schema") == SCHEMA:
            return Graph.from_json(document["resources"], document.get("environment") or "")
        if document.get("version") in STATE_VERSIONS and isinstance(document.get("deployment"), dict):
            return Graph(map(_node, document["deployment"].get("resources") or ()))
    mend = "write it with `pulumi stack export --file state.json` or `modelyard preview ENV --format json`"
    raise _refused(path, "it is neither a preview nor a state", mend)


def _refused(path: Path, message: str, mend: str) -> InputError:
    allowed = f"JSON of {SCHEMA}, what `pulumi stack export` writes, or the YAML of an environment"
    return InputError([Problem("--base", str(path), message, allowed, mend)])


def _node(resource: Mapping[str, Any]) -> Node:
    """A resource of a state."""
    urn = resource["urn"]
    inputs = _without_defaults(resource.get("inputs") or {})
    outputs = resource.get("outputs") or {}
    region = inputs.get("region") or outputs.get("region")
    return Node(
        urn=urn,
        type=resource["type"],
        name=urn.rpartition("::")[2],
        custom=resource.get("custom", False),
        parent=resource.get("parent"),
        properties=inputs,
        dependencies=tuple(resource.get("dependencies") or ()),
        property_dependencies={
            name: tuple(urns or ()) for name, urns in (resource.get("propertyDependencies") or {}).items()
        },
        protect=resource.get("protect", False),
        region=region if isinstance(region, str) else None,
        outputs=_value(outputs),
        provider=resource.get("provider"),
    )


def _without_defaults(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as the program gave them: without those that the provider's Check filled in, and its notes."""
    filled: set[str] = set(inputs.get("__defaults") or ())
    return {
        name: _value(value)
        for name, value in inputs.items()
        if name not in filled and not name.startswith("__")
    }


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        return SECRET if SECRET_MARK in mapping else _without_defaults(mapping)
    if isinstance(value, list):
        return [_value(item) for item in value]
    return value
