"""KMS: what it refuses."""

from __future__ import annotations

from documented_refusals.case import AWAY, READ_ON, Acceptance, Account, Refusal, Request, repeated

API = f"KMS API Reference, the operation's errors, {READ_ON}"
STATES = f"KMS Developer Guide, Key states of KMS keys, {READ_ON}"
COMMON = (
    f"KMS API Reference, Common errors (ValidationException) and the parameter's range or pattern, {READ_ON}"
)
# The operation's own list has a code for names that are none, beside the common ValidationException.
ALIAS = f"KMS API Reference, CreateAlias, AliasName and errors (InvalidAliasNameException), {READ_ON}"
GONE = "1234abcd-12ab-34cd-56ef-1234567890ab"


def alias(account: Account, name: str = "alias/data") -> Request:
    """An alias to create for a new key."""
    return {"AliasName": name, "TargetKeyId": account.key()}


def disabled(account: Account) -> str:
    """A key that is disabled."""
    key = account.key()
    account.client("kms").disable_key(KeyId=key)
    return key


def dying(account: Account) -> str:
    """A key whose deletion is scheduled."""
    key = account.key()
    account.client("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    return key


REFUSALS = (
    Refusal(
        "a key deleted within six days",
        "kms.schedule_key_deletion",
        "ValidationException",
        f"{COMMON}: PendingWindowInDays, 7 to 30",
        lambda a: {"KeyId": a.key(), "PendingWindowInDays": 6},
    ),
    Refusal(
        "a key deleted within 31 days",
        "kms.schedule_key_deletion",
        "ValidationException",
        f"{COMMON}: PendingWindowInDays, 7 to 30",
        lambda a: {"KeyId": a.key(), "PendingWindowInDays": 31},
    ),
    Refusal(
        "a key's deletion scheduled twice",
        "kms.schedule_key_deletion",
        "KMSInvalidStateException",
        STATES,
        lambda a: {"KeyId": dying(a)},
    ),
    Refusal(
        "a key that is not there, deleted",
        "kms.schedule_key_deletion",
        "NotFoundException",
        API,
        lambda _: {"KeyId": GONE},
    ),
    Refusal(
        "a deletion that was never scheduled, cancelled",
        "kms.cancel_key_deletion",
        "KMSInvalidStateException",
        STATES,
        lambda a: {"KeyId": a.key()},
    ),
    Refusal(
        "a key that is not there", "kms.describe_key", "NotFoundException", API, lambda _: {"KeyId": GONE}
    ),
    Refusal(
        "an alias taken",
        "kms.create_alias",
        "AlreadyExistsException",
        API,
        lambda a: repeated(a, "kms.create_alias", alias(a)),
    ),
    Refusal(
        "an alias of a key that is not there",
        "kms.create_alias",
        "NotFoundException",
        API,
        lambda _: {"AliasName": "alias/data", "TargetKeyId": GONE},
    ),
    Refusal(
        "an alias with a space",
        "kms.create_alias",
        "InvalidAliasNameException",
        ALIAS,
        lambda a: alias(a, "alias/the data"),
    ),
    Refusal(
        "an alias of 257 characters",
        "kms.create_alias",
        "InvalidAliasNameException",
        ALIAS,
        lambda a: alias(a, f"alias/{'d' * 251}"),
    ),
    Refusal(
        "an alias of a key that is to be deleted",
        "kms.create_alias",
        "KMSInvalidStateException",
        STATES,
        lambda a: {"AliasName": "alias/data", "TargetKeyId": dying(a)},
    ),
    Refusal(
        "an alias that is not there, deleted",
        "kms.delete_alias",
        "NotFoundException",
        API,
        lambda _: {"AliasName": "alias/data"},
    ),
    Refusal(
        "an alias that is not there, moved",
        "kms.update_alias",
        "NotFoundException",
        API,
        lambda a: {"AliasName": "alias/data", "TargetKeyId": a.key()},
    ),
    Refusal(
        "data for a disabled key",
        "kms.encrypt",
        "DisabledException",
        f"{API}; {STATES}",
        lambda a: {"KeyId": disabled(a), "Plaintext": b"weights"},
    ),
    Refusal(
        "data for a key that is to be deleted",
        "kms.encrypt",
        "KMSInvalidStateException",
        STATES,
        lambda a: {"KeyId": dying(a), "Plaintext": b"weights"},
    ),
    Refusal(
        "data of more than 4,096 bytes",
        "kms.encrypt",
        "ValidationException",
        f"{COMMON}: Plaintext",
        lambda a: {"KeyId": a.key(), "Plaintext": b"w" * 4097},
    ),
    Refusal(
        "a data key of a disabled key",
        "kms.generate_data_key",
        "DisabledException",
        f"{API}; {STATES}",
        lambda a: {"KeyId": disabled(a), "KeySpec": "AES_256"},
    ),
    Refusal(
        "a key that is to be deleted, enabled",
        "kms.enable_key",
        "KMSInvalidStateException",
        STATES,
        lambda a: {"KeyId": dying(a)},
    ),
    Refusal(
        "a key that is to be deleted, disabled",
        "kms.disable_key",
        "KMSInvalidStateException",
        STATES,
        lambda a: {"KeyId": dying(a)},
    ),
    Refusal(
        "a disabled key, rotated",
        "kms.enable_key_rotation",
        "DisabledException",
        f"{API}; {STATES}",
        lambda a: {"KeyId": disabled(a)},
    ),
    Refusal(
        "an asymmetric key, rotated",
        "kms.enable_key_rotation",
        "UnsupportedOperationException",
        f"KMS API Reference, EnableKeyRotation, KeyId, {READ_ON}",
        lambda a: {"KeyId": a.key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")},
    ),
    Refusal(
        "a key rotated each 89 days",
        "kms.enable_key_rotation",
        "ValidationException",
        f"{COMMON}: RotationPeriodInDays, 90 to 2560",
        lambda a: {"KeyId": a.key(), "RotationPeriodInDays": 89},
    ),
    Refusal(
        "a key policy that is not JSON",
        "kms.put_key_policy",
        "MalformedPolicyDocumentException",
        API,
        lambda a: {"KeyId": a.key(), "PolicyName": "default", "Policy": "{"},
    ),
    Refusal(
        "a key with a policy that is not JSON",
        "kms.create_key",
        "MalformedPolicyDocumentException",
        API,
        lambda _: {"Policy": "{"},
    ),
    Refusal(
        "a key for one region, replicated",
        "kms.replicate_key",
        "UnsupportedOperationException",
        API,
        lambda a: {"KeyId": a.key(), "ReplicaRegion": AWAY},
    ),
    Refusal(
        "a key replicated to one region twice",
        "kms.replicate_key",
        "AlreadyExistsException",
        API,
        lambda a: repeated(a, "kms.replicate_key", {"KeyId": a.key(MultiRegion=True), "ReplicaRegion": AWAY}),
    ),
    Refusal(
        "a grant of no known operation",
        "kms.create_grant",
        "ValidationException",
        f"{COMMON}: Operations",
        lambda a: {"KeyId": a.key(), "GranteePrincipal": a.role(), "Operations": ["Train"]},
    ),
)

ACCEPTED = (
    Acceptance("kms.create_alias", alias),
    Acceptance("kms.schedule_key_deletion", lambda a: {"KeyId": a.key(), "PendingWindowInDays": 7}),
    Acceptance("kms.enable_key_rotation", lambda a: {"KeyId": a.key(), "RotationPeriodInDays": 90}),
    Acceptance("kms.replicate_key", lambda a: {"KeyId": a.key(MultiRegion=True), "ReplicaRegion": AWAY}),
    Acceptance(
        "kms.create_grant",
        lambda a: {"KeyId": a.key(), "GranteePrincipal": a.role(), "Operations": ["Decrypt"]},
    ),
)
