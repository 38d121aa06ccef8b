from __future__ import annotations

from pathlib import Path

import pytest
from malformed_environments import MALFORMED, PROJECT, STACK, STACK_FILE, Malformed

from modelyard.environment import load_environment
from modelyard.errors import InputError


@pytest.fixture
def stack_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("Pulumi.yaml").write_text(PROJECT)
    path = Path(STACK_FILE)
    path.parent.mkdir()
    path.write_text(STACK)
    return path


def test_the_environment_without_a_mistake_loads(stack_file: Path) -> None:
    assert load_environment("dev").compute[1].capacity.mode == "spot"


def test_there_are_at_least_twenty_mistakes_and_no_two_alike() -> None:
    assert len({mistake.name for mistake in MALFORMED}) == len({mistake.text for mistake in MALFORMED}) >= 20


@pytest.mark.parametrize("mistake", MALFORMED, ids=lambda mistake: mistake.name)
def test_a_mistake_is_named_with_line_field_given_allowed_and_mend(
    mistake: Malformed, stack_file: Path
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


def test_all_mistakes_of_a_file_are_told_at_once_in_the_order_of_its_lines(stack_file: Path) -> None:
    text = (
        STACK.replace("name: dev", "name: Dev")
        .replace("zone_count: 2", "zone_count: 0")
        .replace("mode: spot", "mode: sport")
    )
    stack_file.write_text(text)
    with pytest.raises(InputError) as refused:
        load_environment("dev")
    assert [(problem.line, problem.field) for problem in refused.value.problems] == [
        (4, "name"),
        (14, "network.zone_count"),
        (35, "compute[1].capacity.mode"),
    ]


def test_a_spot_pool_for_multi_node_jobs_is_refused_with_what_would_do(stack_file: Path) -> None:
    stack_file.write_text(
        STACK.replace("        max_nodes: 8\n", "        max_nodes: 8\n        max_nodes_per_job: 4\n")
    )
    with pytest.raises(InputError) as refused:
        load_environment("dev")
    assert str(refused.value) == (
        "stacks/Pulumi.dev.yaml:36: compute[1].capacity.mode\n"
        '  "spot" can\'t serve pool "gpu": AWS Batch runs multi-node jobs on on-demand or reserved capacity only\n'
        '  given: "spot"\n'
        "  allowed here: on_demand, open_reservation, reservation\n"
        "  mend: choose one of these, or set max_nodes_per_job: 1"
    )
