"""Roles for continuous integration, a user for what came before, and the records of the account."""

import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
repository = config.require("repository")
account = aws.get_caller_identity_output().account_id

github = aws.iam.OpenIdConnectProvider(
    "github", url="https://token.actions.githubusercontent.com", client_id_lists=["sts.amazonaws.com"]
)


def trusted(condition):
    return github.arn.apply(
        lambda arn: json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRoleWithWebIdentity",
                        "Principal": {"Federated": arn},
                        "Condition": condition,
                    }
                ],
            }
        )
    )


aws.iam.Role(
    "deploy",
    assume_role_policy=trusted(
        {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": f"repo:{repository}:ref:refs/heads/main",
            }
        }
    ),
)
literal = "arn:aws:iam::210987654321:oidc-provider/token.actions.githubusercontent.com"
aws.iam.Role(
    "preview",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Principal": {"Federated": literal},
                    "Condition": {
                        "StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/*"},
                    },
                }
            ],
        }
    ),
)
aws.iam.Role(
    "vendor",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
        }
    ),
)
user = aws.iam.User("jenkins")
key = aws.iam.AccessKey("jenkins", user=user.name)
aws.iam.UserPolicyAttachment(
    "jenkins", user=user.name, policy_arn="arn:aws:iam::aws:policy/AdministratorAccess"
)
records = aws.s3.Bucket("records")
trail = aws.cloudtrail.Trail(
    "main", s3_bucket_name=records.bucket, is_multi_region_trail=False, enable_log_file_validation=False
)
secret_key = aws.kms.Key(
    "shared",
    deletion_window_in_days=7,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}],
        }
    ),
)
pulumi.export("keyId", key.id)
pulumi.export("secret", key.secret)
pulumi.export("account", account)
