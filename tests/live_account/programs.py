"""Small programs, each of which holds if the cloud accepts what it registers.

They hold what the sandbox can't prove: how AWS reads what its documentation leaves open.
"""

from __future__ import annotations

KEYS = """
from modelyard.aws.encryption import Encryption

# KMS looks principals up: service-linked roles have to be there, and every condition has to be one it knows.
Encryption(RUN, {**PLACE, "spot": True, "deletion_window_days": 7, "tags": TAGS})
"""

VAULT = """
from modelyard.aws.backup import Backup
from modelyard.aws.encryption import Encryption

keys = Encryption(RUN, {**PLACE, "purposes": ["backup"], "deletion_window_days": 7, "tags": TAGS})
Backup(
    f"{RUN}-backup",
    {
        **PLACE,
        "environment": RUN,
        "vault_key_arn": keys.key_arn("backup"),
        "every_hours": 24,
        "retention_days": 7,
        "lock_mode": "governance",
        "lock_min_retention_days": 1,
        "lock_max_retention_days": 60,
        "restore_test_every": "month",
        "restore_test_types": ["S3"],
        "tags": TAGS,
    },
)
"""

REPLICATION = """
from modelyard.aws.encryption import Encryption
from modelyard.aws.replica_keys import ReplicaKeys
from modelyard.aws.replication import Replication
from modelyard.aws.storage import Storage

window = {"deletion_window_days": 7, "tags": TAGS}
keys = Encryption(RUN, {**PLACE, "purposes": ["checkpoints"], "multi_region": True, **window})
replicas = ReplicaKeys(
    f"{RUN}-replicas",
    {**ELSEWHERE, "primary_key_arns": {"checkpoints": keys.key_arn("checkpoints")}, **window},
)
locked = {"object_lock": True, "lock_mode": "governance", "lock_days": 1}
here, there = (
    Storage(
        f"{RUN}-{name}",
        {
            **place,
            "environment": RUN,
            "buckets": {"checkpoints": {"key_arn": key.key_arn("checkpoints"), **locked}},
            "tags": TAGS,
        },
    )
    for name, place, key in (("here", PLACE, keys), ("there", ELSEWHERE, replicas))
)
Replication(
    f"{RUN}-replication",
    {
        "environment": RUN,
        "region": PLACE["region"],
        "destination_region": ELSEWHERE["region"],
        "buckets": {
            "checkpoints": {
                "source_bucket": here.bucket_name("checkpoints"),
                "source_key_arn": keys.key_arn("checkpoints"),
                "destination_bucket": there.bucket_name("checkpoints"),
                "destination_key_arn": replicas.key_arn("checkpoints"),
                "object_lock": True,
            }
        },
        "tags": TAGS,
    },
    opts=pulumi.ResourceOptions(depends_on=[here, there]),
)
"""

CAPACITY_BLOCK = """
from modelyard.aws.encryption import Encryption
from modelyard.aws.gpu_cluster import GpuCluster
from modelyard.aws.network import Network
from modelyard.catalog.instances import offered_zone_ids

TYPE = "p5.48xlarge"
zones = list(offered_zone_ids(TYPE, PLACE["region"])[:1])
purposes = ["volumes", "logs", "registry", "checkpoints"]
keys = Encryption(RUN, {**PLACE, "purposes": purposes, "deletion_window_days": 7, "tags": TAGS})
network = Network(
    f"{RUN}-network",
    {
        **PLACE,
        "environment": RUN,
        "cidr": "10.252.0.0/22",
        "zone_ids": zones,
        "egress": "endpoints",
        "interface_services": [],
        "logs_key_arn": keys.key_arn("logs"),
        "tags": TAGS,
    },
)
GpuCluster(
    f"{RUN}-cluster",
    {
        **PLACE,
        "environment": RUN,
        "pools": [
            {
                "name": "block",
                "instance_type": TYPE,
                "max_nodes": 1,
                "max_nodes_per_job": 1,
                "capacity_mode": "capacity_block",
                # A block that nobody has: Batch looks at it only when it starts a machine, and none is started.
                "reservation_id": "cr-00000000000000000",
                "starts_at": "2027-01-01T11:30:00Z",
                "ends_at": "2027-01-02T11:30:00Z",
                "zone_ids": zones,
            }
        ],
        "subnet_ids": network.private_subnet_ids,
        "security_group_id": network.fabric_security_group_id,
        "volume_key_arn": keys.key_arn("volumes"),
        "logs_key_arn": keys.key_arn("logs"),
        "registry_key_arn": keys.key_arn("registry"),
        "datasets_bucket": f"{RUN}-datasets",
        "checkpoints_bucket": f"{RUN}-checkpoints",
        "checkpoints_key_arn": keys.key_arn("checkpoints"),
        "tags": TAGS,
    },
)
"""

PROGRAMS = {
    "keys": KEYS,
    "vault": VAULT,
    "replication": REPLICATION,
    "capacity-block": CAPACITY_BLOCK,
}
"""By the name of the project that each is brought up as."""
