"""Copying the state to the recovery region: the role that S3 takes on for it, and the rule."""

from __future__ import annotations

from functools import partial
from typing import Any

from modelyard.planning.arns import bucket_arn
from modelyard.planning.policies.document import document, service_trust, statement
from modelyard_cli.account.session import CheckedSession
from modelyard_cli.bootstrap.keys import StateKey
from modelyard_cli.bootstrap.naming import Naming
from modelyard_cli.bootstrap.parts import Difference
from modelyard_cli.bootstrap.reading import absent, canonical
from modelyard_cli.bootstrap.roles import RolePlan


def copy_policy(naming: Naming, recovery: str) -> str:
    """What S3 does to copy (Amazon S3 User Guide, "Setting up permissions for live replication", 2026-11)."""
    source = bucket_arn(naming.state_bucket(naming.place.region))
    target = bucket_arn(naming.state_bucket(recovery))
    alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": naming.key_alias}}
    return document(
        [
            statement("ReadRule", ["s3:GetReplicationConfiguration", "s3:ListBucket"], [source]),
            statement(
                "ReadVersions",
                [
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionTagging",
                ],
                [f"{source}/*"],
            ),
            statement(
                "WriteCopies",
                ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"],
                [f"{target}/*"],
            ),
            statement(
                "ReadUnderTheKey",
                ["kms:Decrypt"],
                [naming.place.arn("kms", "key/*")],
                conditions={
                    "StringEquals": {"kms:ViaService": f"s3.{naming.place.region}.amazonaws.com"},
                    **alias,
                },
            ),
            statement(
                "WriteUnderItsReplica",
                ["kms:Encrypt", "kms:GenerateDataKey"],
                [f"arn:aws:kms:{recovery}:{naming.place.account_id}:key/*"],
                conditions={"StringEquals": {"kms:ViaService": f"s3.{recovery}.amazonaws.com"}, **alias},
            ),
        ]
    )


def copy_role(naming: Naming) -> RolePlan:
    """The role that S3 takes on."""
    return RolePlan(
        name=naming.replication_role,
        why="copies the state to the recovery region",
        trust=service_trust("s3.amazonaws.com", naming.place.account_id),
        policy_arns=[naming.policy_arn(naming.replication_role)],
        boundary_arn=None,
    )


class StateCopy:
    """The rule by which S3 copies the state."""

    def __init__(self, session: CheckedSession, naming: Naming, key: StateKey, recovery: str) -> None:
        self._naming, self._key, self._recovery = naming, key, recovery
        self._bucket = naming.state_bucket(naming.place.region)
        self.region = naming.place.region
        self.subject = f"replication of {self._bucket}"
        self.why = f"copies every version to {recovery}"
        self._s3 = session.client("s3", self.region)

    def differences(self) -> list[Difference]:
        """What isn't as it should be."""
        codes = ("ReplicationConfigurationNotFoundError", "NoSuchBucket")
        answer = absent(lambda: self._s3.get_bucket_replication(Bucket=self._bucket), *codes)
        now = answer["ReplicationConfiguration"] if answer else None
        if now is not None and canonical(_told(now)) == canonical(_told(self._wanted())):
            return []
        put = partial(self._put)
        return [Difference("rule", "another" if now else "not set", self.why, put)]

    def _put(self) -> None:
        self._s3.put_bucket_replication(Bucket=self._bucket, ReplicationConfiguration=self._wanted())

    def _wanted(self) -> dict[str, Any]:
        return {
            "Role": self._naming.place.iam(f"role/{self._naming.replication_role}"),
            "Rules": [
                {
                    "ID": "state",
                    "Priority": 1,
                    "Filter": {"Prefix": ""},
                    "Status": "Enabled",
                    "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
                    "DeleteMarkerReplication": {"Status": "Enabled"},
                    "Destination": {
                        "Bucket": bucket_arn(self._naming.state_bucket(self._recovery)),
                        "EncryptionConfiguration": {
                            "ReplicaKmsKeyID": self._key.arn(self._recovery) or self._naming.key_alias
                        },
                    },
                }
            ],
        }


def _told(configuration: dict[str, Any]) -> dict[str, Any]:
    """What decides of a configuration: an empty prefix may come back as no filter's content at all."""
    rules = [{**rule, "Filter": rule.get("Filter") or {"Prefix": ""}} for rule in configuration["Rules"]]
    return {"Role": configuration["Role"], "Rules": rules}
