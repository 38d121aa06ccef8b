"""Lines of the program that resources come from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard_policies.graph import Graph, Node
from modelyard_preview.engine import RunResult

Run = Callable[..., RunResult]
Find = Callable[[Graph, str], Node]

PROGRAM = """\
import pulumi
import pulumi_aws as aws


class Pair(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("shop:index:Pair", name, {}, opts)
        self.key = aws.kms.Key(f"{name}-key", opts=pulumi.ResourceOptions(parent=self))
        self._bucket(name)

    def _bucket(self, name):
        aws.s3.Bucket(f"{name}-bucket", opts=pulumi.ResourceOptions(parent=self))


provider = aws.Provider("provider", region="eu-west-1")
pair = Pair(
    "pair"
)
pulumi.Output.from_input("late").apply(
    lambda name: aws.s3.Bucket(name)
)
"""


def test_a_resource_points_at_the_line_that_makes_it(
    run: Run, write: Callable[[str], Path], node: Find
) -> None:
    graph = run(write(PROGRAM)).graph
    names = ("shop-dev", "provider", "pair", "pair-key", "pair-bucket", "late")
    assert {name: node(graph, name).source for name in names} == {
        "shop-dev": None,
        "provider": "__main__.py:15",
        "pair": "__main__.py:16",
        "pair-key": "__main__.py:8",
        "pair-bucket": "__main__.py:12",
        "late": "__main__.py:20",
    }


def test_no_line_lies_in_an_installed_package(run: Run, write: Callable[[str], Path]) -> None:
    sources = [node.source or "" for node in run(write(PROGRAM)).graph.resources]
    assert not [source for source in sources if "site-packages" in source or "modelyard_preview" in source]


def test_a_file_outside_the_project_is_named_in_full(
    run: Run, write: Callable[[str], Path], node: Find, tmp_path: Path
) -> None:
    graph = run(write(PROGRAM), root=tmp_path / "elsewhere").graph
    assert node(graph, "provider").source == f"{tmp_path / '__main__.py'}:15"


def test_a_line_of_the_project_comes_before_one_of_a_library_elsewhere(
    run: Run, write: Callable[[str], Path], node: Find, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "shop_library.py").write_text(
        "import pulumi_aws as aws\n\n\ndef bucket(name):\n    return aws.s3.Bucket(name)\n"
    )
    program = write(
        f"import sys\nsys.path.insert(0, {str(elsewhere)!r})\nfrom shop_library import bucket\n\nbucket('mine')\n"
    )
    assert node(run(program).graph, "mine").source == "__main__.py:5"
