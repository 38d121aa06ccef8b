"""ReplicateKey and UpdatePrimaryRegion.

A replica shares its primary's id, material, spec, usage and rotation; its policy, description, tags, aliases,
grants and state are its own.
"""

from __future__ import annotations

import json
from copy import copy
from typing import Any

from moto.core.utils import unix_time
from moto.kms.models import Key, kms_backends
from moto.kms.responses import KmsResponse

from modelyard_sandbox.moto_extensions.kms.errors import (
    AlreadyExistsError,
    InvalidStateError,
    NotFoundError,
    UnsupportedError,
)
from modelyard_sandbox.moto_extensions.kms.policies import check_policy
from modelyard_sandbox.moto_extensions.kms.related import describe_relations, is_primary, named_key, related
from modelyard_sandbox.moto_extensions.operations import add_operations


def install() -> None:
    """Put the operations in the place of moto's, or beside them."""
    add_operations(KmsResponse, replicate_key, update_primary_region)


def replicate_key(self: Any) -> str:
    """ReplicateKey: called in the primary's region, for another."""
    primary = _primary(self)
    region, account = self._get_param("ReplicaRegion"), self.current_account
    backend = _backend(account, region)
    if backend.partition != self.kms_backend.partition:
        raise UnsupportedError(f"{region} is in another partition than {self.region}.")
    if primary.id in backend.keys:
        raise AlreadyExistsError(f"Key {backend.keys[primary.id].arn} already exists.")
    check_policy(self)
    replica = _replica(primary, region)
    replica.policy = self._get_param("Policy") or replica.generate_default_policy()
    replica.description = self._get_param("Description", "")
    backend.keys[replica.id] = replica
    tags = self._get_param("Tags") or []
    if tags:
        backend.tagger.tag_resource(replica.id, tags)
    describe_relations(account, primary.id, self.region)
    return json.dumps(
        {
            "ReplicaKeyMetadata": replica.to_dict()["KeyMetadata"],
            "ReplicaPolicy": replica.policy,
            "ReplicaTags": tags,
        }
    )


def update_primary_region(self: Any) -> str:
    """UpdatePrimaryRegion: a replica becomes the primary, and the primary a replica."""
    primary = _primary(self)
    region = self._get_param("PrimaryRegion")
    if region == self.region:
        raise UnsupportedError(f"{primary.arn} is the primary key already.")
    replica = related(self.current_account, primary.id).get(region)
    if replica is None:
        raise NotFoundError(f"Key {primary.id} has no replica in {region}.")
    if replica.key_state not in ("Enabled", "Disabled"):
        raise InvalidStateError(f"{replica.arn} is pending deletion.")
    describe_relations(self.current_account, primary.id, region)
    return json.dumps(None)


def _primary(self: Any) -> Any:
    key = named_key(self)
    if not is_primary(key):
        raise UnsupportedError(f"{key.arn} is not a multi-Region primary key.")
    return key


def _backend(account_id: str, region: str) -> Any:
    try:
        return kms_backends[account_id][region]
    except KeyError as error:
        raise UnsupportedError(f"KMS is not available in {region}.") from error


def _replica(primary: Any, region: str) -> Key:
    replica: Any = copy(primary)
    replica.region = region
    replica.arn = primary.arn.replace(f":{primary.region}:", f":{region}:", 1)
    replica.creation_date = unix_time()
    replica.grants, replica.aliases, replica.rotations = {}, {}, []
    replica.enabled, replica.key_state, replica.deletion_date = True, "Enabled", None
    return replica
