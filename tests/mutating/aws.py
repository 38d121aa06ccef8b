"""Resources of AWS that the shipped stacks have none of, as they should be: what stands beside `prod` when
somebody adds a machine, a service or a cluster.
"""

from __future__ import annotations

import json
from typing import Any

from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    BACKUP_SELECTION,
    CAPACITY_RESERVATION,
    EKS_CLUSTER,
    INSTANCE,
    JOB_DEFINITION,
    LAUNCH_TEMPLATE,
    NODE_GROUP,
    TASK_DEFINITION,
    VOLUME,
)
from modelyard_policies.graph import UNKNOWN
from mutating import add

TAGS = {"environment": "prod", "owner": "ml", "cost-center": "cc-1", "data-classification": "restricted"}
KEY = "Key prod-keys-volumes"
PROFILE = "InstanceProfile prod-cluster-roles-node"
ENCRYPTED = {"encrypted": True, "kmsKeyId": UNKNOWN}
CLOSED = {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1}
IMAGE = f"345678901234.dkr.ecr.us-east-1.amazonaws.com/prod/training@sha256:{'0' * 64}"
IN_PROD: dict[str, Any] = {"region": "us-east-1"}


MACHINES = (
    add(
        INSTANCE,
        "login",
        {
            "ami": "ami-1",
            "instanceType": "m7i.large",
            "tags": TAGS,
            "metadataOptions": CLOSED,
            "associatePublicIpAddress": False,
            "iamInstanceProfile": UNKNOWN,
            "rootBlockDevice": ENCRYPTED,
            "userData": "#!/bin/sh\ndnf install --assumeyes tmux\n",
        },
        {"iamInstanceProfile": [PROFILE], "rootBlockDevice": [KEY]},
        **IN_PROD,
    ),
    add(
        VOLUME,
        "scratch",
        {"size": 100, "tags": {**TAGS, "modelyard:backup": "prod"}, **ENCRYPTED},
        {"kmsKeyId": [KEY]},
        **IN_PROD,
    ),
    add(
        BACKUP_SELECTION,
        "volumes",
        {
            "name": "volumes",
            "planId": UNKNOWN,
            "iamRoleArn": UNKNOWN,
            "selectionTags": [{"type": "STRINGEQUALS", "key": "modelyard:backup", "value": "prod"}],
        },
        {"planId": ["Plan prod-backup"], "iamRoleArn": ["Role prod-backup"]},
        **IN_PROD,
    ),
    add(
        CAPACITY_RESERVATION,
        "launch",
        {
            "instanceType": "p5.48xlarge",
            "endDateType": "limited",
            "endDate": "2027-01-31T00:00:00Z",
            "tags": TAGS,
        },
        **IN_PROD,
    ),
    add(
        LAUNCH_TEMPLATE,
        "web",
        {
            "name": "web",
            "instanceType": "c7i.large",
            "metadataOptions": CLOSED,
            "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": ENCRYPTED}],
            "networkInterfaces": [{"deviceIndex": 0, "associatePublicIpAddress": "false"}],
            "tagSpecifications": [{"resourceType": kind, "tags": TAGS} for kind in ("instance", "volume")],
            "tags": TAGS,
        },
        {"blockDeviceMappings": [KEY]},
        **IN_PROD,
    ),
    add(
        AUTO_SCALING_GROUP,
        "web",
        {
            "minSize": 1,
            "maxSize": 4,
            "launchTemplate": {"name": "web"},
            "tags": [
                {"key": key, "value": value, "propagateAtLaunch": True}
                for key, value in {**TAGS, "stage": "production"}.items()
            ],
        },
        **IN_PROD,
    ),
)
"""A machine, a disk, a reservation, and a group of web servers."""

CONTAINER: dict[str, Any] = {
    "name": "server",
    "image": IMAGE,
    "readonlyRootFilesystem": True,
    "environment": [{"name": "LOG_LEVEL", "value": "info"}],
}

CONTAINERS = (
    add(
        TASK_DEFINITION,
        "server",
        {"family": "server", "containerDefinitions": json.dumps([CONTAINER]), "tags": TAGS},
        **IN_PROD,
    ),
    add(
        JOB_DEFINITION,
        "train",
        {
            "name": "train",
            "type": "multinode",
            "tags": TAGS,
            "nodeProperties": json.dumps(
                {
                    "mainNode": 0,
                    "numNodes": 2,
                    "nodeRangeProperties": [{"targetNodes": "0:", "container": CONTAINER}],
                }
            ),
        },
        **IN_PROD,
    ),
    add(
        EKS_CLUSTER,
        "serving",
        {
            "name": "serving",
            "tags": TAGS,
            "vpcConfig": {"endpointPublicAccess": False, "endpointPrivateAccess": True},
            "encryptionConfig": {"provider": {"keyArn": UNKNOWN}, "resources": ["secrets"]},
            "enabledClusterLogTypes": ["api", "audit"],
        },
        {"encryptionConfig": ["Key prod-keys-datasets"]},
        **IN_PROD,
    ),
    add(
        NODE_GROUP,
        "serving",
        {
            "clusterName": "serving",
            "launchTemplate": {"name": "web", "version": "1"},
            "scalingConfig": {"minSize": 0, "desiredSize": 0, "maxSize": 2},
            "tags": TAGS,
        },
        **IN_PROD,
    ),
)
"""A service, a job, and a cluster for Kubernetes with nodes."""
