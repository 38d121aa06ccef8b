"""ECR replication: many rules, as they are documented, and images that are copied as they are pushed.

moto takes one rule and copies nothing. An image is copied to the registries of each rule that its
repository's name begins as; a repository that isn't there is made, with a registry's defaults; what was
copied isn't copied on. Sources: ECR API reference, PutReplicationConfiguration, ReplicationRule,
RepositoryFilter; ECR user guide, private image replication; 2026-11.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from moto.ecr.exceptions import (
    ImageAlreadyExistsException,
    InvalidParameterException,
    ValidationException,
)
from moto.ecr.models import ECRBackend, ecr_backends

from modelyard_sandbox.moto_extensions.operations import after

DESTINATIONS_MAX = 25
"""Regions and accounts of a configuration, all rules together."""
PUT = ECRBackend.put_image


def install() -> None:
    """Put the operation in the place of moto's, and copy after each push."""
    ECRBackend.put_replication_configuration = put_replication_configuration
    after(ECRBackend, "put_image", _pushed)


def put_replication_configuration(self: Any, replication_config: dict[str, Any]) -> dict[str, Any]:
    """Keep the registry's configuration, in the place of any other."""
    places: set[tuple[str, str]] = set()
    for rule in replication_config["rules"]:
        if not rule["destinations"]:
            raise InvalidParameterException(
                "Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: "
                "'Replication rule must have a destination'"
            )
        places |= {(place["region"], place["registryId"]) for place in rule["destinations"]}
    if (self.region_name, self.account_id) in places:
        raise InvalidParameterException(
            "Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: "
            "'Replication destination cannot be the same as the source registry'"
        )
    if len(places) > DESTINATIONS_MAX:
        raise ValidationException(f"At most {DESTINATIONS_MAX} unique destinations can be given.")
    self.replication_config = replication_config
    return {"replicationConfiguration": replication_config}


def _pushed(
    self: Any,
    _image: Any,
    repository_name: str,
    manifest: str,
    image_tag: str,
    *rest: Any,
    **named: Any,
) -> None:
    for place in _destinations(self.replication_config, repository_name):
        there: Any = ecr_backends[place["registryId"]][place["region"]]
        if repository_name not in there.repositories:
            there.create_repository(repository_name, None, {"encryptionType": "AES256"}, None, "MUTABLE", [])
        # An image that is there already is complete.
        with contextlib.suppress(ImageAlreadyExistsException):
            PUT(there, repository_name, manifest, image_tag, *rest, **named)


def _destinations(configuration: Mapping[str, Any], repository: str) -> Iterator[dict[str, str]]:
    for rule in configuration["rules"]:
        filters = rule.get("repositoryFilters")
        if not filters or any(repository.startswith(item["filter"]) for item in filters):
            yield from rule["destinations"]
