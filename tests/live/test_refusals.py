"""What keeps a check from doing harm: what must be said first, the account, the cap, and the cleaning up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from live_account.bootstrapped import remove_bootstrap
from live_account.environment import small_environment
from live_account.naming import RUN, new_run, tags
from live_account.networks import CIDR, remove_networks
from live_account.place import Place
from live_account.programs import KEYS
from live_account.project import Stack, book, modelyard, require_pulumi, write_program
from live_account.refusal import RefusedError
from live_account.settings import Settings, read_settings
from live_account.spending import Cap, cost_of_keys
from live_account.sweep import ROOT, runs_left, still_there

GIVEN = {
    "MODELYARD_LIVE": "1",
    "MODELYARD_LIVE_ACCOUNT_ID": "123456789012",
    "MODELYARD_LIVE_REGION": "us-east-1",
    "MODELYARD_LIVE_RECOVERY_REGION": "us-west-2",
    "MODELYARD_LIVE_MAX_USD": "5",
}


@pytest.fixture
def here(sandbox_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The sandbox's account, for a run that isn't the checks'."""
    for name, value in sandbox_place.variables.items():
        monkeypatch.setenv(name, value)
    return replace(sandbox_place, directory=tmp_path / "runs", run=new_run())


@pytest.fixture
def emptied(here: Place) -> Iterator[Place]:
    """The same, left as it was whatever a check makes of it."""
    yield here
    remove_bootstrap(here, here.run)
    remove_networks(here, here.run)


def test_nothing_is_said_unless_everything_is() -> None:
    assert read_settings({}) is None
    assert read_settings({**GIVEN, "MODELYARD_LIVE": "yes"}) is None
    assert read_settings(GIVEN) == Settings("123456789012", "us-east-1", "us-west-2", 5)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ACCOUNT_ID", "", "MODELYARD_LIVE_ACCOUNT_ID is '', not the 12 digits of an account"),
        ("ACCOUNT_ID", "1234", "MODELYARD_LIVE_ACCOUNT_ID is '1234', not the 12 digits of an account"),
        ("REGION", "mars-1", "MODELYARD_LIVE_REGION is 'mars-1', not a region"),
        ("RECOVERY_REGION", "", "MODELYARD_LIVE_RECOVERY_REGION is '', not a region"),
        ("RECOVERY_REGION", "us-east-1", "MODELYARD_LIVE_RECOVERY_REGION is 'us-east-1', the same as"),
        ("MAX_USD", "", "MODELYARD_LIVE_MAX_USD is '', not an amount above 0 and up to 100"),
        ("MAX_USD", "0", "MODELYARD_LIVE_MAX_USD is '0', not an amount above 0 and up to 100"),
        ("MAX_USD", "1000", "MODELYARD_LIVE_MAX_USD is '1000', not an amount above 0 and up to 100"),
        ("MAX_USD", "nan", "MODELYARD_LIVE_MAX_USD is 'nan', not an amount above 0 and up to 100"),
    ],
)
def test_what_is_missing_or_wrong_is_said(name: str, value: str, said: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_settings({**GIVEN, f"MODELYARD_LIVE_{name}": value})
    assert said in str(refused.value)
    assert "mend: set them all, or leave MODELYARD_LIVE away" in str(refused.value)


def test_every_run_has_a_name_of_its_own_that_all_it_makes_carries() -> None:
    names = {new_run() for _ in range(50)}
    assert len(names) == 50
    assert all(RUN.fullmatch(name) for name in names)
    assert {tags(name)["environment"] for name in names} == names


def test_another_account_is_refused_before_anything_is_made(here: Place) -> None:
    here.refuse_other_accounts()
    other = replace(here, settings=replace(here.settings, account_id="210987654321"))
    with pytest.raises(RefusedError) as refused:
        other.refuse_other_accounts()
    assert "of account 123456789012, and MODELYARD_LIVE_ACCOUNT_ID is 210987654321" in str(refused.value)
    assert "mend: sign in to the account that was meant" in str(refused.value)


def test_what_costs_more_than_is_left_is_refused(here: Place) -> None:
    directory = write_program(here, "keys", KEYS)
    here.cap = Cap(max_usd=0.02)
    # Eight keys, a dollar a month each.
    assert book(here, directory) == pytest.approx(8 / 730)
    with pytest.raises(RefusedError) as refused:
        book(here, directory)
    assert (
        "keys isn't made: standing for 1 h it is expected to cost 0.01 dollars, and 0.01 of 0.02 are left"
        in str(refused.value)
    )
    assert "MODELYARD_LIVE_MAX_USD" in str(refused.value)
    here.cap = Cap(max_usd=20)
    assert book(here, directory, hours=730) == pytest.approx(8)


def test_what_has_no_known_price_is_refused(here: Place) -> None:
    unknown = replace(here, settings=replace(here.settings, region="il-central-1"))
    with pytest.raises(RefusedError) as refused:
        book(unknown, write_program(unknown, "keys", KEYS))
    assert "keys isn't made: nobody knows what these cost in its region: KMS keys" in str(refused.value)
    assert "mend: choose a region whose prices the catalog has" in str(refused.value)
    with pytest.raises(RefusedError, match="a key in il-central-1"):
        unknown.cap.book("bootstrap", cost_of_keys(["us-east-1", "il-central-1"]), hours=1)
    assert unknown.cap.booked == {}
    assert unknown.cap.book("bootstrap", cost_of_keys(here.regions), hours=365) == pytest.approx(1)


def swept(here: Place, **variables: str) -> subprocess.CompletedProcess[str]:
    """What the command says that cleans up after killed runs."""
    given = {
        **here.variables,
        **GIVEN,
        "PYTHONPATH": str(ROOT / "tests"),
        "MODELYARD_LIVE_DIRECTORY": str(here.directory),
    }
    command = [sys.executable, "-m", "live_account.sweep"]
    return subprocess.run(
        command, env={**given, **variables}, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_what_a_killed_run_left_is_swept_and_what_cannot_be_is_named(emptied: Place) -> None:
    here = emptied
    require_pulumi(here)
    stack = Stack(here, write_program(here, "keys", KEYS.replace('"spot": True, ', '"purposes": ["logs"], ')))
    stack.init()
    stack.up()
    root = f"arn:aws:iam::{here.settings.account_id}:root"
    modelyard(
        here,
        "bootstrap",
        "aws",
        here.run,
        "--apply",
        "--yes",
        "--principal",
        root,
        cwd=small_environment(here),
    )
    ec2, tagged = here.client("ec2"), [{"Key": key, "Value": value} for key, value in tags(here.run).items()]
    specifications = [{"ResourceType": "vpc", "Tags": tagged}]
    vpc = ec2.create_vpc(CidrBlock=CIDR, TagSpecifications=specifications)["Vpc"]["VpcId"]
    bucket = f"modelyard-state-{here.run}-{here.settings.account_id}-us-east-1"
    here.client("s3").put_object(Bucket=bucket, Key="state", Body=b"{}")
    topic = here.client("sns").create_topic(Name=here.run, Tags=tagged)["TopicArn"]

    left = "\n".join(still_there(here))
    for part in (":kms:", vpc, bucket, topic):
        assert part in left
    done = swept(here)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines() == [
        f"{here.run}: swept",
        f"still there, remove it by hand: {topic}",
    ]
    assert runs_left(here.directory) == []
    here.client("sns").delete_topic(TopicArn=topic)
    again = swept(here)
    assert (again.returncode, again.stdout) == (0, ""), again.stderr
    roles = {role["RoleName"] for role in here.client("iam").list_roles()["Roles"]}
    assert not {role for role in roles if here.run in role}


def test_the_sweeper_refuses_another_account_and_no_variables(here: Place) -> None:
    other = swept(here, MODELYARD_LIVE_ACCOUNT_ID="210987654321")
    assert (other.returncode, other.stdout) == (2, "")
    assert "sign in to the account that was meant" in other.stderr
    nothing = swept(here, MODELYARD_LIVE="")
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "MODELYARD_LIVE isn't 1" in nothing.stderr


def test_only_runs_of_these_checks_are_unbootstrapped(here: Place) -> None:
    with pytest.raises(ValueError, match="prod is no run of these checks"):
        remove_bootstrap(here, "prod")


def pytest_of(here: Place, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Tests of another process: those marked live, as somebody starts them who has credentials."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "live", *args]
    given = {**here.variables, **variables}
    return subprocess.run(command, env=given, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_whoever_sets_the_variables_gets_the_checks_in_the_account_that_is_named(here: Place) -> None:
    # The credentials are the sandbox's: all else is as with a real account.
    facts = ["tests/live/test_facts.py", "-k", "quota or linked"]
    done = pytest_of(here, *facts, **GIVEN)
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    done = pytest_of(here, *facts, **{**GIVEN, "MODELYARD_LIVE_ACCOUNT_ID": "210987654321"})
    assert done.returncode == 1
    assert "2 errors" in done.stdout
    assert "mend: sign in to the account that was meant" in done.stdout
    done = pytest_of(here, *facts)
    assert "2 skipped" in done.stdout
    assert "no real account is checked: MODELYARD_LIVE isn't 1" in done.stdout
