"""What stands in AWS, read back as Pulumi's inputs: for imports, and for refreshes that see what changed.

Creation doesn't come by here: what a program asked for needn't be read back at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.observing import (
    account,
    alerts,
    files,
    identity,
    machines,
    network,
    records,
    recovery,
    storage,
)
from modelyard_sandbox.aws.observing.base import Observer, Sight
from modelyard_sandbox.handler import Inputs, Outputs
from modelyard_sandbox.meaning import Meaning

_MODULES = (account, alerts, files, identity, machines, network, records, recovery, storage)

OBSERVERS: Mapping[str, Observer] = {
    type_: observer for module in _MODULES for type_, observer in module.OBSERVERS.items()
}
"""How each type is read back."""

MEANINGS: Mapping[str, Meaning] = {
    type_: meaning for module in _MODULES for type_, meaning in module.MEANINGS.items()
}
"""What is peculiar to each type; a type that isn't here has nothing peculiar."""


def observe(type_: str, cloud: Cloud, id_: str, given: Inputs, outputs: Outputs) -> dict[str, Any] | None:
    """The inputs of a resource as it stands; None for a type that isn't read back.

    Args:
        type_: Pulumi's type token.
        cloud: where the resource stands.
        id_: the resource's id.
        given: the inputs that are known of it.
        outputs: its outputs, as its handler has just read them.
    """
    observer = OBSERVERS.get(type_)
    return observer(Sight(type_, cloud, id_, given, outputs)) if observer else None
