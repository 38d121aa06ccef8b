"""A GpuCluster alone with one pool: the arguments that its tests change."""

from __future__ import annotations

from previewing import PLACE

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
POOL = {
    "name": "cpu",
    "instance_type": "c7i.4xlarge",
    "max_nodes": 4,
    "capacity_mode": "on_demand",
    "zone_ids": ["euc1-az1"],
}
CLUSTER = {
    **PLACE,
    "environment": "dev",
    "subnet_ids": {"euc1-az1": "subnet-1"},
    "security_group_id": "sg-1",
    "volume_key_arn": KEY,
    "logs_key_arn": KEY,
    "registry_key_arn": KEY,
    "datasets_bucket": "data",
    "checkpoints_bucket": "check",
    "checkpoints_key_arn": KEY,
}
