from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from malformed_environments import STACK
from pydantic import ValidationError
from strategies import environments

from modelyard.catalog.instances import instance_type
from modelyard.environment import AwsEnvironment, load_environment, parse_environment
from modelyard.errors import InputError, Problem
from modelyard.yaml_lines import parse_yaml

REPOSITORY = Path(__file__).parents[3]


def test_a_stack_and_the_environment_in_it_alone_load_alike(tmp_path: Path) -> None:
    stack, bare = tmp_path / "stack.yaml", tmp_path / "bare.yaml"
    stack.write_text(STACK)
    bare.write_text(dedent(STACK.split("modelyard:environment:\n")[1]))
    assert load_environment(stack) == load_environment(str(bare))


def test_lines_of_an_environment_alone_count_from_its_own_beginning(tmp_path: Path) -> None:
    path = tmp_path / "bare.yaml"
    path.write_text(dedent(STACK.split("modelyard:environment:\n")[1]).replace("cloud: aws", "cloud: gcp"))
    with pytest.raises(InputError) as refused:
        load_environment(path)
    [problem] = refused.value.problems
    assert (problem.file, problem.line, problem.field) == (str(path), 1, "cloud")


def test_data_without_a_file_is_refused_without_a_place() -> None:
    with pytest.raises(InputError) as refused:
        parse_environment({"cloud": "aws"})
    assert {problem.file for problem in refused.value.problems} == {None}
    assert "name" in {problem.field for problem in refused.value.problems}


def test_data_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        parse_environment('{"cloud": "aws"}')
    [problem] = refused.value.problems
    assert problem.field == ""
    assert problem.given == '"{\\"cloud\\": \\"aws\\"}"'
    assert problem.mend == "write the fields of the document one a line, each as `name: value`"


def test_lines_come_from_whoever_knows_them() -> None:
    def problems_of(cloud: str) -> dict[str, tuple[str | None, int | None]]:
        with pytest.raises(InputError) as refused:
            parse_environment(
                {"cloud": cloud}, file="some.yaml", locate=lambda path: 7 if path == ("cloud",) else 99
            )
        return {problem.field: (problem.file, problem.line) for problem in refused.value.problems}

    # Of a cloud that there is none of nothing else can be said.
    assert problems_of("gcp") == {"cloud": ("some.yaml", 7)}
    assert problems_of("aws")["name"] == ("some.yaml", 99)


@pytest.mark.parametrize(
    "config", ["config:\n", "config: [1]\n", "config:\n  aws:region: x\n", "secretsprovider: x\n"]
)
def test_a_stack_without_an_environment_is_refused(config: str, tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(config)
    with pytest.raises(InputError) as refused:
        load_environment(path)
    [problem] = refused.value.problems
    assert problem.message == "the stack has no environment in its configuration"
    assert problem.mend == "add modelyard:environment: under config:"


def test_pools_may_share_fields_by_an_anchor(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.dev.yaml"
    shared = "- &cpu\n        name: cpu\n"
    more = "      - <<: *cpu\n        name: more\n    backup:"
    path.write_text(STACK.replace("- name: cpu\n", shared).replace("    backup:", more))
    cpu, _, more_pool = load_environment(path).compute
    assert more_pool == cpu.model_copy(update={"name": "more"})


def test_an_environment_is_frozen() -> None:
    environment = load_environment(REPOSITORY / "stacks" / "Pulumi.dev.yaml")
    with pytest.raises(ValidationError, match="frozen"):
        environment.name = "other"  # pyright: ignore[reportAttributeAccessIssue] (what the test is about)


@pytest.mark.parametrize(
    "path", sorted((REPOSITORY / "stacks").glob("Pulumi.*.yaml")), ids=lambda path: path.name
)
def test_every_environment_of_the_repository_loads_under_the_name_of_its_stack(path: Path) -> None:
    if "modelyard:environment" in path.read_text():
        assert f"Pulumi.{load_environment(path).name}.yaml" == path.name


def features(environment: AwsEnvironment) -> set[str]:
    """What is worth trying in an environment."""
    pools, network = environment.compute, environment.network
    has = {
        "recovery": environment.regions.recovery is not None,
        "backup": environment.backup is not None,
        "budget": environment.budget is not None,
        "several zones": network.zone_count > 1 and network.zone_ids is None,
        "zones by id": network.zone_ids is not None,
        "1,250 nodes": any(pool.max_nodes == 1_250 for pool in pools),
        "a pinned zone": any(pool.zone_id for pool in pools),
        "several nodes with EFA": any(
            pool.max_nodes_per_job > 1 and instance_type(pool.instance_type).efa_interfaces for pool in pools
        ),
        "several pools": len(pools) > 1,
        "a fallback": any(pool.fallback for pool in pools),
        "inherited pools": environment.recovery is not None and environment.recovery.compute is None,
        "a lock": environment.backup is not None and environment.backup.lock is not None,
        "training": environment.training is not None,
        "working_hours": environment.working_hours is not None,
        "monitoring": bool(environment.monitoring.model_fields_set),
    }
    modes = {pool.capacity.mode for pool in pools}
    return (
        {name for name, holds in has.items() if holds}
        | modes
        | {network.egress, environment.storage.datasets.kind, environment.stage}
        | {file_system.kind for file_system in environment.storage.file_systems}
    )


def test_random_valid_environments_load_and_cover_all_that_there_is() -> None:
    everything = {
        *("recovery", "backup", "budget", "several zones", "zones by id", "1,250 nodes", "a pinned zone"),
        *("several nodes with EFA", "several pools", "on_demand", "spot", "reservation", "capacity_block"),
        *("open_reservation", "a fallback", "inherited pools", "fsx_lustre", "efs", "a lock", "training"),
        *("development", "staging", "production", "working_hours", "monitoring"),
        *("endpoints", "nat", "s3", "existing_s3"),
    }
    seen: set[str] = set()

    @settings(max_examples=200)
    @given(environments())
    def look(data: dict[str, Any]) -> None:
        environment = parse_environment(data)
        assert AwsEnvironment.model_validate(environment.model_dump(exclude_unset=True)) == environment
        seen.update(features(environment))

    for number in range(5):  # what is rare may not be among the first
        seed(number)(look)()
        if seen == everything:
            break
    assert seen == everything


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=environments(), choices=st.data())
def test_whatever_stands_in_the_place_of_a_value_is_taken_or_refused_in_full(
    data: dict[str, Any], choices: st.DataObject
) -> None:
    part: Any = data
    while True:
        step = choices.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
        if not isinstance(part[step], dict | list) or not part[step] or choices.draw(st.booleans()):
            break
        part = part[step]
    part[step] = choices.draw(JSON_VALUES)
    problems: tuple[Problem, ...] = ()
    try:
        parse_environment(data)
    except InputError as refused:
        problems = refused.problems
    for problem in problems:
        assert problem.given
        assert problem.message
        assert problem.allowed
        assert problem.mend
        assert len(problem.given) <= 100


IMPORTED_BY = """
import sys
{}
print(*(name for name in ("pydantic", "yaml", "pulumi", "boto3", "rich", "jsonschema", "difflib") if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("program", "allowed"),
    [
        ("import modelyard.environment", set()),
        ("from modelyard.environment import environment_names; environment_names()", {"yaml"}),
        ("from modelyard.environment import load_environment; load_environment('dev')", {"yaml", "pydantic"}),
    ],
)
def test_only_what_is_needed_is_imported(program: str, allowed: set[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTED_BY.format(program)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(ran.stdout.split()) <= allowed


def test_a_stack_read_by_our_parser_says_what_it_says_to_the_engine() -> None:
    document = parse_yaml("a: yes\nb: 12:30\nd: 0o17\ne: 1e3\nf: ~\ng: no\n", "stack")
    assert document.data == {
        "a": "yes",
        "b": "12:30",
        "d": 15,
        "e": 1000.0,
        "f": None,
        "g": "no",
    }


def test_a_copied_stack_that_kept_its_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.prod.yaml").write_text(STACK)
    with pytest.raises(InputError) as caught:
        load_environment(tmp_path / "Pulumi.prod.yaml")
    (problem,) = caught.value.problems
    assert (problem.field, problem.given, problem.allowed) == ("name", '"dev"', "prod")
    assert problem.line == 1 + STACK.splitlines().index("    name: dev")
    assert problem.message == 'this is the file of stack "prod": another name would make it build over "dev"'
    assert problem.mend == "write name: prod, or name the file Pulumi.dev.yaml"
