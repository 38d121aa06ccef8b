"""An API: a function, its table, its gateway."""

import json

import pulumi
import pulumi_aws as aws
from warmup import Warmup

config = pulumi.Config()
api_key = config.require_secret("apiKey")
account = aws.get_caller_identity_output()

table = aws.dynamodb.Table(
    "items",
    billing_mode="PAY_PER_REQUEST",
    hash_key="id",
    attributes=[{"name": "id", "type": "S"}],
)
role = aws.iam.Role(
    "api",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    ),
)
aws.iam.RolePolicyAttachment(
    "logs", role=role.name, policy_arn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
)
aws.iam.RolePolicy(
    "table",
    role=role.id,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": table.arn}],
        }
    ),
)
aws.iam.RolePolicy(
    "pass",
    role=role.id,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": ["iam:PassRole", "lambda:CreateFunction"],
                "Resource": "*",
            },
        }
    ),
)
function = aws.lambda_.Function(
    "api",
    runtime="python3.12",
    handler="index.handler",
    role=role.arn,
    code=pulumi.AssetArchive({".": pulumi.FileArchive("./handler")}),
    environment={"variables": {"TABLE": table.name, "API_KEY": api_key}},
)
api = aws.apigatewayv2.Api("http", protocol_type="HTTP", route_key="GET /", target=function.invoke_arn)
aws.lambda_.Permission(
    "gateway",
    action="lambda:InvokeFunction",
    principal="apigateway.amazonaws.com",
    function=function.name,
    source_arn=pulumi.Output.concat(api.execution_arn, "/*/*"),
)
aws.cloudwatch.LogGroup("api", name=pulumi.Output.concat("/aws/lambda/", function.name), retention_in_days=14)
Warmup("warm", api.api_endpoint)

pulumi.export("url", api.api_endpoint)
pulumi.export("owner", account.account_id)
