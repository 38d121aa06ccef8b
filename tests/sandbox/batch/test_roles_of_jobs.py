"""Who a container of AWS Batch is in the sandbox: its role's credentials, its metadata, its secrets."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from patience import PATIENCE_SECONDS

Eventually = Callable[..., Any]
PUT = "import boto3; boto3.client('s3', 'eu-central-1').put_object(Bucket='{}', Key='k', Body=b'mine')"


def role(yard: Any) -> dict[str, str]:
    """Properties that give a container a role."""
    return {"jobRoleArn": f"arn:aws:iam::{yard.account.account_id}:role/train"}


def ask(uri: str, token: str = "") -> Any:
    """What the server answers at an address."""
    headers = {"Authorization": token} if token else {}
    request = urllib.request.Request(uri, headers=headers)  # noqa: S310 (the sandbox's)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        request, timeout=PATIENCE_SECONDS
    ) as answer:
        return json.load(answer)


def test_a_process_reaches_its_accounts_store_by_its_roles_credentials(yard: Any) -> None:
    s3, bucket = yard.account.client("s3"), f"mine-{yard.marker}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    job = yard.run(["python", "-c", PUT.format(bucket)], **role(yard))
    assert job["status"] == "SUCCEEDED", yard.account.lines(job["jobId"])
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"mine"


def test_without_a_role_a_container_has_no_credentials(yard: Any) -> None:
    job = yard.run(["python", "-c", PUT.format("mine")])
    assert job["container"]["exitCode"] == 1
    assert "NoCredentialsError" in yard.account.lines(job["jobId"])[-1]


def test_credentials_are_given_for_the_containers_token_and_while_it_runs_only(yard: Any) -> None:
    id_ = yard.submit("env; sleep 60", **role(yard))
    yard.account.when(id_, "RUNNING")
    lines: list[str] = []
    while not any(line.startswith("AWS_CONTAINER_CREDENTIALS_FULL_URI") for line in lines):
        lines = yard.account.lines(id_)
    environ = dict(line.split("=", 1) for line in lines)
    uri = environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    credentials = ask(uri, environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
    assert set(credentials) == {"RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
    assert credentials["RoleArn"] == role(yard)["jobRoleArn"]
    for token in ("", "another"):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            ask(uri, token)
    shown = ask(environ["ECS_CONTAINER_METADATA_URI_V4"])
    assert (shown["Name"], shown["Image"], shown["KnownStatus"]) == ("default", "train:1", "RUNNING")
    task = ask(environ["ECS_CONTAINER_METADATA_URI_V4"] + "/task")
    container = yard.account.job(id_)["container"]
    assert (task["TaskARN"], task["Containers"]) == (container["taskArn"], [shown])
    assert shown["LogOptions"] == {"awslogs-stream": container["logStreamName"]}
    with pytest.raises(urllib.error.HTTPError, match="404"):
        ask(environ["ECS_CONTAINER_METADATA_URI_V4"] + "/stats")
    yard.account.batch.terminate_job(jobId=id_, reason="enough")
    yard.account.ended(id_)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        ask(uri, environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"])


def test_secrets_are_variables_from_secrets_manager_and_parameters(yard: Any) -> None:
    secrets, ssm = yard.account.client("secretsmanager"), yard.account.client("ssm")
    text = json.dumps({"user": "ann", "number": 7})
    arn = secrets.create_secret(Name=f"tracking-{yard.marker}", SecretString=text)["ARN"]
    version = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"].popitem()[0]
    ssm.put_parameter(Name="plain", Value="open", Type="String")
    ssm.put_parameter(Name="/train/token", Value="closed", Type="SecureString")
    parameter = f"arn:aws:ssm:eu-central-1:{yard.account.account_id}:parameter"
    sources = {
        "WHOLE": arn,
        "USER": f"{arn}:user::",
        "NUMBER": f"{arn}:number:AWSCURRENT:",
        "VERSION": f"{arn}:user::{version}",
        "PLAIN": "plain",
        "PLAIN_ARN": f"{parameter}/plain",
        "TOKEN": f"{parameter}/train/token",
    }
    given = [{"name": name, "valueFrom": source} for name, source in sources.items()]
    job = yard.run(["printenv", *sources], secrets=given)
    assert yard.account.lines(job["jobId"]) == [
        text,
        "ann",
        "7",
        "ann",
        "open",
        "open",
        "closed",
    ]
    assert sorted(item["name"] for item in job["container"]["secrets"]) == sorted(sources)
    assert "closed" not in json.dumps(job), "nobody is shown a secret"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            "arn:aws:secretsmanager:eu-central-1:{}:secret:none-AbCdEf",
            (
                "failed: unable to retrieve secret from asm: Fetching secret data from AWS Secrets Manager in "
                "region eu-central-1: secret arn:aws:secretsmanager:eu-central-1:{}:secret:none-AbCdEf: "
                "ResourceNotFoundException: Secrets Manager can't find the specified secret."
            ),
        ),
        (
            "/none",
            (
                "failed: unable to retrieve secrets from ssm: Fetching secret data from SSM Parameter Store in "
                "eu-central-1: invalid parameters: /none"
            ),
        ),
    ],
)
def test_a_secret_that_is_not_there_fails_the_start(yard: Any, source: str, reason: str) -> None:
    account_id = yard.account.account_id
    job = yard.run("true", secrets=[{"name": "A", "valueFrom": source.format(account_id)}])
    assert job["status"] == "FAILED"
    assert job["statusReason"] == (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
        + reason.format(account_id)
    )
    assert yard.processes() == []


def test_a_key_that_a_secret_lacks_fails_the_start(yard: Any) -> None:
    secrets = yard.account.client("secretsmanager")
    arn = secrets.create_secret(Name=f"lacking-{yard.marker}", SecretString='{"user": "ann"}')["ARN"]
    job = yard.run("true", secrets=[{"name": "A", "valueFrom": f"{arn}:word::"}])
    assert "did not contain json key word" in job["statusReason"]
