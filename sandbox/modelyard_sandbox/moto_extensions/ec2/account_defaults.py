"""EC2: what an account sets for a region at a time: the key of volumes, public snapshots, instance metadata,
and what VPCs let in.

A change is in effect at once. Sources: EC2 API reference, the operations of these names; EC2 user guide,
"Configure instance metadata options"; VPC user guide, "Block public access to VPCs and subnets"; 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.responses import EC2Response

from modelyard_sandbox.moto_extensions.ec2.checks import one_of, refuse, required, whole_number
from modelyard_sandbox.moto_extensions.operations import add_operations, before
from modelyard_sandbox.moto_extensions.store import store_of

AWS_EBS_KEY = "alias/aws/ebs"
SHARING_STATES = ("block-all-sharing", "block-new-sharing")
BLOCK_MODES = ("off", "block-bidirectional", "block-ingress")
NO_PREFERENCE = "no-preference"
METADATA_CHOICES = {
    "HttpTokens": ("optional", "required", NO_PREFERENCE),
    "HttpEndpoint": ("disabled", "enabled", NO_PREFERENCE),
    "InstanceMetadataTags": ("disabled", "enabled", NO_PREFERENCE),
    "HttpTokensEnforced": ("disabled", "enabled", NO_PREFERENCE),
}
HOPS = "HttpPutResponseHopLimit"
NO_HOPS_PREFERRED, HOPS_MAX = -1, 64


def install() -> None:
    """Add the operations to moto's EC2."""
    before(EC2Response, "modify_ebs_default_kms_key_id", _check_key)
    add_operations(
        EC2Response,
        get_ebs_default_kms_key_id,
        reset_ebs_default_kms_key_id,
        enable_snapshot_block_public_access,
        disable_snapshot_block_public_access,
        get_snapshot_block_public_access_state,
        modify_instance_metadata_defaults,
        get_instance_metadata_defaults,
        modify_vpc_block_public_access_options,
        describe_vpc_block_public_access_options,
    )


def get_ebs_default_kms_key_id(self: Any) -> ActionResult:
    """GetEbsDefaultKmsKeyId."""
    return ActionResult({"KmsKeyId": self.ec2_backend.default_kms_key_id or AWS_EBS_KEY})


def reset_ebs_default_kms_key_id(self: Any) -> ActionResult:
    """ResetEbsDefaultKmsKeyId: back to AWS's own key."""
    self.error_on_dryrun()
    self.ec2_backend.default_kms_key_id = ""
    return ActionResult({"KmsKeyId": AWS_EBS_KEY})


def enable_snapshot_block_public_access(self: Any) -> ActionResult:
    """EnableSnapshotBlockPublicAccess."""
    state = one_of("State", required(self, "State"), SHARING_STATES)
    self.error_on_dryrun()
    _settings(self)["snapshots"] = state
    return ActionResult({"State": state})


def disable_snapshot_block_public_access(self: Any) -> ActionResult:
    """DisableSnapshotBlockPublicAccess."""
    self.error_on_dryrun()
    _settings(self).pop("snapshots", None)
    return ActionResult({"State": "unblocked"})


def get_snapshot_block_public_access_state(self: Any) -> ActionResult:
    """GetSnapshotBlockPublicAccessState."""
    return ActionResult({"State": _settings(self).get("snapshots", "unblocked"), "ManagedBy": "account"})


def modify_instance_metadata_defaults(self: Any) -> ActionResult:
    """ModifyInstanceMetadataDefaults: what isn't named stays as it is."""
    named: dict[str, Any] = {}
    for name, choices in METADATA_CHOICES.items():
        value = self._get_param(name)
        if value is not None:
            named[name] = one_of(name, value, choices)
    hops = self._get_param(HOPS)
    if hops is not None:
        named[HOPS] = whole_number(HOPS, hops, NO_HOPS_PREFERRED, HOPS_MAX)
        if named[HOPS] == 0:
            refuse(
                "InvalidParameterValue", f"Value (0) for parameter {HOPS} is invalid: from 1 to 64, or -1."
            )
    self.error_on_dryrun()
    defaults = {**_settings(self).get("metadata", {}), **named}
    _settings(self)["metadata"] = {
        name: value for name, value in defaults.items() if value not in (NO_PREFERENCE, NO_HOPS_PREFERRED)
    }
    return ActionResult({"Return": True})


def get_instance_metadata_defaults(self: Any) -> ActionResult:
    """GetInstanceMetadataDefaults: only what there is a preference for."""
    return ActionResult({"AccountLevel": {**_settings(self).get("metadata", {}), "ManagedBy": "account"}})


def modify_vpc_block_public_access_options(self: Any) -> ActionResult:
    """ModifyVpcBlockPublicAccessOptions."""
    mode = one_of("InternetGatewayBlockMode", required(self, "InternetGatewayBlockMode"), BLOCK_MODES)
    self.error_on_dryrun()
    _settings(self)["vpc"] = {
        "State": "update-complete",
        "InternetGatewayBlockMode": mode,
        "LastUpdateTimestamp": utcnow(),
    }
    return describe_vpc_block_public_access_options(self)


def describe_vpc_block_public_access_options(self: Any) -> ActionResult:
    """DescribeVpcBlockPublicAccessOptions."""
    untouched = {"State": "default-state", "InternetGatewayBlockMode": "off", "LastUpdateTimestamp": utcnow()}
    options = {
        "AwsAccountId": self.current_account,
        "AwsRegion": self.region,
        "ManagedBy": "account",
        "ExclusionsAllowed": "allowed",
        **_settings(self).get("vpc", untouched),
    }
    return ActionResult({"VpcBlockPublicAccessOptions": options})


def _check_key(self: Any) -> None:
    from moto.kms.models import kms_backends

    required(self, "KmsKeyId")
    key_id = self._get_param("KmsKeyId")
    keys: Any = kms_backends[self.current_account][self.region]
    try:
        found = keys.describe_key(key_id)
    except Exception:  # noqa: BLE001 (whatever KMS says: EC2 has one word for it)
        found = None
    if found is None or not found.enabled or found.key_manager == "AWS":
        refuse(
            "InvalidKmsKeyId", f"The KMS key '{key_id}' does not exist, is disabled or isn't a customer's."
        )


def _settings(self: Any) -> dict[str, Any]:
    return store_of(self.ec2_backend, "account_defaults")
