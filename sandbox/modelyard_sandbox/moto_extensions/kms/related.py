"""Keys that belong together across regions, and what becomes of keys with time."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

from moto.kms.models import kms_backends
from moto.kms.responses import KmsResponse

from modelyard_sandbox.moto_extensions import clock

PENDING_DELETION = "PendingDeletion"
PENDING_REPLICA_DELETION = "PendingReplicaDeletion"
MOTO_CALL_ACTION = KmsResponse.call_action


def install_clock() -> None:
    """Let time do its work before every operation."""
    KmsResponse.call_action = call_action


def call_action(self: Any) -> Any:
    """Delete what is due, then do what is asked."""
    settle(self.current_account)
    return MOTO_CALL_ACTION(self)


def named_key(self: Any) -> Any:
    """The key that a request names by its id or its arn."""
    key_id = self._get_param("KeyId")
    self._validate_cmk_id(key_id)
    return self.kms_backend.keys[self.kms_backend.get_key_id(key_id)]


def related(account_id: str, key_id: str) -> dict[str, Any]:
    """The keys of an id, by region."""
    return {
        region: backend.keys[key_id] for region, backend in _backends(account_id) if key_id in backend.keys
    }


def is_primary(key: Any) -> bool:
    """Whether a key is a multi-region primary."""
    return bool(key.multi_region) and key.multi_region_configuration["PrimaryKey"]["Arn"] == key.arn


def describe_relations(account_id: str, key_id: str, primary_region: str) -> None:
    """Write into each key of an id which is the primary and which are replicas."""
    keys = related(account_id, key_id)
    primary = {"Arn": keys[primary_region].arn, "Region": primary_region}
    replicas = [
        {"Arn": key.arn, "Region": region} for region, key in sorted(keys.items()) if region != primary_region
    ]
    for region, key in keys.items():
        key.multi_region_configuration = {
            "MultiRegionKeyType": "PRIMARY" if region == primary_region else "REPLICA",
            "PrimaryKey": primary,
            "ReplicaKeys": replicas,
        }


def replicas_of(account_id: str, key: Any) -> list[Any]:
    """A primary's replicas, those with a scheduled deletion included."""
    if not is_primary(key):
        return []
    return [other for other in related(account_id, key.id).values() if other is not key]


def schedule(key: Any, days: int) -> None:
    """Let a key's waiting period begin."""
    key.key_state = PENDING_DELETION
    # moto keeps times without a zone.
    key.deletion_date = (clock.now() + timedelta(days=days)).replace(tzinfo=None)


def settle(account_id: str) -> None:
    """Delete the keys whose waiting period is over; a primary's begins once its last replica is gone."""
    moment = clock.now()
    for region, backend in _backends(account_id):
        for key in list(backend.keys.values()):
            if key.deletion_date is not None and key.deletion_date.replace(tzinfo=UTC) <= moment:
                backend.delete_key(key.id)
                _forget_replica(account_id, region, key)
    for _, backend in _backends(account_id):
        for key in list(backend.keys.values()):
            if key.key_state == PENDING_REPLICA_DELETION and not replicas_of(account_id, key):
                schedule(key, key.pending_window_days)


def _backends(account_id: str) -> list[tuple[str, Any]]:
    """KMS of every region that the account has called; a copy, since other requests may add one."""
    backends: Any = kms_backends[account_id]
    return list(backends.items())


def _forget_replica(account_id: str, region: str, key: Any) -> None:
    if not key.multi_region:
        return
    primary_region = key.multi_region_configuration["PrimaryKey"]["Region"]
    if region != primary_region and primary_region in related(account_id, key.id):
        describe_relations(account_id, key.id, primary_region)
