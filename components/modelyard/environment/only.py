"""Environments of one cloud, for what works on that cloud alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from typing_extensions import TypeIs

from modelyard.errors import InputError, Problem
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.account.spec import AwsAccount
    from modelyard.environment.aws.spec import AwsEnvironment
    from modelyard.environment.azure.spec import AzureEnvironment
    from modelyard.environment.common import CommonEnvironment


def is_aws(environment: CommonEnvironment) -> TypeIs[AwsEnvironment]:
    """Whether an environment is on AWS."""
    return environment.cloud == "aws"


def is_azure(environment: CommonEnvironment) -> TypeIs[AzureEnvironment]:
    """Whether an environment is on Azure."""
    return environment.cloud == "azure"


@overload
def aws_only(spec: AwsEnvironment | AzureEnvironment, what: str) -> AwsEnvironment: ...


@overload
def aws_only(
    spec: AwsEnvironment | AzureEnvironment | AwsAccount, what: str
) -> AwsEnvironment | AwsAccount: ...


def aws_only(spec: AwsEnvironment | AzureEnvironment | AwsAccount, what: str) -> AwsEnvironment | AwsAccount:
    """The environment or account, if it is on AWS. `what` is for AWS alone, as "`modelyard retire`".

    Raises InputError for one on another cloud.
    """
    if spec.cloud == "aws":
        return spec
    raise InputError(
        [
            Problem(
                field="cloud",
                given=given_text(spec.cloud),
                message=f'{what} knows AWS alone, and environment "{spec.name}" is on another cloud',
                allowed="an environment with cloud: aws",
                mend="name such an environment",
            )
        ]
    )


def azure_only(spec: AwsEnvironment | AzureEnvironment, what: str) -> AzureEnvironment:
    """The environment, if it is on Azure. `what` is for Azure alone, as "`modelyard bootstrap azure`".

    Raises InputError for one on another cloud.
    """
    if spec.cloud == "azure":
        return spec
    raise InputError(
        [
            Problem(
                field="cloud",
                given=given_text(spec.cloud),
                message=f'{what} knows Azure alone, and environment "{spec.name}" is on another cloud',
                allowed="an environment with cloud: azure",
                mend="name such an environment",
            )
        ]
    )
