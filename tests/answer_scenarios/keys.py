"""KMS: keys, what they do, aliases, replicas, and their end."""

from __future__ import annotations

from typing import Any

from documented_refusals.case import AWAY, Account

MAC = {"MacAlgorithm": "HMAC_SHA_256"}
SIGNATURE = {"SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256", "MessageType": "RAW"}


def run(account: Account) -> None:
    """Every operation of KMS that is ours."""
    kms = account.client("kms")
    key = {"KeyId": account.key(Description="data", Tags=[{"TagKey": "team", "TagValue": "training"}])}
    data(kms, key)
    settings(account, kms, key)
    others(account, kms)
    replicas(account, kms)
    aliases(account, kms, key)
    kms.disable_key(**key)
    kms.enable_key(**key)
    kms.schedule_key_deletion(**key, PendingWindowInDays=7)
    kms.cancel_key_deletion(**key)


def data(kms: Any, key: dict[str, str]) -> None:
    """What a key encrypts."""
    cipher = kms.encrypt(**key, Plaintext=b"weights")["CiphertextBlob"]
    kms.decrypt(CiphertextBlob=cipher)
    kms.generate_data_key(**key, KeySpec="AES_256")
    kms.generate_data_key_without_plaintext(**key, KeySpec="AES_256")


def settings(account: Account, kms: Any, key: dict[str, str]) -> None:
    """A key's policy, rotation, description, tags and grants."""
    policy = kms.get_key_policy(**key, PolicyName="default")["Policy"]
    kms.put_key_policy(**key, PolicyName="default", Policy=policy)
    kms.enable_key_rotation(**key, RotationPeriodInDays=90)
    kms.get_key_rotation_status(**key)
    kms.disable_key_rotation(**key)
    kms.get_key_rotation_status(**key)
    kms.update_key_description(**key, Description="checkpoints")
    kms.tag_resource(**key, Tags=[{"TagKey": "cost", "TagValue": "gpu"}])
    kms.untag_resource(**key, TagKeys=["cost"])
    kms.create_grant(**key, GranteePrincipal=account.role("reader"), Operations=["Decrypt"])


def others(account: Account, kms: Any) -> None:
    """Keys that sign, and keys that authenticate."""
    signing = {"KeyId": account.key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"), **SIGNATURE}
    signature = kms.sign(**signing, Message=b"release")["Signature"]
    kms.verify(**signing, Message=b"release", Signature=signature)
    mac = {"KeyId": account.key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC"), **MAC}
    made = kms.generate_mac(**mac, Message=b"shard")["Mac"]
    kms.verify_mac(**mac, Message=b"shard", Mac=made)


def replicas(account: Account, kms: Any) -> None:
    """A key in two regions."""
    key = {"KeyId": account.key(MultiRegion=True)}
    kms.replicate_key(**key, ReplicaRegion=AWAY)
    kms.update_primary_region(**key, PrimaryRegion=AWAY)


def aliases(account: Account, kms: Any, key: dict[str, str]) -> None:
    """A name that moves from key to key."""
    kms.create_alias(AliasName="alias/data", TargetKeyId=key["KeyId"])
    kms.update_alias(AliasName="alias/data", TargetKeyId=account.key())
    kms.delete_alias(AliasName="alias/data")
