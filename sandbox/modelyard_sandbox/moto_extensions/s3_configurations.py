"""S3: bucket policies, lifecycles and encryption that moto takes without a look.

Sources: S3 API reference, PutBucketPolicy, PutBucketLifecycleConfiguration, PutBucketEncryption and error
responses; S3 user guide, lifecycle transition considerations; IAM user guide, grammar of the policy language;
2026-11.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from moto.s3.exceptions import InvalidArgumentError, InvalidRequest, MalformedXML, S3ClientError
from moto.s3.models import S3Backend

from modelyard_sandbox.moto_extensions.operations import before
from modelyard_sandbox.moto_extensions.policy_documents import many

ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")
ACTIONS = (
    "Expiration",
    "Transition",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionTransition",
    "AbortIncompleteMultipartUpload",
)
RULES_MAX = 1000
RULE_ID_CHARACTERS_MAX = 255
INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
INFREQUENT_DAYS_MIN = 30


class MalformedPolicyError(S3ClientError):
    """A bucket policy that is none."""

    code = "MalformedPolicy"


def install() -> None:
    """Put the checks before moto's."""
    before(S3Backend, "put_bucket_policy", _check_policy)
    before(S3Backend, "put_bucket_lifecycle_configuration", _check_lifecycle)
    before(S3Backend, "put_bucket_encryption", _check_encryption)


def _check_policy(self: Any, bucket_name: str, policy: bytes) -> None:
    arn = self.get_bucket(bucket_name).arn
    try:
        document = json.loads(policy)
    except ValueError as error:
        raise MalformedPolicyError("Policies must be valid JSON and the first byte must be '{'") from error
    statements = document.get("Statement") if isinstance(document, dict) else None
    if not statements:
        raise MalformedPolicyError("Missing required field Statement")
    for statement in many(statements):
        _check_statement(statement, arn)


def _check_statement(statement: Mapping[str, Any], bucket_arn: str) -> None:
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise MalformedPolicyError(f"Invalid effect: {statement.get('Effect')}")
    for field in ("Principal", "Action", "Resource"):
        if not (statement.get(field) or statement.get(f"Not{field}")):
            raise MalformedPolicyError(f"Missing required field {field}")
    resources = many(statement.get("Resource") or statement.get("NotResource"))
    if not all(_is_of_bucket(resource, bucket_arn) for resource in resources):
        raise MalformedPolicyError("Policy has invalid resource")


def _is_of_bucket(resource: str, bucket_arn: str) -> bool:
    return resource in ("*", bucket_arn) or resource.startswith((f"{bucket_arn}/", f"{bucket_arn}*"))


def _check_lifecycle(_backend: Any, _bucket_name: str, rules: list[dict[str, Any]]) -> None:
    if not rules:
        raise MalformedXML
    if len(rules) > RULES_MAX:
        raise InvalidArgumentError(
            f"The number of lifecycle rules must not exceed {RULES_MAX}", "Rule", str(len(rules))
        )
    counted = Counter(rule["ID"] for rule in rules if rule.get("ID"))
    twice = [id_ for id_, count in counted.items() if count > 1]
    if twice:
        raise InvalidArgumentError(f"Rule ID must be unique; {twice[0]} is given twice", "ID", twice[0])
    for rule in rules:
        _check_rule(rule)


def _check_rule(rule: Mapping[str, Any]) -> None:
    if rule.get("Status") not in ("Enabled", "Disabled"):
        raise MalformedXML
    if not any(rule.get(action) for action in ACTIONS):
        raise InvalidRequest("At least one action needs to be specified in a rule")
    id_ = rule.get("ID") or ""
    if len(id_) > RULE_ID_CHARACTERS_MAX:
        raise InvalidArgumentError(
            f"ID length should not exceed allowed limit of {RULE_ID_CHARACTERS_MAX}", "ID", id_
        )
    _check_expiration(rule.get("Expiration") or {})
    for transition in many(rule.get("Transition")):
        _check_transition(transition)


def _check_expiration(expiration: Mapping[str, Any]) -> None:
    if "Days" in expiration and "Date" in expiration:
        raise MalformedXML
    if "Days" in expiration and int(expiration["Days"]) < 1:
        raise InvalidArgumentError(
            "'Days' for Expiration action must be a positive integer", "Days", expiration["Days"]
        )


def _check_transition(transition: Mapping[str, Any]) -> None:
    if "Days" not in transition:
        return
    days, place = int(transition["Days"]), transition.get("StorageClass")
    if days < 0:
        raise InvalidArgumentError("'Days' in Transition action must be nonnegative", "Days", str(days))
    if place in INFREQUENT and days < INFREQUENT_DAYS_MIN:
        raise InvalidArgumentError(
            f"'Days' in Transition action must be greater than or equal to {INFREQUENT_DAYS_MIN} "
            f"for storageClass '{place}'",
            "Days",
            str(days),
        )


def _check_encryption(_backend: Any, _bucket_name: str, encryption: Mapping[str, Any]) -> None:
    rules = many(encryption["Rule"])
    if not rules:
        raise MalformedXML
    for rule in rules:
        default = rule["ApplyServerSideEncryptionByDefault"]
        algorithm = default["SSEAlgorithm"]
        if algorithm not in ALGORITHMS:
            raise MalformedXML
        if algorithm == "AES256" and default.get("KMSMasterKeyID"):
            raise InvalidArgumentError(
                "a KMSMasterKeyID is only applicable if the default sse algorithm is aws:kms or aws:kms:dsse",
                "KMSMasterKeyID",
                default["KMSMasterKeyID"],
            )
