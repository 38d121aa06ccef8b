"""The shipped environment, previewed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modelyard.environment.aws.spec import AwsEnvironment
from modelyard_preview.engine.values import SENTINEL
from modelyard_preview.environment import Preview, preview_environment

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "stacks" / "__main__.py"


@pytest.fixture(scope="module")
def preview() -> Preview:
    from modelyard.environment.load import load_environment

    return preview_environment(load_environment("dev", root=ROOT), program=PROGRAM)


@pytest.fixture(scope="module")
def document(preview: Preview) -> dict[str, Any]:
    return json.loads(json.dumps(preview.as_json()))


def test_the_document_follows_its_contract(document: dict[str, Any]) -> None:
    assert (document["schema"], document["environment"], document["cloud"]) == (
        "modelyard.preview/1",
        "dev",
        "aws",
    )
    assert {"findings", "rules", "cost", "energy", "recovery"} < document.keys()
    for resource in document["resources"]:
        assert resource.keys() == {
            "urn",
            "type",
            "name",
            "custom",
            "parent",
            "properties",
            "dependencies",
            "propertyDependencies",
            "protect",
            "region",
            "source",
            "provider",
        }
    assert {"passed", "failed", "unknown", "notApplicable"} <= document["rules"].keys()


def test_unknowns_are_marked_and_pulumis_own_mark_is_nowhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    assert '{"unknown": true}' in text
    assert SENTINEL not in text


def test_every_parent_and_dependency_is_in_the_graph(document: dict[str, Any]) -> None:
    urns = {resource["urn"] for resource in document["resources"]}
    for resource in document["resources"]:
        assert resource["parent"] is None or resource["parent"] in urns
        assert set(resource["dependencies"]) <= urns
        for sources in resource["propertyDependencies"].values():
            assert set(sources) <= urns


def test_every_resource_points_at_a_line_of_the_project(document: dict[str, Any]) -> None:
    for resource in document["resources"]:
        if resource["type"] == "pulumi:pulumi:Stack":
            continue
        file, _, line = resource["source"].rpartition(":")
        assert int(line) > 0
        assert (ROOT / file).is_file()
    center = next(r for r in document["resources"] if r["type"] == "modelyard-aws:index:DataCenter")
    assert center["source"].startswith("stacks/__main__.py:")


def test_every_resource_goes_to_the_primary_region(preview: Preview) -> None:
    regions = {node.region for node in preview.graph.resources if node.custom}
    assert regions == {preview.environment.regions.primary}


def test_every_type_is_priced_or_known_to_be_free(document: dict[str, Any]) -> None:
    unknown = [entry["what"] for entry in document["cost"]["unpriced"] if entry["what"].startswith("aws:")]
    assert unknown == []


def test_every_price_says_where_it_comes_from(document: dict[str, Any]) -> None:
    for line in document["cost"]["items"]:
        assert line["price"]["source"]
        assert line["price"]["asOf"]
        assert line["price"]["usd"] > 0


def test_costs_rise_from_idle_to_maximum(document: dict[str, Any]) -> None:
    usd = document["cost"]["usd"]
    assert 0 < usd["idle"] < usd["expected"] < usd["maximum"]


def test_stores_are_found_in_the_graph(document: dict[str, Any]) -> None:
    stores = document["recovery"]["stores"]
    assert [store["name"] for store in stores] == ["datasets", "checkpoints"]
    assert all(store["urn"] and store["versioned"] is True for store in stores)


def test_the_number_of_resources_does_not_depend_on_the_number_of_nodes(preview: Preview) -> None:
    small = preview.environment
    pools = [pool.model_copy(update={"max_nodes": 1_250, "max_nodes_per_job": 1}) for pool in small.compute]
    large = small.model_copy(update={"compute": pools})
    small = small.model_copy(
        update={
            "compute": [
                pool.model_copy(update={"max_nodes": 1, "max_nodes_per_job": 1}) for pool in small.compute
            ]
        }
    )
    network = {"network": small.network.model_copy(update={"cidr": "10.0.0.0/16"})}
    counts = {
        len(preview_environment(one.model_copy(update=network), program=PROGRAM).graph.resources)
        for one in (small, large)
    }
    assert len(counts) == 1


def test_previews_are_identical(preview: Preview, document: dict[str, Any]) -> None:
    again = preview_environment(preview.environment, program=PROGRAM)
    assert json.loads(json.dumps(again.as_json())) == document


def test_a_program_outside_a_project_is_named_after_its_directory(
    environment: AwsEnvironment, tmp_path: Path
) -> None:
    program = tmp_path / "alone" / "__main__.py"
    program.parent.mkdir()
    program.write_text("import pulumi_aws as aws\naws.kms.Key('key')\n", encoding="utf-8")
    graph = preview_environment(environment, program=program).graph
    assert [node.urn for node in graph.resources] == [
        "urn:pulumi:dev::alone::pulumi:pulumi:Stack::alone-dev",
        "urn:pulumi:dev::alone::aws:kms/key:Key::key",
    ]
    assert graph.resources[1].source == "__main__.py:2"
