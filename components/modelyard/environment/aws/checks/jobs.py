"""What jobs may be given: secrets, parameters, and the keys of both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.errors import Problem
from modelyard.planning.secret_problems import key_problems, secret_problems
from modelyard.planning.secrets import region_of
from modelyard.validation.values import given_text, listed

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment


def secrets_are_in_the_environments_reach(environment: AwsEnvironment) -> Iterator[Problem]:
    """Secrets and parameters are of the environment's account and in its regions, and are named once."""
    arns = dict(enumerate(environment.jobs.secrets))
    yield from secret_problems("jobs.secrets", arns, environment.account_id, _regions(environment))


def secret_keys_are_in_the_environments_reach(environment: AwsEnvironment) -> Iterator[Problem]:
    """The keys of secrets are of the environment's account and in its regions, and are named once."""
    arns = dict(enumerate(environment.jobs.secret_keys))
    yield from key_problems("jobs.secret_keys", arns, environment.account_id, _regions(environment))


def secret_keys_encrypt_something(environment: AwsEnvironment) -> Iterator[Problem]:
    """In the region of each key there is something that jobs may be given."""
    regions, jobs = _regions(environment), environment.jobs
    holding = [region for region in regions if region in map(region_of, jobs.secrets)]
    for place, arn in enumerate(jobs.secret_keys):
        region = region_of(arn)
        if region in regions and region not in holding:
            yield Problem(
                field=f"jobs.secret_keys[{place}]",
                given=given_text(arn),
                message=f"jobs are given nothing in {region} that this key could encrypt",
                allowed=f"keys in {listed(holding)}" if holding else "nothing, without secrets",
                mend="add to jobs.secrets what it encrypts, or remove the key",
            )


def _regions(environment: AwsEnvironment) -> list[str]:
    return [region for region in (environment.regions.primary, environment.regions.recovery) if region]
