"""Each mistake in an environment on Azure, and everything that is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from malformed_environments import PROJECT, STACK_FILE
from malformed_environments_azure import STACK, MalformedAzure
from malformed_environments_azure_backups import BACKUPS
from malformed_environments_azure_fields import FIELDS
from malformed_environments_azure_machines import MACHINES
from malformed_environments_azure_names import NAMES, SPELLINGS
from malformed_environments_azure_places import PLACES

from modelyard.environment import load_environment
from modelyard.environment.azure import checks
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.errors import InputError, Problem

Rule = Callable[[AzureEnvironment], Iterator[Problem]]

RULES = (*NAMES, *PLACES, *MACHINES, *BACKUPS)
MALFORMED = (*FIELDS, *SPELLINGS, *RULES)


@pytest.fixture
def stack_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("Pulumi.yaml").write_text(PROJECT)
    path = Path(STACK_FILE)
    path.parent.mkdir()
    path.write_text(STACK)
    return path


def test_the_environment_without_a_mistake_loads(stack_file: Path) -> None:
    environment = load_environment("dev")
    assert isinstance(environment, AzureEnvironment)
    assert environment.regions.recovery == "westus"


def test_no_two_mistakes_are_alike() -> None:
    assert len({mistake.name for mistake in MALFORMED}) == len({mistake.text for mistake in MALFORMED})
    assert len({mistake.name for mistake in MALFORMED}) == len(MALFORMED)


@pytest.mark.parametrize("mistake", MALFORMED, ids=lambda mistake: mistake.name)
def test_a_mistake_is_named_with_line_field_given_allowed_and_mend(
    mistake: MalformedAzure, stack_file: Path
) -> None:
    stack_file.write_text(mistake.text)
    with pytest.raises(InputError) as refused:
        load_environment("dev")
    assert f"{refused.value}\n" == mistake.said
    for problem in refused.value.problems:
        assert problem.file == STACK_FILE
        assert problem.line is not None
        assert problem.given
        assert problem.allowed
        assert problem.mend


@pytest.mark.parametrize("mistake", RULES, ids=lambda mistake: mistake.name)
def test_one_rule_finds_a_mistake_and_no_other_speaks_of_it(
    mistake: MalformedAzure, stack_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: set[str] = set()

    def noted(rule: Rule) -> Rule:
        def look(environment: AzureEnvironment) -> Iterator[Problem]:
            for problem in rule(environment):
                found.add(rule.__name__)
                yield problem

        return look

    monkeypatch.setattr(checks, "CHECKS", tuple(map(noted, checks.CHECKS)))
    stack_file.write_text(mistake.text)
    with pytest.raises(InputError):
        load_environment("dev")
    assert found == {mistake.rule}


def test_every_rule_has_a_mistake_that_it_finds() -> None:
    assert {mistake.rule for mistake in RULES} == {rule.__name__ for rule in checks.CHECKS}


def test_all_mistakes_of_a_file_are_told_at_once_in_the_order_of_its_lines(stack_file: Path) -> None:
    text = STACK.replace("name: dev", "name: Dev").replace("every_hours: 24", "every_hours: 6")
    stack_file.write_text(text.replace("mode: spot", "mode: sport"))
    with pytest.raises(InputError) as refused:
        load_environment("dev")
    assert [(problem.line, problem.field) for problem in refused.value.problems] == [
        (4, "name"),
        (39, "compute[1].capacity.mode"),
        (55, "backup.every_hours"),
    ]


def test_what_follows_from_an_unknown_region_is_not_told_as_well(stack_file: Path) -> None:
    stack_file.write_text(STACK.replace("primary: eastus", "primary: nowhere"))
    with pytest.raises(InputError) as refused:
        load_environment("dev")
    assert [problem.field for problem in refused.value.problems] == ["regions.primary"]


@pytest.mark.parametrize(
    ("primary", "recovery", "free"),
    [
        ("10.64.0.0/20", "10.64.0.0/20", "10.64.16.0/20"),
        ("10.255.0.0/16", "10.255.0.0/17", "10.254.0.0/16"),
        ("172.16.0.0/16", "172.16.0.0/20", "172.18.0.0/16"),
        ("172.16.240.0/20", "172.16.240.0/20", "172.18.0.0/20"),
        ("172.31.0.0/16", "172.31.0.0/16", "172.30.0.0/16"),
        ("192.168.0.0/16", "192.168.4.0/22", "10.0.0.0/16"),
    ],
)
def test_a_range_that_is_told_beside_another_is_one_that_azure_takes(
    primary: str, recovery: str, free: str, stack_file: Path
) -> None:
    stack_file.write_text(STACK.replace("10.64.0.0/20", primary).replace("10.80.0.0/20", recovery))
    with pytest.raises(InputError) as refused:
        load_environment("dev")
    [problem] = refused.value.problems
    assert problem.mend == f"set cidr: {free}"
