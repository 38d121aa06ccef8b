"""A queue for training on GPUs, with a shared file system and a bucket of results."""

import base64
import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
token = config.require_secret("hubToken")
tags = {"project": "vision", "stage": "dev"}

vpc = aws.ec2.get_vpc_output(default=True)
subnets = aws.ec2.get_subnets_output(filters=[{"name": "vpc-id", "values": [vpc.id]}])
image = aws.ssm.get_parameter_output(
    name="/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id"
)

results = aws.s3.BucketV2("results", force_destroy=True, tags=tags)
aws.s3.BucketVersioningV2("results", bucket=results.id, versioning_configuration={"status": "Enabled"})
files = aws.efs.FileSystem("home", tags=tags)
group = aws.ec2.SecurityGroup(
    "nodes",
    vpc_id=vpc.id,
    ingress=[
        {"protocol": "-1", "from_port": 0, "to_port": 0, "self": True},
        {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": [vpc.cidr_block]},
    ],
    egress=[{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}],
    tags=tags,
)
role = aws.iam.Role(
    "nodes",
    assume_role_policy=aws.iam.get_policy_document_output(
        statements=[
            {
                "actions": ["sts:AssumeRole"],
                "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
            }
        ]
    ).json,
    tags=tags,
)
profile = aws.iam.InstanceProfile("nodes", role=role.name)
script = """#!/bin/bash
export WANDB_API_KEY=0123456789abcdef0123456789abcdef01234567
mount -t efs home:/ /home
"""
template = aws.ec2.LaunchTemplate(
    "nodes",
    image_id=image.value,
    user_data=base64.b64encode(script.encode()).decode(),
    network_interfaces=[
        {
            "device_index": 0,
            "interface_type": "efa",
            "security_groups": [group.id],
            "associate_public_ip_address": "true",
        }
    ],
    metadata_options={"http_endpoint": "enabled", "http_put_response_hop_limit": 2},
    block_device_mappings=[{"device_name": "/dev/xvda", "ebs": {"volume_size": 200}}],
    tags=tags,
)
environment = aws.batch.ComputeEnvironment(
    "gpus",
    type="MANAGED",
    compute_resources={
        "type": "EC2",
        "allocation_strategy": "BEST_FIT_PROGRESSIVE",
        "instance_types": ["p4d.24xlarge"],
        "instance_role": profile.arn,
        "min_vcpus": 96,
        "max_vcpus": config.require_int("maxGpus") // 8 * 96,
        "subnets": subnets.ids,
        "launch_template": {"launch_template_id": template.id, "version": "$Latest"},
    },
    tags=tags,
)
aws.batch.JobQueue(
    "gpus",
    state="ENABLED",
    priority=1,
    compute_environment_orders=[{"order": 1, "compute_environment": environment.arn}],
    tags=tags,
)
aws.batch.JobDefinition(
    "train",
    type="container",
    container_properties=pulumi.Output.json_dumps(
        {
            "image": "pytorch/pytorch:latest",
            "privileged": True,
            "environment": [{"name": "HF_TOKEN", "value": token}],
            "resourceRequirements": [{"type": "GPU", "value": "8"}],
        }
    ),
    tags=tags,
)
aws.batch.JobDefinition(
    "evaluate",
    type="container",
    container_properties=json.dumps(
        {"image": "pytorch/pytorch:latest", "privileged": True, "command": ["python", "evaluate.py"]}
    ),
    tags=tags,
)
pulumi.export("bucket", results.bucket)
