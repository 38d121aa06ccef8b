"""Amazon FSx: the life of Lustre file systems, their backups and their links to S3.

A file system, a backup or a link is shown once more as CREATING after it was made, and is AVAILABLE from
the second look on; what is deleted is shown once more as DELETING. No data is kept, so no task runs.
File systems of other kinds than Lustre are moto's, checked no further than their networks. Sources: Amazon
FSx API reference, the operations of these names; FSx for Lustre user guide; 2026-11.
"""

from __future__ import annotations

from moto.fsx.responses import FSxResponse

from modelyard_sandbox.moto_extensions.fsx import associations, backups, file_systems, tags, updates
from modelyard_sandbox.moto_extensions.operations import add_operations


def install() -> None:
    """Put the operations in the place of moto's."""
    add_operations(
        FSxResponse,
        file_systems.create_file_system,
        file_systems.create_file_system_from_backup,
        file_systems.describe_file_systems,
        file_systems.delete_file_system,
        updates.update_file_system,
        backups.create_backup,
        backups.describe_backups,
        backups.delete_backup,
        associations.create_data_repository_association,
        associations.describe_data_repository_associations,
        associations.update_data_repository_association,
        associations.delete_data_repository_association,
        tags.tag_resource,
        tags.untag_resource,
        tags.list_tags_for_resource,
    )
    tags.install()
