"""The order of resources: the same in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pulumi
import pulumi_aws as aws

from modelyard_preview.engine import RunResult

TANGLED = """
from pathlib import Path
import pulumi
from modelyard_preview.engine import run_program

elsewhere = []

def toy(name):
    elsewhere.append([bytearray(40) for _ in range(hash(name) % 50)])
    return pulumi.CustomResource("toys:index:Toy", name, {})

def program():
    first = {toy(f"first-{number}") for number in range(40)}
    for resource in first:
        toy(f"after-{resource.pulumi_resource_name}")

done = run_program(program, project="toys", stack="dev", config={}, root=Path.cwd())
print(*(node.name for node in done.graph.resources), sep="\\n")
"""
"""Prints resources that are made in the order of a set, as the SDK waits for what an input comes from.

Each process has them at other places in memory.
"""


def test_sets_of_resources_have_the_order_in_which_their_members_were_put_in(
    run: Callable[..., RunResult],
) -> None:
    taken_out: list[str] = []

    def program() -> None:
        resources = {aws.s3.Bucket(f"data-{number:03}") for number in range(100)}
        taken_out.extend(resource.pulumi_resource_name for resource in resources)

    run(program)
    assert taken_out == [f"data-{number:03}" for number in range(100)]
    assert pulumi.Resource.__hash__ is object.__hash__


def test_processes_see_the_resources_in_the_same_order(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TANGLED],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("0", "3")
    ]
    first, second = (process.communicate()[0].split() for process in processes)
    assert len(first) == 1 + 80
    assert first == second
