"""PutBucketReplication and GetBucketReplication: read by S3's own model, and refused as S3 refuses."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Mapping
from typing import Any

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.s3.exceptions import MalformedXML, ReplicationConfigurationNotFoundError, S3ClientError
from moto.s3.models import FakeBucket, S3Backend, s3_backends
from moto.s3.responses import S3Response

from modelyard_sandbox.moto_extensions.operations import add_operations

RULES_MAX, ID_LENGTH_MAX = 1000, 255
RTC_MINUTES = 15
STATUSES = ("Enabled", "Disabled")
ROLE_ARN = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/.+")
BUCKET_ARN = re.compile(r"arn:aws[\w-]*:s3:::([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])")
SCHEMA = (
    "for this version of Cross Region Replication configuration schema. "
    "Please refer to S3 Developer Guide for more information."
)


def install() -> None:
    """Put the operations in the place of moto's."""
    add_operations(S3Response, _replication_config_from_xml, get_bucket_replication)
    S3Backend.put_bucket_replication = put_bucket_replication


def get_bucket_replication(self: Any) -> Any:
    """GetBucketReplication: what was put, with the ids that S3 made up."""
    self.data["Action"] = "GetBucketReplication"
    configuration = self.backend.get_bucket_replication(self.bucket_name)
    if not configuration:
        raise ReplicationConfigurationNotFoundError(bucket_name=self.bucket_name)
    return self.serialized(ActionResult({"ReplicationConfiguration": configuration}))


def put_bucket_replication(self: Any, bucket_name: str, replication: dict[str, Any]) -> None:
    """Keep a bucket's configuration; that the bucket is versioned was checked before."""
    bucket: Any = self.get_bucket(bucket_name)
    _check(bucket, replication)
    for rule in replication["Rules"]:
        rule.setdefault("ID", secrets.token_urlsafe(30))
    bucket.replication = replication


def find_destination(arn: str) -> FakeBucket | None:
    """The bucket of an arn, whoever of the sandbox owns it."""
    named = BUCKET_ARN.fullmatch(arn)
    owner = s3_backends.bucket_accounts.get(named.group(1)) if named else None
    if named is None or owner is None:
        return None
    partition, account_id = owner
    return s3_backends[account_id][partition].buckets.get(named.group(1))


def filter_of(rule: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The prefix and the tags that an object must have."""
    given = rule.get("Filter")
    if given is None:
        return rule.get("Prefix") or "", {}
    both = given.get("And") or {}
    tags = [*(both.get("Tags") or []), *([given["Tag"]] if given.get("Tag") else [])]
    return both.get("Prefix") or given.get("Prefix") or "", {tag["Key"]: tag["Value"] for tag in tags}


def _replication_config_from_xml(self: Any, xml: bytes) -> dict[str, Any]:
    """The configuration in a request's body."""
    operation = get_service_model("s3").operation_model("PutBucketReplication")
    request: Any = {
        "method": "PUT",
        "values": {},
        "headers": self.headers,
        "body": xml,
        "url_path": "",
        "url_params": {"Bucket": self.bucket_name},
    }
    parsed = PROTOCOL_PARSERS["rest-xml"](operation).parse(request)
    return parsed.get("ReplicationConfiguration") or {}


def _refuse_unless(holds: object, message: str) -> None:
    if not holds:
        raise S3ClientError("InvalidRequest", message)


def _argument(holds: object, message: str) -> None:
    if not holds:
        raise S3ClientError("InvalidArgument", message)


def _check(bucket: Any, configuration: Mapping[str, Any]) -> None:
    rules = configuration.get("Rules") or []
    if not 1 <= len(rules) <= RULES_MAX or "Role" not in configuration:
        raise MalformedXML
    _argument(ROLE_ARN.fullmatch(configuration["Role"]), f"Invalid role ARN: {configuration['Role']}")
    for rule in rules:
        _check_rule(rule)
        _check_destination(bucket, rule)
    ids = Counter(rule["ID"] for rule in rules if rule.get("ID"))
    _argument(not ids or max(ids.values()) == 1, "Rule Id must be unique")
    schemas = {"Filter" in rule for rule in rules}
    _refuse_unless(len(schemas) == 1, "Rules with and without a Filter can't stand in one configuration")
    priorities = Counter(rule["Priority"] for rule in rules if "Priority" in rule)
    repeated = [str(priority) for priority, count in priorities.items() if count > 1]
    _refuse_unless(not repeated, f"Found duplicate priority {', '.join(repeated)}: priorities must be unique")


def _check_rule(rule: Mapping[str, Any]) -> None:
    if rule.get("Status") not in STATUSES or "Destination" not in rule:
        raise MalformedXML
    _argument(
        len(rule.get("ID") or "") <= ID_LENGTH_MAX, f"The maximum length of a rule's ID is {ID_LENGTH_MAX}"
    )
    markers = "DeleteMarkerReplication" in rule
    if "Filter" not in rule:
        _refuse_unless(not markers, f"DeleteMarkerReplication cannot be used {SCHEMA}")
        _refuse_unless("Priority" not in rule, f"Priority cannot be used {SCHEMA}")
        _refuse_unless(
            "ReplicationTime" not in rule["Destination"], f"ReplicationTime cannot be used {SCHEMA}"
        )
    else:
        _refuse_unless(markers, f"DeleteMarkerReplication must be specified {SCHEMA}")
        _refuse_unless("Priority" in rule, f"Priority must be specified {SCHEMA}")
        if len([part for part in rule["Filter"] if part in ("And", "Prefix", "Tag")]) > 1:
            raise MalformedXML
        _, tags = filter_of(rule)
        _refuse_unless(
            not tags or rule["DeleteMarkerReplication"].get("Status") != "Enabled",
            "Delete marker replication is not supported if any Tag filter is specified. "
            "Please refer to S3 Developer Guide for more information.",
        )
    _check_encryption(rule)
    _check_time(rule["Destination"])


def _check_encryption(rule: Mapping[str, Any]) -> None:
    criteria = rule.get("SourceSelectionCriteria")
    encrypted = (criteria or {}).get("SseKmsEncryptedObjects")
    key = (rule["Destination"].get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID")
    _refuse_unless(
        not encrypted or encrypted.get("Status") != "Enabled" or key,
        "EncryptionConfiguration and ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects is enabled.",
    )
    _refuse_unless(
        not key or encrypted,
        "SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.",
    )
    _refuse_unless(
        "ReplicaModifications" not in (criteria or {}) or "Filter" in rule,
        f"ReplicaModifications cannot be used {SCHEMA}",
    )


def _check_time(destination: Mapping[str, Any]) -> None:
    time, metrics = destination.get("ReplicationTime"), destination.get("Metrics")
    if time is None:
        return
    _refuse_unless(metrics is not None, "ReplicationTime must be specified together with Metrics.")
    _refuse_unless(
        time.get("Status") == (metrics or {}).get("Status"),
        "ReplicationTime and Metrics must have the same Status.",
    )
    for name, limit in (
        ("ReplicationTime", time.get("Time")),
        ("Metrics", (metrics or {}).get("EventThreshold")),
    ):
        minutes = (limit or {}).get("Minutes")
        _argument(
            minutes == RTC_MINUTES or (minutes is None and name == "Metrics"),
            f"The minutes of {name} must be {RTC_MINUTES}, not {minutes}",
        )


def _check_destination(bucket: Any, rule: Mapping[str, Any]) -> None:
    destination = rule["Destination"]
    arn = destination.get("Bucket") or ""
    _argument(BUCKET_ARN.fullmatch(arn), f"Invalid bucket ARN: {arn}")
    found: Any = find_destination(arn)
    _refuse_unless(found is not None, "Destination bucket must exist.")
    _refuse_unless(found is not bucket, "Destination bucket cannot be the same as the source bucket.")
    _refuse_unless(found.is_versioned, "Destination bucket must have versioning enabled.")
    account = destination.get("Account")
    _refuse_unless(
        account or "AccessControlTranslation" not in destination,
        "Account must be specified if AccessControlTranslation is present.",
    )
    _refuse_unless(
        account in (None, found.account_id),
        f"Account {account} is not the owner of the destination bucket.",
    )
