"""The key for Pulumi's state and secrets, and its replica in the recovery region."""

from __future__ import annotations

from functools import partial
from typing import Any

from modelyard.planning.policies.document import document, statement
from modelyard_cli.account.failures import DENIED, error_code
from modelyard_cli.account.session import CheckedSession
from modelyard_cli.bootstrap.naming import Naming
from modelyard_cli.bootstrap.parts import MISSING, Difference
from modelyard_cli.bootstrap.reading import absent, same_policy

ROTATION_DAYS = 365
"""Days between rotations, KMS's own default (AWS KMS API Reference, EnableKeyRotation, 2026-11)."""

DELETION_WINDOW_DAYS = 30
"""The longest that KMS has (same reference, ScheduleKeyDeletion). It is chosen when a key is deleted: its
own policy refuses a shorter one, and the deploy role can't delete it at all."""


class StateKey:
    """A multi-region key, so that secrets can be read in the recovery region without the primary one."""

    def __init__(self, session: CheckedSession, naming: Naming) -> None:
        self._naming = naming
        self.region = naming.place.region
        self.subject = f"key {naming.key_alias}"
        self.why = "encrypts the state, and secrets in stack configuration (awskms://)"
        self._session = session
        self._kms = session.client("kms", self.region)

    def arn(self, region: str | None = None) -> str | None:
        """ARN of the key that the alias of a region stands for; None if there is none."""
        found = _described(self._session.client("kms", region or self.region), self._naming.key_alias)
        return found["Arn"] if found else None

    def differences(self) -> list[Difference]:
        """What isn't as it should be."""
        found = _described(self._kms, self._naming.key_alias)
        if found is None:
            wanted = f"rotated every {ROTATION_DAYS} days, {DELETION_WINDOW_DAYS} days to delete"
            return [Difference("key", MISSING, wanted, self._create)]
        return self._drift(found)

    def _drift(self, found: dict[str, Any]) -> list[Difference]:
        key_id = found["KeyId"]
        differences: list[Difference] = []
        if found["KeyState"] == "PendingDeletion":
            mend = partial(self._rescue, key_id)
            return [Difference("state", f"deleted on {found['DeletionDate']:%Y-%m-%d}", "kept", mend)]
        if not found["Enabled"]:
            enable = partial(self._kms.enable_key, KeyId=key_id)
            differences.append(Difference("state", "disabled", "enabled", enable))
        rotation = self._kms.get_key_rotation_status(KeyId=key_id)
        if not rotation["KeyRotationEnabled"]:
            rotate = partial(self._kms.enable_key_rotation, KeyId=key_id, RotationPeriodInDays=ROTATION_DAYS)
            differences.append(Difference("rotation", "off", f"every {ROTATION_DAYS} days", rotate))
        policy = self._kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]
        if not same_policy(policy, key_policy(self._naming)):
            put = partial(
                self._kms.put_key_policy,
                KeyId=key_id,
                PolicyName="default",
                Policy=key_policy(self._naming),
            )
            differences.append(
                Difference(
                    "policy", "another", f"IAM decides, and {DELETION_WINDOW_DAYS} days to delete", put
                )
            )
        return differences

    def _create(self) -> None:
        key_id = (
            self._unnamed()
            or self._kms.create_key(
                Description=self._description,
                MultiRegion=True,
                Policy=key_policy(self._naming),
                Tags=[{"TagKey": key, "TagValue": value} for key, value in self._naming.tags.items()],
            )["KeyMetadata"]["KeyId"]
        )
        self._kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=ROTATION_DAYS)
        self._kms.create_alias(AliasName=self._naming.key_alias, TargetKeyId=key_id)

    def _rescue(self, key_id: str) -> None:
        self._kms.cancel_key_deletion(KeyId=key_id)
        self._kms.enable_key(KeyId=key_id)

    @property
    def _description(self) -> str:
        return f"State and secrets of modelyard's environment {self._naming.environment}"

    def _unnamed(self) -> str | None:
        """A key that a run made before it failed: it has no alias yet."""
        from botocore.exceptions import ClientError

        for page in self._kms.get_paginator("list_keys").paginate():
            for key in page["Keys"]:
                try:
                    found = self._kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
                except ClientError as error:
                    if error_code(error) in DENIED:  # somebody else's key
                        continue
                    raise
                if found.get("Description") == self._description and found["KeyState"] == "Enabled":
                    return key["KeyId"]
        return None


class StateKeyReplica:
    """The same key in the recovery region, under the same alias."""

    def __init__(self, session: CheckedSession, naming: Naming, primary: StateKey, region: str) -> None:
        self._naming, self._primary = naming, primary
        self.region = region
        self.subject = f"key {naming.key_alias}, replica"
        self.why = "reads state and secrets when the primary region is lost"
        self._source = session.client("kms", naming.place.region)
        self._kms = session.client("kms", region)

    def differences(self) -> list[Difference]:
        """What isn't as it should be."""
        if _described(self._kms, self._naming.key_alias) is not None:
            return []
        return [Difference("key", MISSING, f"a replica of {self._naming.key_alias}", self._create)]

    def _create(self) -> None:
        key_id = str(self._primary.arn()).rpartition("/")[2]
        if _described(self._kms, key_id) is None:
            self._source.replicate_key(
                KeyId=key_id,
                ReplicaRegion=self.region,
                Policy=key_policy(self._naming),
                Description=f"Replica of {self._naming.key_alias}",
                Tags=[{"TagKey": key, "TagValue": value} for key, value in self._naming.tags.items()],
            )
        self._kms.create_alias(AliasName=self._naming.key_alias, TargetKeyId=key_id)


def key_policy(naming: Naming) -> str:
    """The account's IAM decides, but for how soon the key can be gone (AWS KMS Developer Guide, "AWS KMS
    condition keys", kms:ScheduleKeyDeletionPendingWindowInDays, 2026-11).
    """
    too_soon = {"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": str(DELETION_WINDOW_DAYS)}}
    return document(
        [
            statement("AccountDecidesByIam", ["kms:*"], principal={"AWS": naming.place.iam("root")}),
            statement(
                "NotGoneSoon", ["kms:ScheduleKeyDeletion"], effect="Deny", principal="*", conditions=too_soon
            ),
        ]
    )


def _described(kms: Any, key_id: str) -> dict[str, Any] | None:
    answer = absent(lambda: kms.describe_key(KeyId=key_id), "NotFoundException")
    return answer["KeyMetadata"] if answer else None
