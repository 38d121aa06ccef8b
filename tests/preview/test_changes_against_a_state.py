"""What is compared with a stack's state: there all is known that a preview can't know yet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from previewing import dev_fields, preview_environment

from modelyard_policies.graph import UNKNOWN, Graph
from modelyard_preview.changes import Changes, compare


def known(value: Any) -> Any:
    """A value as a state has it: what was unknown has become an id, at any depth."""
    if value is UNKNOWN:
        return "id-0123"
    if isinstance(value, dict):
        return {name: known(each) for name, each in value.items()}
    return [known(each) for each in value] if isinstance(value, list) else value


def deployed(fields: dict[str, Any]) -> Graph:
    graph = preview_environment(fields)
    return Graph(replace(node, properties=known(node.properties)) for node in graph.resources)


def changed(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    return compare(deployed(before), preview_environment(after), "state.json")


def test_the_same_environment_changes_nothing() -> None:
    changes = changed(dev_fields(), dev_fields())
    assert (changes.resources, changes.jobs) == ((), ())


def test_more_nodes_are_a_change_that_no_job_notices() -> None:
    fields = dev_fields()
    fields["compute"][0]["max_nodes"] += 1
    changes = changed(dev_fields(), fields)
    assert [change.properties for change in changes.resources] == [("computeResources",)]
    assert changes.jobs == ()


def test_another_machine_waits_for_running_jobs() -> None:
    fields = dev_fields()
    fields["compute"][1]["instance_type"] = "g5.2xlarge"
    [effect] = changed(dev_fields(), fields).jobs
    assert (effect.subject, effect.severity) == ("pool gpu in eu-central-1", "waits")


def test_new_machines_without_a_time_to_wait_end_what_runs() -> None:
    fields = dev_fields()
    before = deployed(fields)
    fields["compute"][1]["instance_type"] = "g5.2xlarge"
    after = Graph(
        replace(node, properties={**node.properties, "updatePolicy": None})
        for node in preview_environment(fields).resources
    )
    [effect] = [each for each in compare(before, after, "state.json").jobs if "gpu" in each.subject]
    assert (effect.severity, effect.message) == ("ends", "new jobs get new machines; what runs is ended")
