"""User data of launch templates is taken and refused as EC2 and Batch do."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from documented_refusals.batch import environment, resources
from documented_refusals.case import Account
from nodes import plan

from modelyard.planning.host import user_data
from modelyard_sandbox.sandbox import Sandbox

SCRIPT = "#!/bin/sh\necho started\n"


@pytest.fixture
def account(sandbox: Sandbox, account_id: str) -> Account:
    return Account(sandbox.endpoint, account_id)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def template(account: Account, text: str) -> str:
    """Id of a launch template with user data."""
    made = account.client("ec2").create_launch_template(
        LaunchTemplateName="nodes", LaunchTemplateData={"UserData": text}
    )
    return made["LaunchTemplate"]["LaunchTemplateId"]


def multipart(content_type: str = "text/x-shellscript") -> str:
    return (
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=="\n\n'
        f"--==\nContent-Type: {content_type}\n\n{SCRIPT}\n--==--\n"
    )


def on_batch(account: Account, template_id: str) -> str:
    """ARN of a compute environment with a launch template."""
    wished = resources(account, launchTemplate={"launchTemplateId": template_id, "version": "$Latest"})
    request = environment(account, computeResources=wished)
    return account.client("batch").create_compute_environment(**request)["computeEnvironmentArn"]


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call()
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_what_is_no_base64_is_refused(account: Account):
    malformed = ("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.")
    assert refusal(lambda: template(account, SCRIPT)) == malformed


@pytest.mark.parametrize("operation", ["template", "version"])
def test_more_than_16_kib_before_base64_are_refused(account: Account, operation: str):
    ec2 = account.client("ec2")
    id_ = template(account, encoded("#" * 16_384))
    too_long = {"UserData": encoded("#" * 16_385)}
    calls: dict[str, Callable[[], Any]] = {
        "template": lambda: ec2.create_launch_template(
            LaunchTemplateName="other", LaunchTemplateData=too_long
        ),
        "version": lambda: ec2.create_launch_template_version(
            LaunchTemplateId=id_, LaunchTemplateData=too_long
        ),
    }
    assert refusal(calls[operation]) == (
        "InvalidUserData.Malformed",
        "User data is limited to 16384 bytes",
    )


def test_an_instance_takes_user_data_of_16_kib_and_no_more(account: Account):
    assert account.instance(UserData="#" * 16_384)
    assert refusal(lambda: account.instance(UserData="#" * 16_385))[0] == "InvalidUserData.Malformed"


@pytest.mark.parametrize("text", [SCRIPT, "Content-Type: multipart/mixed\n\nno boundary\n"])
def test_batch_refuses_what_it_can_not_merge_with_its_own(account: Account, text: str):
    id_ = template(account, encoded(text))
    code, message = refusal(lambda: on_batch(account, id_))
    assert code == "ClientException"
    assert message.endswith("Launch Template UserData is not MIME multipart format")


def test_batch_refuses_parts_that_it_does_not_know(account: Account):
    id_ = template(account, encoded(multipart("text/jinja2")))
    code, message = refusal(lambda: on_batch(account, id_))
    assert code == "ClientException"
    assert message.endswith("Launch Template UserData has parts of types unknown to it: ['text/jinja2']")


def test_what_nodes_are_given_is_taken_by_both(account: Account):
    assert on_batch(account, template(account, user_data(plan())))


def test_a_template_without_user_data_is_left_alone(account: Account):
    made = account.client("ec2").create_launch_template(
        LaunchTemplateName="plain", LaunchTemplateData={"InstanceType": "p5.48xlarge"}
    )
    assert on_batch(account, made["LaunchTemplate"]["LaunchTemplateId"])
