"""The trail, and AWS Config."""

import pulumi
import pulumi_aws as aws

from modelyard.account.records import AdoptedConfig, AdoptedTrail, CreatedConfig, CreatedTrail
from modelyard.aws.account.buckets import (
    RecordBucket,
    access_log_bucket,
    lock_records,
    record_bucket,
)
from modelyard.aws.account.frame import Frame
from modelyard.aws.account.keys import make_key
from modelyard.planning.policies.account import (
    config_bucket_policy,
    config_key_policy,
    trail_bucket_policy,
    trail_key_policy,
)

CONFIG_SERVICE = "config.amazonaws.com"
CONFIG_ROLE = f"role/aws-service-role/{CONFIG_SERVICE}/AWSServiceRoleForConfig"
"""The role of AWS Config (AWS Config Developer Guide, "Using service-linked roles", 2026-11)."""
FREQUENCIES = {"continuous": "CONTINUOUS", "daily": "DAILY"}


def keep_records(frame: Frame) -> dict[str, pulumi.Output[str]]:
    """The trail and the recorders, each with its bucket and its key, as far as they are created here."""
    trail, config = frame.account.trail, frame.account.config
    kept = {
        purpose: part.retention_days
        for purpose, part in (("trail", trail), ("config", config))
        if isinstance(part, CreatedTrail | CreatedConfig)
    }
    outputs = _adopt(frame)
    if not kept:
        return outputs
    access_logs = access_log_bucket(frame, [*kept], max(kept.values()))
    if isinstance(trail, CreatedTrail):
        outputs |= _make_trail(frame, trail, access_logs)
    if isinstance(config, CreatedConfig):
        outputs |= _make_recorders(frame, config, access_logs)
    return outputs


def _adopt(frame: Frame) -> dict[str, pulumi.Output[str]]:
    trail, config = frame.account.trail, frame.account.config
    outputs: dict[str, pulumi.Output[str]] = {}
    if isinstance(trail, AdoptedTrail):
        aws.cloudtrail.Trail.get(frame.named("trail"), trail.arn, region=frame.home, opts=frame.child())
        outputs["trail_arn"] = pulumi.Output.from_input(trail.arn)
    if isinstance(config, AdoptedConfig):
        for region, recorder in config.recorders.items():
            aws.cfg.Recorder.get(frame.named("config", region), recorder, region=region, opts=frame.child())
    return outputs


def _make_trail(
    frame: Frame, trail: CreatedTrail, access_logs: RecordBucket
) -> dict[str, pulumi.Output[str]]:
    name, place = frame.named("trail"), frame.place()
    key = make_key(frame, "trail", frame.home, trail_key_policy(place, name))
    is_locked = trail.lock_mode != "none"
    policy = trail_bucket_policy(frame.bucket_name("trail"), place, name, locked=is_locked)
    records = record_bucket(frame, "trail", key, policy, trail.retention_days, access_logs)
    lock = [lock_records(frame, "trail", records, trail.lock_mode, trail.lock_days)] if is_locked else []
    made = aws.cloudtrail.Trail(
        name,
        name=name,
        s3_bucket_name=records.bucket.bucket,
        kms_key_id=key.arn,
        is_multi_region_trail=True,
        include_global_service_events=True,
        enable_log_file_validation=True,
        enable_logging=True,
        advanced_event_selectors=_selectors(trail),
        region=frame.home,
        tags=frame.tags,
        # CloudTrail tries the bucket before it takes it, and not even the first record is without its lock.
        opts=frame.child(records.policy, *lock),
    )
    return {"trail_arn": made.arn, "trail_bucket": records.bucket.bucket}


def _selectors(trail: CreatedTrail) -> list[aws.cloudtrail.TrailAdvancedEventSelectorArgsDict]:
    selectors: list[aws.cloudtrail.TrailAdvancedEventSelectorArgsDict] = [
        {
            "name": "every call that manages something",
            "field_selectors": [{"field": "eventCategory", "equals": ["Management"]}],
        }
    ]
    if trail.data_event_arn_prefixes:
        selectors.append(
            {
                "name": "reads and writes of objects",
                "field_selectors": [
                    {"field": "eventCategory", "equals": ["Data"]},
                    {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                    {"field": "resources.ARN", "starts_withs": [*trail.data_event_arn_prefixes]},
                ],
            }
        )
    return selectors


def _make_recorders(
    frame: Frame, config: CreatedConfig, access_logs: RecordBucket
) -> dict[str, pulumi.Output[str]]:
    place = frame.place()
    key = make_key(frame, "config", frame.home, config_key_policy(place))
    policy = config_bucket_policy(frame.bucket_name("config"), place.account_id)
    records = record_bucket(frame, "config", key, policy, config.retention_days, access_logs)
    role_arn: pulumi.Input[str] = place.iam(CONFIG_ROLE)
    if config.service_role == "create":
        role_arn = aws.iam.ServiceLinkedRole(
            frame.named("config"), aws_service_name=CONFIG_SERVICE, tags=frame.tags, opts=frame.child()
        ).arn
    for region in frame.account.every_region:
        _make_recorder(frame, config, region, role_arn, records, key)
    return {"config_bucket": records.bucket.bucket}


def _make_recorder(
    frame: Frame,
    config: CreatedConfig,
    region: str,
    role_arn: pulumi.Input[str],
    records: RecordBucket,
    key: aws.kms.Key,
) -> None:
    name = frame.named("config", region)
    recorder = aws.cfg.Recorder(
        name,
        name=frame.name,
        role_arn=role_arn,
        recording_group={
            "all_supported": True,
            # IAM is the same in every region: recorded once, it is paid for once.
            "include_global_resource_types": region == frame.home,
        },
        recording_mode={"recording_frequency": FREQUENCIES[config.frequency]},
        region=region,
        opts=frame.child(),
    )
    channel = aws.cfg.DeliveryChannel(
        name,
        name=frame.name,
        s3_bucket_name=records.bucket.bucket,
        s3_kms_key_arn=key.arn,
        snapshot_delivery_properties={"delivery_frequency": "TwentyFour_Hours"},
        region=region,
        # Config tries the bucket before it takes it, and takes no channel before a recorder.
        opts=frame.child(recorder, records.policy),
    )
    aws.cfg.RecorderStatus(
        name, name=recorder.name, is_enabled=True, region=region, opts=frame.child(channel)
    )
