"""What an account takes, and how it says what it doesn't take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.account import AwsAccount, load_stack, parse_account
from modelyard.account.checks import CHECKS
from modelyard.account.load import config_of
from modelyard.environment import load_environment
from modelyard.environment.files import ACCOUNT_KEY, environment_names, stack_names
from modelyard.environment.schema import account_schema
from modelyard.errors import InputError

ROOT = Path(__file__).parents[3]
STACK = """\
config:
  modelyard:account:
    cloud: aws
    name: account
    owner: ml-platform
    cost_center: cc-1001
    data_classification: confidential
    account_id: "123456789012"
    regions:
      primary: eu-central-1
      others: [eu-west-1]
    vpc_public_access: {mode: none}
    trail: {mode: none}
    cost_allocation_tags: {mode: none}
"""
DETECTOR = "12abc34d567e8fa901bc2d34e0123456"


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    return tmp_path / "Pulumi.account.yaml"


def said(stack: Path, text: str) -> str:
    """What is said of a stack's file, without the folder."""
    stack.write_text(text)
    with pytest.raises(InputError) as refused:
        load_stack(stack)
    return str(refused.value).replace(f"{stack.parent}/", "")


def test_an_account_is_secure_where_its_file_is_silent(stack: Path) -> None:
    stack.write_text(STACK)
    account = load_stack(stack)
    assert isinstance(account, AwsAccount)
    silent = {
        "s3_public_access",
        "ebs_encryption",
        "snapshot_public_access",
        "instance_metadata",
        "guardduty",
        "config",
        "security_hub",
        "inspector",
        "access_analyzer",
    }
    assert {name for name in silent if getattr(account, name).mode != "create"} == set()
    assert account.deletion_protection
    assert account.every_region == ("eu-central-1", "eu-west-1")
    assert parse_account(json.loads(config_of(account)[ACCOUNT_KEY])) == account


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "trail: {mode: none}",
            "trail: {mode: crate}",
            (
                'Pulumi.account.yaml:13: trail.mode\n  "crate" is none of the choices\n  given: "crate"\n'
                "  allowed here: create, adopt, none\n  mend: did you mean create?"
            ),
        ),
        (
            "    trail: {mode: none}\n",
            "",
            (
                "Pulumi.account.yaml:2: trail\n  trail is missing: record of calls to AWS (CloudTrail)\n"
                "  given: nothing\n  allowed here: a mapping whose mode is create, adopt or none\n"
                "  mend: add it, as trail: {mode: create, data_event_arn_prefixes: []}"
            ),
        ),
        (
            "trail: {mode: none}",
            "trail: {mode: create, data_event_arn_prefixes: [my-bucket/]}",
            (
                'Pulumi.account.yaml:13: trail.data_event_arn_prefixes[0]\n  "my-bucket/" isn\'t written as it '
                'has to be\n  given: "my-bucket/"\n  allowed here: the start of the ARNs of objects, as '
                "arn:aws:s3:::my-bucket/ for all of a bucket\n  mend: write arn:aws:s3::: and the start of a "
                "bucket's name, with a slash after a whole one"
            ),
        ),
        (
            "eu-west-1",
            "eu-central-1",
            (
                'Pulumi.account.yaml:11: regions.others[0]\n  eu-central-1 is named twice\n  given: "eu-central-1"'
                "\n  allowed here: each once\n  mend: remove one of the two"
            ),
        ),
        (
            "name: account",
            "name: accounts",
            (
                'Pulumi.account.yaml:4: name\n  this is the file of stack "account": another name would make it '
                'build over "accounts"\n  given: "accounts"\n  allowed here: account\n'
                "  mend: write name: account, or name the file Pulumi.accounts.yaml"
            ),
        ),
        (
            "    cloud: aws\n",
            "    cloud: aws\n    guardduty: {mode: create, features: [], runtime_agents: [ec2]}\n",
            (
                "Pulumi.account.yaml:4: guardduty.runtime_agents\n  without runtime_monitoring among the features "
                "there is nothing for agents to do\n  given: ec2\n  allowed here: an empty list\n"
                "  mend: write runtime_agents: [], or add runtime_monitoring to the features"
            ),
        ),
        (
            "trail: {mode: none}",
            "trail: {mode: create, data_event_arn_prefixes: [], retention_days: 100, lock_days: 365}",
            (
                "Pulumi.account.yaml:13: trail.lock_days\n  records would be locked for longer than they are "
                "kept, 100 days\n  given: 365\n  allowed here: at most 100\n"
                "  mend: lower lock_days, or raise retention_days"
            ),
        ),
        (
            "    cloud: aws\n",
            "    cloud: aws\n    config: {mode: none}\n",
            (
                "Pulumi.account.yaml:4: config.mode\n  Security Hub holds the account against standards by what "
                "AWS Config records\n  given: none\n  allowed here: create or adopt\n"
                "  mend: write config: {mode: create}, or security_hub: {mode: none}"
            ),
        ),
        (
            "    cloud: aws\n",
            f"    cloud: aws\n    guardduty: {{mode: adopt, detectors: {{eu-central-1: {DETECTOR}}}}}\n",
            (
                "Pulumi.account.yaml:4: guardduty.detectors\n  what is adopted in eu-west-1 isn't named\n"
                "  given: eu-central-1\n  allowed here: one for each region of the account\n"
                "  mend: add eu-west-1: with its id, or take the region out of regions"
            ),
        ),
        (
            "    cloud: aws\n",
            (
                "    cloud: aws\n    access_analyzer:\n      mode: adopt\n"
                "      analyzers: {eu-central-1: a, eu-west-1: a, eu-north-1: a}\n"
            ),
            (
                "Pulumi.account.yaml:6: access_analyzer.analyzers.eu-north-1\n  eu-north-1 is none of the "
                'account\'s regions\n  given: "a"\n  allowed here: eu-central-1, eu-west-1\n'
                "  mend: remove it, or add eu-north-1 to regions.others"
            ),
        ),
        (
            "config:\n",
            "config:\n  modelyard:environment: {}\n",
            (
                "Pulumi.account.yaml:3: config\n  a stack builds an environment or an account: what an account "
                "has once must outlive each environment in it\n  given: modelyard:environment and "
                "modelyard:account\n  allowed here: one of the two\n  mend: move modelyard:account into a stack "
                "of its own, as Pulumi.account.yaml"
            ),
        ),
        (
            "modelyard:account",
            "modelyard:acount",
            (
                "Pulumi.account.yaml:2: config\n  the stack has no environment in its configuration\n"
                "  given: a mapping of modelyard:acount\n  allowed here: modelyard:environment, with the "
                "environment under it\n  mend: did you mean modelyard:account by modelyard:acount?"
            ),
        ),
    ],
)
def test_what_an_account_does_not_take_is_said_with_its_line_and_its_mend(
    stack: Path, old: str, new: str, words: str
) -> None:
    assert old in STACK
    assert said(stack, STACK.replace(old, new, 1)) == words


def test_an_unknown_region_is_refused_with_its_neighbours(stack: Path) -> None:
    words = said(stack, STACK.replace("eu-west-1", "eu-west-9"))
    assert words.startswith(
        'Pulumi.account.yaml:11: regions.others[0]\n  the catalog knows no region "eu-west-9"\n'
    )
    assert words.endswith("mend: did you mean eu-west-3, eu-west-2 or eu-west-1?")


def test_an_account_outside_of_config_is_refused(stack: Path) -> None:
    words = said(stack, "modelyard:account:\n  cloud: aws\n")
    assert words == (
        "Pulumi.account.yaml:1: modelyard:account\n  modelyard:account stands outside of config\n"
        "  given: a stack's configuration without config\n  allowed here: config, and modelyard:account under "
        "it\n  mend: write config: above it, and indent it"
    )


def test_an_account_is_no_environment(stack: Path) -> None:
    stack.write_text(STACK)
    with pytest.raises(InputError) as refused:
        load_environment(stack)
    assert str(refused.value).replace(f"{stack.parent}/", "") == (
        "Pulumi.account.yaml:2: ENV\n  this stack builds an account, and an environment is wanted here\n"
        "  given: account\n  allowed here: a stack with modelyard:environment\n"
        "  mend: name an environment, as dev"
    )


def test_stacks_are_environments_and_accounts() -> None:
    assert set(stack_names(ROOT)) - set(environment_names(ROOT)) == {"account"}
    assert load_stack("dev", root=ROOT) == load_environment("dev", root=ROOT)


def modes(**created: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.fixed_dictionaries({"mode": st.just("create")}, optional=created),
        st.just({"mode": "adopt"}),
        st.just({"mode": "none"}),
    )


def some(*choices: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(choices), unique=True)


@st.composite
def accounts(draw: st.DrawFn) -> dict[str, Any]:
    """The fields of a valid account."""
    fields: dict[str, Any] = {
        "cloud": "aws",
        "name": "account",
        "owner": "ml",
        "cost_center": "cc-1",
        "data_classification": "internal",
        "account_id": "123456789012",
        "regions": {"primary": "eu-central-1", "others": draw(some("eu-west-1", "us-east-1"))},
        "s3_public_access": draw(modes()),
        "ebs_encryption": draw(modes(key=st.sampled_from(["customer", "aws"]), spot=st.booleans())),
        "snapshot_public_access": draw(modes()),
        "instance_metadata": draw(modes(hop_limit=st.integers(1, 64))),
        "vpc_public_access": draw(
            st.sampled_from([{"mode": "none"}, {"mode": "adopt"}, {"mode": "create", "block": "all"}])
        ),
        "trail": draw(
            st.one_of(
                st.just({"mode": "none"}),
                st.fixed_dictionaries(
                    {
                        "mode": st.just("create"),
                        "data_event_arn_prefixes": some("arn:aws:s3:::a/", "arn:aws:s3:::b/c"),
                    },
                    optional={
                        "retention_days": st.integers(365, 3653),
                        "lock_mode": st.sampled_from(["governance", "compliance", "none"]),
                        "lock_days": st.integers(90, 365),
                    },
                ),
            )
        ),
        "guardduty": draw(
            st.one_of(
                st.just({"mode": "none"}),
                st.fixed_dictionaries(
                    {"mode": st.just("create")},
                    optional={"features": some("s3_data_events", "runtime_monitoring", "eks_audit_logs")},
                ),
            )
        ),
        "security_hub": draw(modes(standards=some("fsbp", "cis_3_0", "nist_800_53", "pci_4_0_1"))),
        "config": draw(
            st.fixed_dictionaries(
                {"mode": st.just("create")},
                optional={
                    "frequency": st.sampled_from(["continuous", "daily"]),
                    "service_role": st.sampled_from(["create", "adopt"]),
                },
            )
        ),
        "inspector": draw(modes(scans=some("ec2", "ecr", "lambda").filter(bool))),
        "access_analyzer": draw(st.sampled_from([{"mode": "create"}, {"mode": "none"}])),
        "cost_allocation_tags": draw(modes()),
        "deletion_protection": draw(st.booleans()),
    }
    return fields


@settings(max_examples=30, deadline=None)
@given(accounts())
def test_random_valid_accounts_load_and_follow_the_schema(fields: dict[str, Any]) -> None:
    account = parse_account(fields)
    jsonschema.validate(fields, account_schema())
    assert parse_account(account.model_dump(mode="json")) == account


def test_every_rule_says_what_it_wants() -> None:
    assert [check.__name__ for check in CHECKS if not check.__doc__] == []
