"""What FSx keeps: file systems beside moto's, backups and links; and how a file system is described."""

from __future__ import annotations

from typing import Any

from modelyard_sandbox.moto_extensions.fsx.answers import refuse
from modelyard_sandbox.moto_extensions.store import store_of

Record = dict[str, Any]
NOT_SHOWN = ("next", "next_action")


def file_systems_of(self: Any) -> dict[str, Record]:
    """The file systems of a region by id: what moto's own objects have no room for."""
    return store_of(self.fsx_backend, "file_systems")


def backups_of(self: Any) -> dict[str, Record]:
    """The backups of a region by id."""
    return store_of(self.fsx_backend, "backups")


def associations_of(self: Any) -> dict[str, Record]:
    """The data repository associations of a region by id."""
    return store_of(self.fsx_backend, "associations")


def file_system_of(self: Any, id_: str) -> Record:
    """A file system by its id."""
    if id_ not in file_systems_of(self):
        refuse("FileSystemNotFound", f"File system '{id_}' does not exist.")
    return file_systems_of(self)[id_]


def shown(self: Any, record: Record) -> Record:
    """A record as an answer holds it, with its tags."""
    tags = self.fsx_backend.list_tags_for_resource(record["ResourceARN"])
    return {
        **{name: value for name, value in record.items() if name not in NOT_SHOWN},
        **({"Tags": tags} if tags else {}),
    }


def described_file_system(self: Any, record: Record) -> Record:
    """A file system as FSx describes it now."""
    moto = self.fsx_backend.file_systems[record["FileSystemId"]].to_dict()
    # FSx doesn't show the security groups of a file system.
    moto.pop("SecurityGroupIds", None)
    return shown(self, {**moto, **record})


def is_linked(self: Any, record: Record) -> bool:
    """Whether a file system is linked to S3, in either way."""
    config = self.fsx_backend.file_systems[record["FileSystemId"]].lustre_configuration or {}
    return "DataRepositoryConfiguration" in config or any(
        association["FileSystemId"] == record["FileSystemId"]
        for association in associations_of(self).values()
    )
