"""References to secrets: which an environment may name, and which of a job's those cover."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iam import is_allowed
from previewing import dev_fields

from modelyard.environment import parse_environment
from modelyard.errors import InputError
from modelyard.planning.arns import Place
from modelyard.planning.policies.roles import secrets_policy
from modelyard.planning.secrets import REFERENCE_PATTERN, is_named

PLACE = Place("123456789012", "eu-central-1")
START = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/dev/hub"

names = st.text("abz09/_+=.@-", min_size=1, max_size=12)
suffixes = st.text("ABYZabyz0189", min_size=6, max_size=6)


@pytest.mark.parametrize(
    "arn",
    [
        f"{START}hub-AbCdEf",
        f"{START}dev/hub-??????",
        f"{START}a@b+c=d.e_f-000000",
        PARAMETER,
        f"{PARAMETER}_a.b-c",
    ],
)
def test_an_environment_names_secrets_and_parameters_by_their_arn(arn: str) -> None:
    fields: dict[str, Any] = {**dev_fields(), "jobs": {"secrets": [arn]}}
    assert parse_environment(fields).jobs.secrets == [arn]


@pytest.mark.parametrize(
    "arn",
    [
        f"{START}hub",
        f"{START}*",
        f"{START}hub-*",
        f"{START}dev/*-AbCdEf",
        f"{START}hub-?????",
        f"{START}hub-???????",
        f"{START}hub-AbCd??",
        f"{START}h?b-AbCdEf",
        f"{START}hub-AbCdEf:password::",
        f"{START}hub-AbCdEf\n",
        "arn:aws:secretsmanager:*:123456789012:secret:hub-AbCdEf",
        "arn:aws:secretsmanager:eu-central-1:*:secret:hub-AbCdEf",
        "arn:aws:secretsmanager:eu-central-1::secret:hub-AbCdEf",
        "hub",
        "dev/hub-??????",
        f"{PARAMETER}/*",
        f"{PARAMETER}-??????",
        f"{PARAMETER}/",
        "arn:aws:ssm:eu-central-1:123456789012:document/dev",
        "arn:aws:s3:::dev/hub",
    ],
)
def test_anything_wider_or_other_is_refused(arn: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_environment({**dev_fields(), "jobs": {"secrets": [arn]}})
    (problem,) = refused.value.problems
    assert problem.field == "jobs.secrets[0]"
    assert problem.allowed == (
        "the ARN of a secret (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf, or NAME-?????? for whatever six "
        "characters) or of a parameter (arn:aws:ssm:REGION:ACCOUNT:parameter/NAME), with no other wildcard"
    )
    assert problem.mend == (
        "write the whole ARN, as `aws secretsmanager list-secrets` or `aws ssm describe-parameters` show it"
    )


@pytest.mark.parametrize(
    "arn", ["arn:aws:kms:eu-central-1:123456789012:alias/hub", "arn:aws:kms:*:123456789012:key/1", "1234"]
)
def test_what_is_no_key_is_refused(arn: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_environment({**dev_fields(), "jobs": {"secret_keys": [arn]}})
    (problem,) = refused.value.problems
    assert (problem.field, problem.allowed, problem.mend) == (
        "jobs.secret_keys[0]",
        "the ARN of a key, as arn:aws:kms:REGION:ACCOUNT:key/ID",
        "write the key's own ARN, not its alias's: `aws kms describe-key` shows it",
    )


@pytest.mark.parametrize(
    "reference",
    [
        f"{START}hub-AbCdEf",
        f"{START}hub-AbCdEf:token::",
        f"{START}hub-AbCdEf:token:AWSCURRENT:",
        f"{START}hub-AbCdEf:::v1",
    ],
)
@pytest.mark.parametrize("named", [f"{START}hub-AbCdEf", f"{START}hub-??????"])
def test_a_job_may_refer_to_a_part_of_a_secret_that_is_named(reference: str, named: str) -> None:
    assert is_named(reference, [PARAMETER, named])


@pytest.mark.parametrize(
    "reference",
    [
        f"{START}hub",
        f"{START}hub-AbCde",
        f"{START}hub-??????",
        f"{START}hub-AbCd-f",
        f"{START}hub-other-AbCdEf",
        f"{START}thub-AbCdEf",
        f"{START}hub-AbCdEf".replace("central", "west"),
        f"{START}hub-AbCdEf".replace("123456789012", "999999999999"),
        f"{PARAMETER}s",
        f"{PARAMETER}/token",
        "hub",
        "",
    ],
)
def test_what_is_not_named_is_not_covered(reference: str) -> None:
    assert not is_named(reference, [f"{START}hub-??????", PARAMETER])


@given(names, suffixes, names, suffixes)
def test_what_is_covered_is_what_the_role_may_read(name: str, suffix: str, other: str, others: str) -> None:
    reference = f"{START}{name}-{suffix}"
    for named in (f"{START}{other}-??????", f"{START}{other}-{others}", f"{START}{name}-??????", reference):
        assert re.fullmatch(REFERENCE_PATTERN, named)
        policy = secrets_policy(PLACE, [named])
        readable = is_allowed([policy], "secretsmanager:GetSecretValue", reference)
        assert is_named(reference, [named]) == readable
