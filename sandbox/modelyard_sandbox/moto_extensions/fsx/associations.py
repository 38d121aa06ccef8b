"""FSx data repository associations: directories of a Lustre file system linked to S3.

Sources: Amazon FSx API reference, CreateDataRepositoryAssociation, DescribeDataRepositoryAssociations,
UpdateDataRepositoryAssociation, DeleteDataRepositoryAssociation; 2026-11.
"""

from __future__ import annotations

import json
import time
from typing import Any

from moto.moto_api._internal import mock_random

from modelyard_sandbox.moto_extensions.fsx import lustre
from modelyard_sandbox.moto_extensions.fsx.answers import (
    bad_request,
    begin,
    is_available,
    listed,
    look,
    once,
    parameters,
    refuse,
)
from modelyard_sandbox.moto_extensions.fsx.buckets import bucket_of, overlap
from modelyard_sandbox.moto_extensions.fsx.records import Record, associations_of, file_system_of, shown

LINKS_MAX = 8
EVENTS = ("NEW", "CHANGED", "DELETED")
CHUNK_MIB = 1024


def create_data_repository_association(self: Any) -> str:
    """CreateDataRepositoryAssociation."""
    id_ = once(self, "CreateDataRepositoryAssociation", lambda asked: _make(self, asked))
    return json.dumps({"Association": shown(self, associations_of(self)[id_])})


def describe_data_repository_associations(self: Any) -> str:
    """DescribeDataRepositoryAssociations, by ids or by the documented filters."""
    asked = parameters(self)
    ids = asked.get("AssociationIds")
    records = [_association(self, id_) for id_ in ids] if ids else list(associations_of(self).values())
    for item in asked.get("Filters") or []:
        records = [record for record in records if _value(record, item["Name"]) in item["Values"]]
    shown_records: list[dict[str, Any]] = []
    for record in records:
        if look(record) == "DELETED":
            del associations_of(self)[record["AssociationId"]]
            if ids:
                _association(self, record["AssociationId"])
            continue
        shown_records.append(shown(self, record))
    return listed(self, shown_records, "Associations")


def update_data_repository_association(self: Any) -> str:
    """UpdateDataRepositoryAssociation: chunk size and what is imported and exported by itself."""
    asked = parameters(self)
    record = _association(self, asked.get("AssociationId", ""))
    if not is_available(record):
        bad_request(f"The data repository association {record['AssociationId']} is not available.")
    lustre.check_values(asked)
    _check_events(asked.get("S3") or {})
    record.update({name: asked[name] for name in ("ImportedFileChunkSize", "S3") if name in asked})
    begin(record, "UPDATING", "AVAILABLE")
    return json.dumps({"Association": shown(self, record)})


def delete_data_repository_association(self: Any) -> str:
    """DeleteDataRepositoryAssociation."""
    asked = parameters(self)
    record = _association(self, asked.get("AssociationId", ""))
    begin(record, "DELETING", "DELETED")
    return json.dumps(
        {
            "AssociationId": record["AssociationId"],
            "Lifecycle": "DELETING",
            "DeleteDataInFileSystem": bool(asked.get("DeleteDataInFileSystem")),
        }
    )


def _make(self: Any, asked: dict[str, Any]) -> str:
    file_system = file_system_of(self, asked.get("FileSystemId", ""))
    _check_file_system(self, file_system)
    inside, outside = asked.get("FileSystemPath") or "/", asked.get("DataRepositoryPath", "")
    if not inside.startswith("/"):
        bad_request(f"FileSystemPath {inside} must begin with a slash.")
    if bucket_of(self, outside) is None:
        bad_request(f"DataRepositoryPath {outside} names no S3 bucket.")
    lustre.check_values(asked)
    _check_events(asked.get("S3") or {})
    others = [it for it in associations_of(self).values() if it["FileSystemId"] == asked["FileSystemId"]]
    if len(others) >= LINKS_MAX:
        refuse(
            "ServiceLimitExceeded",
            f"A file system has at most {LINKS_MAX} data repository associations.",
            Limit="FILE_SYSTEM_COUNT",
        )
    for other in others:
        if overlap(inside, other["FileSystemPath"]):
            bad_request(f"FileSystemPath {inside} overlaps with that of {other['AssociationId']}.")
        if overlap(outside, other["DataRepositoryPath"]):
            bad_request(f"DataRepositoryPath {outside} overlaps with that of {other['AssociationId']}.")
    id_ = f"dra-{mock_random.get_random_hex(17)}"
    record: Record = {
        "AssociationId": id_,
        "ResourceARN": f"arn:{self.partition}:fsx:{self.region}:{self.current_account}:association/"
        f"{asked['FileSystemId']}/{id_}",
        "FileSystemId": asked["FileSystemId"],
        "FileSystemPath": inside,
        "DataRepositoryPath": outside,
        "BatchImportMetaDataOnCreate": bool(asked.get("BatchImportMetaDataOnCreate")),
        "ImportedFileChunkSize": asked.get("ImportedFileChunkSize") or CHUNK_MIB,
        "S3": asked.get("S3") or {},
        "CreationTime": time.time(),
    }
    begin(record, "CREATING", "AVAILABLE")
    associations_of(self)[id_] = record
    if asked.get("Tags"):
        self.fsx_backend.tagger.tag_resource(record["ResourceARN"], asked["Tags"])
    return id_


def _check_file_system(self: Any, file_system: Record) -> None:
    id_ = file_system["FileSystemId"]
    moto = self.fsx_backend.file_systems[id_]
    config = moto.lustre_configuration
    if file_system["FileSystemType"] != "LUSTRE" or config["DeploymentType"] == "SCRATCH_1":
        refuse("UnsupportedOperation", f"The file system {id_} takes no data repository association.")
    if file_system["FileSystemTypeVersion"] == "2.10":
        refuse("UnsupportedOperation", "Data repository associations need Lustre 2.12 or newer.")
    if "DataRepositoryConfiguration" in config:
        bad_request(f"The file system {id_} is linked to S3 by its ImportPath.")
    if config.get("AutomaticBackupRetentionDays") or config.get("CopyTagsToBackups"):
        bad_request(f"The file system {id_} has backups, and can't be linked to S3.")
    if not is_available(file_system):
        bad_request(f"The file system {id_} is not available.")


def _check_events(s3: dict[str, Any]) -> None:
    for policy in ("AutoImportPolicy", "AutoExportPolicy"):
        for event in (s3.get(policy) or {}).get("Events") or []:
            if event not in EVENTS:
                bad_request(f"Invalid event of {policy}: {event}. It must be one of {', '.join(EVENTS)}.")


def _association(self: Any, id_: str) -> Record:
    if id_ not in associations_of(self):
        refuse(
            "DataRepositoryAssociationNotFound", f"The data repository association '{id_}' does not exist."
        )
    return associations_of(self)[id_]


def _value(record: Record, name: str) -> str:
    if name == "file-system-id":
        return record["FileSystemId"]
    if name == "data-repository-type":
        return "S3"
    return bad_request(f"Invalid filter: {name}")
