"""What an account has once: EC2's defaults, trails, recorders, detectors, Security Hub, analyzers, cost tags."""

from __future__ import annotations

from documented_refusals.case import Account


def run(account: Account) -> None:
    """Every operation that the sandbox adds to these services."""
    _defaults(account)
    _guardduty(account)
    _security_hub(account)
    _analyzers(account)
    _cost_tags(account)


def _defaults(account: Account) -> None:
    ec2, kms = account.client("ec2"), account.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    ec2.get_ebs_default_kms_key_id()
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=key)
    ec2.reset_ebs_default_kms_key_id()
    ec2.enable_snapshot_block_public_access(State="block-all-sharing")
    ec2.get_snapshot_block_public_access_state()
    ec2.disable_snapshot_block_public_access()
    ec2.modify_instance_metadata_defaults(HttpTokens="required", HttpPutResponseHopLimit=2)
    ec2.get_instance_metadata_defaults()
    ec2.describe_vpc_block_public_access_options()
    ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode="block-ingress")


def _guardduty(account: Account) -> None:
    guardduty = account.client("guardduty")
    id_ = guardduty.create_detector(Enable=True, Tags={"team": "training"})["DetectorId"]
    extra = [{"Name": "EC2_AGENT_MANAGEMENT", "Status": "ENABLED"}]
    runtime = {"Name": "RUNTIME_MONITORING", "Status": "ENABLED", "AdditionalConfiguration": extra}
    guardduty.update_detector(DetectorId=id_, Features=[runtime])
    guardduty.get_detector(DetectorId=id_)
    arn = f"arn:aws:guardduty:{account.region}:{account.account_id}:detector/{id_}"
    guardduty.tag_resource(ResourceArn=arn, Tags={"cost": "gpu"})
    guardduty.list_tags_for_resource(ResourceArn=arn)
    guardduty.untag_resource(ResourceArn=arn, TagKeys=["cost"])


def _security_hub(account: Account) -> None:
    hub = account.client("securityhub")
    hub.enable_security_hub()
    hub.update_security_hub_configuration(AutoEnableControls=False)
    hub.describe_hub()
    arn = f"arn:aws:securityhub:{account.region}::standards/nist-800-53/v/5.0.0"
    made = hub.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": arn}])
    hub.get_enabled_standards()
    subscriptions = [item["StandardsSubscriptionArn"] for item in made["StandardsSubscriptions"]]
    hub.batch_disable_standards(StandardsSubscriptionArns=subscriptions)


def _analyzers(account: Account) -> None:
    analyzers = account.client("accessanalyzer")
    age = {"unusedAccess": {"unusedAccessAge": 90}}
    analyzers.create_analyzer(
        analyzerName="unused", type="ACCOUNT_UNUSED_ACCESS", configuration=age, tags={"team": "training"}
    )
    analyzers.get_analyzer(analyzerName="unused")
    analyzers.list_analyzers(type="ACCOUNT_UNUSED_ACCESS")
    analyzers.update_analyzer(analyzerName="unused", configuration={"unusedAccess": {"unusedAccessAge": 180}})
    arn = f"arn:aws:access-analyzer:{account.region}:{account.account_id}:analyzer/unused"
    analyzers.tag_resource(resourceArn=arn, tags={"cost": "gpu"})
    analyzers.list_tags_for_resource(resourceArn=arn)
    analyzers.untag_resource(resourceArn=arn, tagKeys=["cost"])
    analyzers.delete_analyzer(analyzerName="unused")


def _cost_tags(account: Account) -> None:
    costs = account.client("ce")
    asked = [{"TagKey": "environment", "Status": "Active"}]
    costs.update_cost_allocation_tags_status(CostAllocationTagsStatus=asked)
    costs.list_cost_allocation_tags(Status="Active", MaxResults=10)
