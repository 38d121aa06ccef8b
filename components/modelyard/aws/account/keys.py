"""Keys of the account."""

import pulumi_aws as aws

from modelyard.aws.account.frame import Frame


def make_key(frame: Frame, purpose: str, region: str, policy: str) -> aws.kms.Key:
    """A key that rotates, with an alias."""
    name, encryption = frame.named(purpose, region), frame.account.encryption
    key = aws.kms.Key(
        name,
        description=f"{frame.name}: {purpose}",
        policy=policy,
        enable_key_rotation=True,
        rotation_period_in_days=encryption.rotation_days,
        deletion_window_in_days=encryption.deletion_window_days,
        region=region,
        tags=frame.tags,
        opts=frame.child(),
    )
    aws.kms.Alias(
        name,
        name=f"alias/{frame.name}-{purpose}",
        target_key_id=key.key_id,
        region=region,
        opts=frame.child(),
    )
    return key
