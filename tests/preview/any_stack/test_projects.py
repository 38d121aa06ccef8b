"""A project's own file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.errors import InputError, Problem
from modelyard_preview.projects import choose_stack, read_project
from modelyard_preview.subjects import Subject

Write = Callable[..., Path]

REFUSED = {
    "no name": (
        "runtime: python\n",
        (
            "shop/Pulumi.yaml:1: name\n"
            "  a project needs a name\n"
            "  given: nothing\n"
            "  allowed here: text\n"
            "  mend: write it, as name: shop"
        ),
    ),
    "a name misspelt": (
        "nme: shop\nruntime: python\n",
        (
            "shop/Pulumi.yaml:1: name\n"
            "  a project needs a name\n"
            "  given: nothing\n"
            "  allowed here: text\n"
            "  mend: did you mean name by nme?"
        ),
    ),
    "another language": (
        "name: shop\nruntime: nodejs\n",
        (
            "shop/Pulumi.yaml:2: runtime\n"
            "  only programs in Python can be run here\n"
            '  given: "nodejs"\n'
            "  allowed here: python\n"
            "  mend: run `pulumi preview --json` in the project, and give what it wrote to `--file`"
        ),
    ),
    "another language with options": (
        "name: shop\nruntime:\n  name: go\n",
        (
            "shop/Pulumi.yaml:3: runtime.name\n"
            "  only programs in Python can be run here\n"
            '  given: "go"\n'
            "  allowed here: python\n"
            "  mend: run `pulumi preview --json` in the project, and give what it wrote to `--file`"
        ),
    ),
    "no language": (
        "name: shop\n",
        (
            "shop/Pulumi.yaml:1: runtime\n"
            "  only programs in Python can be run here\n"
            "  given: nothing\n"
            "  allowed here: python\n"
            "  mend: write runtime: python"
        ),
    ),
    "a program that isn't there": (
        "name: shop\nruntime: python\nmain: infra\n",
        (
            "shop/Pulumi.yaml:3: main\n"
            "  there is no program: shop/infra isn't there\n"
            '  given: "infra"\n'
            "  allowed here: a directory with a __main__.py, or a file in Python\n"
            "  mend: check main"
        ),
    ),
    "a path that is none": (
        "name: shop\nruntime: python\nmain: 3\n",
        (
            "shop/Pulumi.yaml:3: main\n"
            "  main has to be a path\n"
            "  given: 3\n"
            "  allowed here: text\n"
            "  mend: write a path"
        ),
    ),
    "a folder of stacks that is none": (
        "name: shop\nruntime: python\nstackConfigDir: [a]\n",
        (
            "shop/Pulumi.yaml:3: stackConfigDir\n"
            "  stackConfigDir has to be a path\n"
            "  given: a list of 1\n"
            "  allowed here: text\n"
            "  mend: write a path"
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_project_that_cannot_be_run_is_told_with_file_and_field(
    case: str, problem: Callable[..., Problem]
) -> None:
    text, expected = REFUSED[case]
    assert str(problem("", {"Pulumi.yaml": text})) == expected


def test_a_program_that_is_not_written_yet_is_named(problem: Callable[..., Problem]) -> None:
    found = problem("", {"__main__.py": None})
    assert (found.message, found.mend) == (
        "there is no program: shop/__main__.py isn't there",
        "write shop/__main__.py",
    )


@pytest.mark.parametrize(
    ("directory", "message", "mend"),
    [
        ("nowhere", "there is no such directory", "check the path"),
        ("shop/__main__.py", "this is no directory", "check the path"),
        (
            "shop/inner",
            "there is no Pulumi.yaml in this directory",
            "name the project that it lies in: shop",
        ),
    ],
)
def test_a_directory_that_is_no_project_is_told(
    directory: str, message: str, mend: str, write: Write
) -> None:
    (write("x = 1") / "inner").mkdir()
    with pytest.raises(InputError) as caught:
        read_project(Path(directory))
    [found] = caught.value.problems
    assert found == Problem("--program", directory, message, "a directory with a Pulumi.yaml", mend)


def test_outside_of_any_project_the_answer_is_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_project(tmp_path)
    assert caught.value.problems[0].mend == "name a project's directory"


@pytest.mark.parametrize("name", ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"])
def test_each_spelling_of_the_projects_file_is_read(name: str, write: Write) -> None:
    root = write("x = 1")
    (root / "Pulumi.yaml").unlink()
    (root / name).write_text('{"name": "shop", "runtime": "python"}')
    for reference in (root, root / name):
        project = read_project(reference)
        assert (project.name, project.root, project.program) == ("shop", root, root / "__main__.py")


def test_main_and_the_folder_of_stacks_are_followed(load: Callable[..., Subject]) -> None:
    subject = load(
        "",
        {
            "Pulumi.yaml": "name: shop\nruntime: python\nmain: src\nstackConfigDir: envs\n",
            "envs/Pulumi.prod.yaml": "config:\n  aws:region: us-east-1\n",
            "src/__main__.py": "",
        },
    )
    assert (subject.name, subject.region) == ("shop/prod", "us-east-1")


def test_main_may_be_a_file_and_config_the_old_name_of_the_stacks_folder(write: Write) -> None:
    text = "name: shop\nruntime: python\nmain: app.py\nconfig: envs\n"
    root = write("", {"Pulumi.yaml": text, "app.py": "x = 1"})
    (root / "envs").mkdir()
    project = read_project(root)
    assert (project.program, project.stacks_directory) == (root / "app.py", root / "envs")


def test_the_only_stack_is_meant(write: Write) -> None:
    project = read_project(write("x = 1"))
    stack = choose_stack(project, None)
    assert (stack.name, stack.organization, stack.file) == (
        "dev",
        "organization",
        project.root / "Pulumi.dev.yaml",
    )


@pytest.mark.parametrize("suffix", ["yaml", "yml", "json"])
def test_a_stack_is_found_by_each_spelling_and_may_name_its_organization(suffix: str, write: Write) -> None:
    root = write("x = 1")
    (root / "Pulumi.dev.yaml").rename(root / f"Pulumi.prod.eu.{suffix}")
    for wanted in ("acme/prod.eu", "acme/shop/prod.eu"):
        stack = choose_stack(read_project(root), wanted)
        assert (stack.name, stack.organization) == ("prod.eu", "acme")
        assert stack.file == root / f"Pulumi.prod.eu.{suffix}"


def test_without_any_stacks_file_any_name_will_do(write: Write) -> None:
    root = write("x = 1")
    (root / "Pulumi.dev.yaml").unlink()
    project = read_project(root)
    assert choose_stack(project, None).name == "dev"
    assert (choose_stack(project, "try").name, choose_stack(project, "try").file) == ("try", None)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (
            None,
            (
                "--stack\n  the project has several stacks, and none is named\n  given: nothing\n"
                "  allowed here: dev or prod\n  mend: name one, as --stack dev"
            ),
        ),
        (
            "prdo",
            (
                '--stack\n  the project has no file of this stack\n  given: "prdo"\n'
                "  allowed here: dev or prod\n  mend: did you mean prod?"
            ),
        ),
        (
            "xyz",
            (
                '--stack\n  the project has no file of this stack\n  given: "xyz"\n'
                "  allowed here: dev or prod\n  mend: name one of these, or write shop/Pulumi.xyz.yaml"
            ),
        ),
        (
            "a b",
            (
                '--stack\n  this can\'t be the name of a stack\n  given: "a b"\n'
                "  allowed here: letters, digits, dots, dashes and underscores, as dev or acme/dev\n"
                "  mend: check the name"
            ),
        ),
    ],
)
def test_a_stack_that_is_not_clear_is_asked_for(wanted: str | None, expected: str, write: Write) -> None:
    root = write("x = 1", {"Pulumi.prod.yaml": "config: {}\n"})
    with pytest.raises(InputError) as caught:
        choose_stack(read_project(root), wanted)
    assert str(caught.value) == expected
