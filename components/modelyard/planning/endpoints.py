"""Which of the cloud's services nodes reach by interface endpoints when there is no way to the internet."""

from __future__ import annotations

INTERFACE_SERVICES: tuple[str, ...] = (
    "batch",
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "ecs-agent",
    "ecs-telemetry",
    "kms",
    "logs",
    "monitoring",
    "ssm",
    "sts",
)
"""ECS needs three, ECR two (Amazon ECS Developer Guide, "Interface VPC endpoints"; Amazon ECR User Guide,
"VPC endpoints"; both 2026-11). `monitoring` takes the metrics of the nodes' agents (Amazon CloudWatch User
Guide, "Using CloudWatch with interface VPC endpoints", 2026-11). S3 has a gateway endpoint, which costs
nothing."""

KEEPING_SERVICES: dict[str, str] = {
    "ecr.api": "ecr:*",
    "ecr.dkr": "ecr:*",
    "logs": "logs:*",
    "monitoring": "cloudwatch:*",
    "secretsmanager": "secretsmanager:*",
    "ssm": "ssm:*",
}
"""Those that keep what they are sent, in the account of whoever sends it, each with its actions. Their
endpoints take a policy (AWS PrivateLink Guide, "AWS services that integrate with AWS PrivateLink", 2026-11).
"""
