"""The data sources that are answered without a cloud. A new one is a function and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modelyard_preview.answers.aws import identity, instances, places, policy_document
from modelyard_preview.answers.azure import client
from modelyard_preview.engine import Call

Answer = Callable[[Call], Mapping[str, Any] | None]
"""Gives the result of a call, or None where it can't be known."""

COMPUTED: dict[str, Answer] = {
    identity.ARN: identity.arn_parts,
    identity.CALLER_IDENTITY: identity.caller_identity,
    identity.DEFAULT_TAGS: identity.default_tags,
    instances.OFFERING: instances.offering,
    instances.OFFERINGS: instances.offerings,
    instances.TYPE: instances.type_answer,
    places.PARTITION: places.partition,
    places.REGION: places.region_answer,
    places.SERVICE_PRINCIPAL: places.service_principal,
    places.ZONES: places.zones,
    policy_document.TOKEN: policy_document.policy_document,
    client.CLIENT_CONFIG: client.client_config,
}
"""By token."""

ASSUMING: dict[str, str] = {
    instances.TYPE: "the fields that the catalog has; the others are empty",
    places.ZONES: "zones of the catalog, named by letters from a on; which name stands for which zone is "
    "the account's own",
}
"""What whoever reads the result has to know of an answer."""
