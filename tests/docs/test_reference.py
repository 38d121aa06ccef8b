"""The documentation is true: the reference is current, links lead somewhere, and files keep the house's rules."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def generator():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(ROOT / "tools" / "docs")  # as when it is run
        spec.loader.exec_module(module)
    return module


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_the_reference_is_what_the_code_says():
    folder = ROOT / "docs" / "reference"
    there = {
        str(page.relative_to(folder)): page.read_text()
        for page in folder.rglob("*.md")
        if page.name != "node.md"  # written by hand
    }
    assert there == generator().pages(), "run python tools/docs/generate.py"


def test_the_sample_of_a_comment_is_what_the_gate_writes(tmp_path):
    spec = importlib.util.spec_from_file_location("sample", ROOT / "tools" / "docs" / "sample_comment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write_sample(tmp_path / "comment.md")
    assert (tmp_path / "comment.md").read_text() == module.SAMPLE.read_text(), (
        "run python tools/docs/sample_comment.py, and the picture with python tools/docs/picture.py"
    )


def test_every_rule_has_a_page():
    from modelyard_policies.registry import all_rules

    pages = {page.stem for page in (ROOT / "docs" / "reference" / "policies").glob("*.md")}
    assert pages == {rule.id for rule in all_rules()}


@pytest.mark.parametrize("page", tracked("*.md"), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_commands_in_the_readme_exist():
    from modelyard_cli.main import COMMANDS

    named = set(re.findall(r"^modelyard ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)


def test_decisions_are_numbered_without_gaps_and_dated():
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text()
        assert text.startswith(f"# {int(page.name[:4])}. "), page.name
        assert re.search(r"^\d{4}-\d{2}-\d{2}$", text, re.MULTILINE), page.name


def test_no_file_names_the_place_where_it_was_written():
    forbidden = (str(ROOT), "index-url", "pypi" + ".org", "files.pythonhosted", "proxy.golang")
    for path in tracked():
        text = path.read_text(errors="ignore")
        found = [word for word in forbidden if word in text]
        assert not found or path == Path(__file__), f"{path.relative_to(ROOT)}: {found}"


def test_python_files_keep_to_one_subject():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("*.py")
        if (lines := len(path.read_text().splitlines())) > 350 and "tests" not in path.parts
    }
    assert long == {}


def blocks(language: str) -> list[str]:
    found = re.findall(r"```(\w*)\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return [text for kind, text in found if kind == language]


def test_the_readmes_environment_says_what_the_readme_shows(tmp_path, monkeypatch):
    from modelyard.environment import load_environment
    from modelyard.errors import InputError

    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.mine.yaml").write_text(blocks("yaml")[0])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        load_environment("stacks/Pulumi.mine.yaml")
    shown = next(block for block in blocks("") if block.startswith("stacks/Pulumi.mine.yaml"))
    for line in shown.splitlines()[:3]:
        assert line in str(caught.value)


def test_the_readmes_component_previews_alone():
    from previewing import preview

    (program,) = (block for block in blocks("python") if "import pulumi" in block)
    graph = preview(lambda: exec(program, {}))  # noqa: S102
    buckets = [node for node in graph.resources if node.type == "aws:s3/bucket:Bucket"]
    assert {node.properties["bucket"].split("-123")[0] for node in buckets} == {
        "archive-scans",
        "archive-logs",
    }
