"""What an account has once."""

from typing import Final

import pulumi
import pulumi_aws as aws

from modelyard.account.spec import AwsAccount
from modelyard.aws.account.detection import (
    analyze_access,
    gather_findings,
    scan_software,
    watch_for_attacks,
)
from modelyard.aws.account.frame import Frame
from modelyard.aws.account.records import keep_records
from modelyard.aws.account.settings import (
    set_instance_metadata,
    set_s3_public_access,
    set_snapshot_public_access,
    set_volume_encryption,
    set_vpc_public_access,
)
from modelyard.planning.tags import required_tags
from modelyard.wiring.outputs import together
from modelyard.wiring.tokens import AWS, token

ADOPTED_TYPES: Final = {
    "s3_public_access": "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    "ebs_encryption": "aws:ebs/encryptionByDefault:EncryptionByDefault",
    "snapshot_public_access": "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
    "instance_metadata": "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
    "vpc_public_access": "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
    "trail": "aws:cloudtrail/trail:Trail",
    "guardduty": "aws:guardduty/detector:Detector",
    "config": "aws:cfg/recorder:Recorder",
    "security_hub": "aws:securityhub/account:Account",
    "inspector": "aws:inspector2/enabler:Enabler",
    "access_analyzer": "aws:accessanalyzer/analyzer:Analyzer",
    "cost_allocation_tags": "aws:costexplorer/costAllocationTag:CostAllocationTag",
}
"""For each part of an account, the type of what it is when it is created."""


def provider_of(account: AwsAccount) -> pulumi.ResourceOptions:
    """The provider of an account: its primary region, and it alone, whoever's credentials these are."""
    provider = aws.Provider(
        account.name, region=account.regions.primary, allowed_account_ids=[account.account_id]
    )
    return pulumi.ResourceOptions(provider=provider)


class Account(pulumi.ComponentResource):
    """Settings, records and detectors that an account has once, for all environments in it.

    What is regional is made in each of the account's regions. Each part is created, adopted or left alone, as
    the account says. What is adopted and has an id is read at each update, which fails if it isn't there; it
    is neither changed nor deleted. The types of what is adopted are an input of the component, so that
    whoever judges the stack can tell it from what nobody sets.

    Everything is protected from deletion unless `deletion_protection` is false, because `pulumi destroy`
    would take protection away from every environment of the account.
    """

    settings: pulumi.Output[dict[str, str]]
    """What others may want to refer to: trail_arn, trail_bucket, config_bucket, and for each region
    detector_id_REGION and volumes_key_arn_REGION, as far as there are any."""

    def __init__(self, name: str, account: AwsAccount, opts: pulumi.ResourceOptions | None = None) -> None:
        protection = pulumi.ResourceOptions(protect=account.deletion_protection)
        super().__init__(
            token(AWS, "Account"),
            name,
            {"adopted": _adopted(account)},
            pulumi.ResourceOptions.merge(protection, opts),
        )
        tags = required_tags(account.name, account.owner, account.cost_center, account.data_classification)
        frame = Frame(name, account, tags, self)
        set_s3_public_access(frame)
        outputs = set_volume_encryption(frame)
        set_snapshot_public_access(frame)
        set_instance_metadata(frame)
        set_vpc_public_access(frame)
        outputs |= keep_records(frame)
        outputs |= watch_for_attacks(frame)
        gather_findings(frame)
        scan_software(frame)
        analyze_access(frame)
        if account.cost_allocation_tags.mode == "create":
            _activate_cost_tags(frame)
        self.settings = together(outputs)
        self.register_outputs({"settings": self.settings})


def _adopted(account: AwsAccount) -> list[str]:
    return [kind for part, kind in ADOPTED_TYPES.items() if getattr(account, part).mode == "adopt"]


def _activate_cost_tags(frame: Frame) -> None:
    """Costs can be told apart by each tag that our resources carry."""
    for key in frame.tags:
        aws.costexplorer.CostAllocationTag(
            frame.named(f"cost-{key}"), tag_key=key, status="Active", opts=frame.child()
        )
