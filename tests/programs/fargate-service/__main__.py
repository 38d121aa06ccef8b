"""A service on Fargate, in a network that another stack made."""

import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
network = pulumi.StackReference(config.require("networkStack"))
vpc_id = network.get_output("vpcId")
public_subnets = network.get_output("publicSubnetIds")
private_subnets = network.get_output("privateSubnetIds")
password = config.require_secret("dbPassword")

current = aws.get_caller_identity_output()
region = aws.get_region_output()

cluster = aws.ecs.Cluster("app", settings=[{"name": "containerInsights", "value": "enabled"}])
logs = aws.cloudwatch.LogGroup("app", retention_in_days=7)

balancer_group = aws.ec2.SecurityGroup(
    "lb",
    vpc_id=vpc_id,
    ingress=[
        {"protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": ["0.0.0.0/0"]}
        for port in (80, 443)
    ],
)
service_group = aws.ec2.SecurityGroup("service", vpc_id=vpc_id)
aws.vpc.SecurityGroupIngressRule(
    "from-lb",
    security_group_id=service_group.id,
    referenced_security_group_id=balancer_group.id,
    ip_protocol="tcp",
    from_port=8080,
    to_port=8080,
)
aws.vpc.SecurityGroupIngressRule(
    "metrics",
    description="Prometheus of the network stack",
    security_group_id=service_group.id,
    cidr_ipv4=network.get_output("vpcCidr"),
    ip_protocol="tcp",
    from_port=9090,
    to_port=9090,
)

balancer = aws.lb.LoadBalancer("app", security_groups=[balancer_group.id], subnets=public_subnets)
target = aws.lb.TargetGroup("app", port=8080, protocol="HTTP", target_type="ip", vpc_id=vpc_id)
listener = aws.lb.Listener(
    "http",
    load_balancer_arn=balancer.arn,
    port=80,
    default_actions=[{"type": "forward", "target_group_arn": target.arn}],
)

trust = aws.iam.get_policy_document(
    statements=[
        {
            "actions": ["sts:AssumeRole"],
            "principals": [{"type": "Service", "identifiers": ["ecs-tasks.amazonaws.com"]}],
        }
    ]
)
role = aws.iam.Role("task", assume_role_policy=trust.json)
aws.iam.RolePolicyAttachment(
    "task",
    role=role.name,
    policy_arn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)
aws.iam.RolePolicy(
    "exec",
    role=role.id,
    policy=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    ),
)

task = aws.ecs.TaskDefinition(
    "app",
    family="app",
    cpu="256",
    memory="512",
    network_mode="awsvpc",
    requires_compatibilities=["FARGATE"],
    execution_role_arn=role.arn,
    task_role_arn=role.arn,
    container_definitions=json.dumps(
        [
            {
                "name": "app",
                "image": config.require("image"),
                "portMappings": [{"containerPort": 8080}],
                "environment": [
                    {"name": "LOG_LEVEL", "value": "info"},
                    {"name": "DB_PASSWORD", "value": "correct-horse-battery"},
                ],
            }
        ]
    ),
)

aws.ecs.Service(
    "app",
    cluster=cluster.arn,
    desired_count=2,
    launch_type="FARGATE",
    task_definition=task.arn,
    network_configuration={"subnets": private_subnets, "security_groups": [service_group.id]},
    load_balancers=[{"target_group_arn": target.arn, "container_name": "app", "container_port": 8080}],
    opts=pulumi.ResourceOptions(depends_on=[listener]),
)
aws.ssm.Parameter("db-password", type="SecureString", value=password)

pulumi.export("url", balancer.dns_name)
pulumi.export("account", current.account_id)
pulumi.export("region", region.region)
