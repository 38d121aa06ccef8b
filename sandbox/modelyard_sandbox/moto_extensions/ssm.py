"""Systems Manager: public parameters that hold a JSON document. moto gives Python's words for it.

Source: Amazon ECS Developer Guide, "Retrieving Amazon ECS-optimized Linux AMI metadata" (the parameters
`recommended` and those of versions hold JSON), 2026-11. Ids and versions are AWS's own, as moto ships them.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any


def install() -> None:
    """Put it right behind moto's reading of the parameters that it ships."""
    models: Any = import_module("moto.ssm.models")
    original = models.convert_to_params

    def convert_to_params(tree: dict[str, Any]) -> list[dict[str, Any]]:
        return [{**parameter, "Value": _text(parameter["Value"])} for parameter in original(tree)]

    models.convert_to_params = convert_to_params


def _text(value: Any) -> Any:
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else value
