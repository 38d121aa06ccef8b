from __future__ import annotations

from pathlib import Path

import pytest
from malformed_environments import PROJECT, STACK

from modelyard.environment import environment_names, find_environment_file, load_environment
from modelyard.errors import InputError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the environments dev and prod, and a stack without an environment."""
    root = tmp_path / "project"
    (root / "stacks" / "deeper").mkdir(parents=True)
    (root / "Pulumi.yaml").write_text(PROJECT)
    for name in ("dev", "prod"):
        (root / "stacks" / f"Pulumi.{name}.yaml").write_text(STACK)
    (root / "stacks" / "Pulumi.account.yaml").write_text("config:\n  aws:region: eu-central-1\n")
    monkeypatch.chdir(root)
    return root


def test_a_name_is_found_from_the_project_and_from_any_folder_in_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = project / "stacks" / "Pulumi.dev.yaml"
    assert find_environment_file("dev") == wanted
    monkeypatch.chdir(project / "stacks" / "deeper")
    assert find_environment_file("dev") == wanted
    assert load_environment("dev").name == "dev"


def test_a_name_is_found_from_outside_when_the_root_is_given(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_environment_file("prod", root=project).name == "Pulumi.prod.yaml"
    assert environment_names(root=project) == ["dev", "prod"]


def test_stacks_lie_beside_the_project_file_unless_it_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    Path("Pulumi.test.yaml").write_text(STACK)
    assert environment_names() == ["test"]


def test_only_stacks_with_an_environment_are_named(project: Path) -> None:
    assert environment_names() == ["dev", "prod"]


@pytest.mark.parametrize("as_text", [True, False])
def test_a_path_is_taken_as_it_is(as_text: bool, project: Path) -> None:
    path = project / "mine.yaml"
    assert find_environment_file(str(path) if as_text else path) == path
    assert find_environment_file("mine.yaml") == Path("mine.yaml")


def test_a_file_without_a_suffix_is_found_where_no_stack_has_its_name(project: Path) -> None:
    Path("mine").write_text(STACK)
    assert find_environment_file("mine") == Path("mine")


def test_an_unknown_name_is_refused_with_the_nearest_and_all_there_are(project: Path) -> None:
    with pytest.raises(InputError) as refused:
        load_environment("prd")
    assert str(refused.value) == (
        'ENV\n  there is no environment "prd"\n  given: "prd"\n  allowed here: dev, prod\n  mend: did you mean prod?'
    )


def test_an_unknown_name_like_no_other_is_told_which_file_to_write(project: Path) -> None:
    with pytest.raises(InputError) as refused:
        load_environment("x")
    assert refused.value.problems[0].mend == "write stacks/Pulumi.x.yaml"


def test_outside_of_a_project_a_name_is_refused_and_none_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert environment_names() == []
    with pytest.raises(InputError) as refused:
        load_environment("dev")
    assert str(refused.value) == (
        f"ENV\n  {tmp_path} lies in no project: there is no Pulumi.yaml in it or above it\n"
        '  given: "dev"\n'
        "  allowed here: the path of a YAML file; an environment's name within a project\n"
        "  mend: go to the project, or name a file"
    )


def test_a_project_file_that_cannot_be_read_leaves_its_own_folder(project: Path) -> None:
    (project / "Pulumi.yaml").write_text("name: [demo\n")
    (project / "Pulumi.dev.yaml").write_text(STACK)
    assert environment_names() == ["dev"]


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("PROD", "did you mean prod?"),
        (" dev", "did you mean dev?"),
        ("", "name one of these, as dev"),
        ("a b", "name one of these, as dev"),
        ("x" * 5_000, "name one of these, as dev"),
    ],
)
def test_a_name_that_cannot_be_meant_is_told_what_can(project: Path, name: str, mend: str) -> None:
    with pytest.raises(InputError) as refused:
        load_environment(name)
    assert refused.value.problems[0].mend == mend


@pytest.mark.parametrize("name", [".", "..", "stacks"])
def test_a_directory_is_called_one(project: Path, name: str) -> None:
    with pytest.raises(InputError) as refused:
        load_environment(name)
    assert refused.value.problems[0].message == "this is a directory"


@pytest.mark.parametrize("path", ["prod.yaml", "Pulumi.prod.yaml", "deeper/prod.yml"])
def test_a_path_to_nothing_that_means_a_stack_is_told_its_name(project: Path, path: str) -> None:
    with pytest.raises(InputError) as refused:
        load_environment(path)
    [problem] = refused.value.problems
    assert (problem.message, problem.mend) == ("there is no such file", "did you mean prod?")
    assert problem.allowed == "dev, prod, or the path of a YAML file"


@pytest.mark.parametrize("content", ["name: [demo\n", "", "- a\n"])
def test_a_broken_project_file_is_the_reason_why_a_name_is_not_found(project: Path, content: str) -> None:
    (project / "Pulumi.yaml").write_text(content)
    with pytest.raises(InputError) as refused:
        load_environment("dev")
    assert refused.value.problems[0].file == "Pulumi.yaml"


def test_a_stack_that_is_no_text_is_not_offered(project: Path) -> None:
    (project / "stacks" / "Pulumi.odd.yaml").write_bytes(b"\xff\xfe")
    assert environment_names() == ["dev", "prod"]
