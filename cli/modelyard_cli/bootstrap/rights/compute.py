"""Rights on queues, images, logs, alarms and money: all of them have the environment's name."""

from __future__ import annotations

from modelyard_cli.bootstrap.rights.scope import Grant, Scope

BATCH = (
    "batch.ComputeEnvironment",
    "batch.JobDefinition",
    "batch.JobQueue",
    "batch.SchedulingPolicy",
)
REGISTRY = ("ecr.LifecyclePolicy", "ecr.Repository", "ecr.ReplicationConfiguration")
MONITORING = (
    "cloudwatch.Dashboard",
    "cloudwatch.EventRule",
    "cloudwatch.EventTarget",
    "cloudwatch.LogGroup",
    "cloudwatch.LogMetricFilter",
    "cloudwatch.MetricAlarm",
    "lambda_.Function",
    "lambda_.Permission",
    "scheduler.Schedule",
    "scheduler.ScheduleGroup",
    "sns.Topic",
    "sns.TopicPolicy",
    "sns.TopicSubscription",
)
MONEY = ("budgets.Budget", "budgets.BudgetAction")


def batch_grants(scope: Scope) -> list[Grant]:
    """The grants of Batch and of the registry."""
    repositories = [
        f"arn:aws:ecr:{region}:{scope.account_id}:repository/{scope.environment}{end}"
        for region in scope.naming.regions
        for end in ("-*", "/*")
    ]
    return [
        Grant(
            "OwnQueues",
            BATCH,
            [
                "batch:CreateComputeEnvironment",
                "batch:CreateJobQueue",
                "batch:CreateSchedulingPolicy",
                "batch:DeleteComputeEnvironment",
                "batch:DeleteJobQueue",
                "batch:DeleteSchedulingPolicy",
                "batch:DeregisterJobDefinition",
                "batch:RegisterJobDefinition",
                "batch:TagResource",
                "batch:UntagResource",
                "batch:UpdateComputeEnvironment",
                "batch:UpdateJobQueue",
                "batch:UpdateSchedulingPolicy",
            ],
            scope.named(
                "batch", "compute-environment/", "job-queue/", "job-definition/", "scheduling-policy/"
            ),
        ),
        Grant(
            # These take no resource (Service Authorization Reference, "AWS Batch", 2026-11).
            "SeeQueues",
            BATCH,
            ["batch:Describe*", "batch:List*"],
            conditions=scope.here,
        ),
        Grant(
            "OwnRepositories",
            REGISTRY,
            [
                "ecr:CreateRepository",
                "ecr:DeleteLifecyclePolicy",
                "ecr:DeleteRepository",
                "ecr:DeleteRepositoryPolicy",
                "ecr:DescribeRepositories",
                "ecr:GetLifecyclePolicy",
                "ecr:GetRepositoryPolicy",
                "ecr:ListTagsForResource",
                "ecr:PutImageScanningConfiguration",
                "ecr:PutImageTagMutability",
                "ecr:PutLifecyclePolicy",
                "ecr:SetRepositoryPolicy",
                "ecr:TagResource",
                "ecr:UntagResource",
            ],
            repositories,
        ),
        Grant(
            # One a registry: these take no resource (same reference, "Amazon ECR").
            "CopyRepositories",
            REGISTRY,
            ["ecr:DescribeRegistry", "ecr:PutReplicationConfiguration"],
            conditions=scope.here,
        ),
    ]


def monitoring_grants(scope: Scope) -> list[Grant]:
    """The grants of logs, alarms, topics and schedules."""
    logs = scope.all_of("logs", f"log-group:/modelyard/{scope.environment}/*")
    schedules = scope.named("scheduler", "schedule/", "schedule/default/", "schedule-group/")
    return [
        Grant(
            "OwnLogs",
            MONITORING,
            [
                "logs:AssociateKmsKey",
                "logs:CreateLogGroup",
                "logs:DeleteLogGroup",
                "logs:DeleteMetricFilter",
                "logs:DeleteRetentionPolicy",
                "logs:DescribeMetricFilters",
                "logs:DisassociateKmsKey",
                "logs:ListTags*",
                "logs:PutMetricFilter",
                "logs:PutRetentionPolicy",
                "logs:TagResource",
                "logs:UntagResource",
            ],
            logs,
        ),
        # These can't be bounded to what is found (Service Authorization Reference, 2026-11).
        Grant(
            "SeeMonitoring",
            MONITORING,
            [
                "cloudwatch:DescribeAlarms",
                "cloudwatch:ListTagsForResource",
                "logs:DescribeLogGroups",
                "sns:GetSubscriptionAttributes",
                "sns:ListSubscriptions*",
            ],
            conditions=scope.here,
        ),
        Grant(
            "OwnAlarmsAndSchedules",
            MONITORING,
            [
                "cloudwatch:Delete*",
                "cloudwatch:GetDashboard",
                "cloudwatch:PutDashboard",
                "cloudwatch:PutMetricAlarm",
                "cloudwatch:TagResource",
                "cloudwatch:UntagResource",
                "events:DeleteRule",
                "events:DescribeRule",
                "events:ListTagsForResource",
                "events:ListTargetsByRule",
                "events:PutRule",
                "events:PutTargets",
                "events:RemoveTargets",
                "events:TagResource",
                "events:UntagResource",
                "lambda:AddPermission",
                "lambda:CreateFunction",
                "lambda:DeleteFunction*",
                "lambda:Get*",
                "lambda:ListTags",
                "lambda:ListVersionsByFunction",
                "lambda:PutFunctionConcurrency",
                "lambda:RemovePermission",
                "lambda:TagResource",
                "lambda:UntagResource",
                "lambda:UpdateFunctionC*",
                "scheduler:*Schedule",
                "scheduler:*ScheduleGroup",
                "scheduler:*Resource",
                "sns:CreateTopic",
                "sns:DeleteTopic",
                "sns:GetTopicAttributes",
                "sns:ListTagsForResource",
                "sns:SetTopicAttributes",
                "sns:Subscribe",
                "sns:TagResource",
                "sns:Unsubscribe",
                "sns:UntagResource",
            ],
            [
                *scope.named("cloudwatch", "alarm:"),
                f"arn:aws:cloudwatch::{scope.account_id}:dashboard/{scope.environment}-*",
                *scope.named("events", "rule/"),
                *scope.named("lambda", "function:"),
                *schedules,
                *scope.named("sns", ""),
            ],
        ),
    ]


def money_grants(scope: Scope) -> list[Grant]:
    """The grants of budgets."""
    return [
        Grant(
            "OwnBudgets",
            MONEY,
            [
                "budgets:*BudgetAction",
                "budgets:DescribeBudgetAction*",
                "budgets:ListTagsForResource",
                "budgets:ModifyBudget",
                "budgets:TagResource",
                "budgets:UntagResource",
                "budgets:ViewBudget",
            ],
            [f"arn:aws:budgets::{scope.account_id}:budget/{scope.environment}-*"],
        ),
    ]


def doctor_grants(scope: Scope) -> list[Grant]:
    """What `modelyard doctor` and `modelyard pin-images` read besides."""
    images = [f"arn:aws:ssm:{region}::parameter/aws/service/*" for region in scope.naming.regions]
    return [
        Grant("SeeQuotas", (), ["servicequotas:GetServiceQuota", "servicequotas:ListServiceQuotas"]),
        Grant("SeePublicImages", (), ["ssm:GetParameter*"], images),
    ]
