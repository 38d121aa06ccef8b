"""The storage accounts of a region: for datasets, checkpoints, flow logs, and the workspace itself."""

from __future__ import annotations

import pulumi

from modelyard.azure.center.setting import Setting
from modelyard.azure.encryption import Encryption
from modelyard.azure.storage_args import AccountArgs
from modelyard.environment.azure.needs import pair_within, redundancy
from modelyard.environment.azure.sites import Site
from modelyard.environment.azure.storage import BlobStore, CheckpointStore
from modelyard.environment.azure.target import CHECKPOINTS, DATASETS
from modelyard.planning.names import CHECKPOINTS_PREFIX, RUNS_PREFIX

OWN_RETENTION_DAYS = 7
"""Days that versions of flow logs and of the workspace's own files are kept: the least that a policy asks."""


def accounts(setting: Setting, site: Site, keys: Encryption) -> dict[str, AccountArgs]:
    """The accounts of a region, by purpose."""
    stores: dict[str, BlobStore] = {CHECKPOINTS: setting.environment.storage.checkpoints}
    if setting.own_datasets is not None:
        stores = {DATASETS: setting.own_datasets, **stores}
    return {
        **{purpose: _store(setting, site, keys, purpose, store) for purpose, store in stores.items()},
        **{purpose: _own(setting, site, keys, purpose) for purpose in ("logs", "workspace")},
    }


def _store(setting: Setting, site: Site, keys: Encryption, purpose: str, store: BlobStore) -> AccountArgs:
    args: AccountArgs = {
        **_basis(setting, site, keys, purpose),
        "containers": [purpose],
        "redundancy": _redundancy(setting, site, purpose, store),
        "deleted_retention_days": store.noncurrent_retention_days,
        # In the recovery region it takes what is restored there, by the same means.
        "backed_up": setting.backs_up(purpose, setting.primary),
    }
    if store.cool_after_days is not None:
        args["cool_after_days"] = store.cool_after_days
    if store.expire_after_days is not None:
        args["expire_after_days"] = store.expire_after_days
    if isinstance(store, CheckpointStore) and store.promotion is not None:
        args["immutable_containers"] = [purpose]
        if store.expire_after_days is not None:
            # What is promoted stays, whatever the age of what runs write.
            args["expire_prefixes"] = [f"{purpose}/{RUNS_PREFIX}", f"{purpose}/{CHECKPOINTS_PREFIX}"]
    return args


def _own(setting: Setting, site: Site, keys: Encryption, purpose: str) -> AccountArgs:
    args: AccountArgs = {
        **_basis(setting, site, keys, purpose),
        "containers": [],
        "redundancy": _redundancy(setting, site, purpose),
        "deleted_retention_days": OWN_RETENTION_DAYS,
    }
    if purpose == "workspace":
        args["endpoint_groups"] = ["blob", "file"]
    return args


def _redundancy(setting: Setting, site: Site, purpose: str, store: BlobStore | None = None) -> str:
    """How Azure copies an account by itself: as the environment says, but a copy isn't copied back; what
    production has no copy of elsewhere is copied to the paired region, if that lies in the residency.
    """
    if purpose in setting.replicated:
        return redundancy(None if site.recovery or store is None else store.redundancy, site.region)
    if store is not None and store.redundancy is not None and not site.recovery:
        return store.redundancy
    nearby = redundancy(None, site.region)
    if setting.protect and pair_within(site.region, setting.environment.residency):
        return {"zrs": "gzrs", "lrs": "grs"}[nearby]
    return nearby


def _basis(setting: Setting, site: Site, keys: Encryption, purpose: str) -> AccountArgs:
    identity: pulumi.Output[str] = keys.identity(purpose).id
    return {
        "account_name": setting.names(site).account(purpose),
        "containers": [],
        "key_vault_uri": keys.vault_uri,
        "key_name": purpose,
        "identity_id": identity,
    }
