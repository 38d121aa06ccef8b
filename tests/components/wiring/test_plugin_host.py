"""The host of components, without an engine."""

import json

import pulumi
import pytest
from previewing import PLACE, preview
from pulumi.errors import InputPropertiesError

from modelyard.aws.encryption import Encryption
from modelyard.wiring.plugin_host import PluginHost
from modelyard.wiring.tokens import AWS


@pytest.fixture(scope="module")
def host():
    return PluginHost(AWS, [Encryption])


def construct(host, kind, inputs):
    """Construct a component as the engine asks for it, in a program's preview."""
    results = []
    graph = preview(lambda: results.append(host.construct("keys", kind, inputs)))
    return graph, results[0]


def test_a_hosted_component_is_registered_as_the_type_of_the_schema(host):
    kind = "modelyard-aws:index:Encryption"
    assert set(json.loads(host.schema)["resources"]) == {kind}
    sent = {
        "accountId": PLACE["account_id"],
        "region": PLACE["region"],
        "purposes": ["logs"],
        "rotationDays": 90.0,
    }
    graph, result = construct(host, kind, sent)
    (component,) = [node for node in graph.resources if node.type == kind]
    (key,) = [node for node in graph.resources if node.type == "aws:kms/key:Key"]
    assert key.parent == component.urn
    assert (key.name, key.properties["rotationPeriodInDays"]) == ("keys-logs", 90)
    assert isinstance(result.state["keyArns"], pulumi.Output)


def test_hosted_and_local_components_give_one_graph(host):
    args = {**PLACE, "purposes": ["logs", "volumes"], "tags": {"owner": "ml"}}
    local = preview(lambda: Encryption("keys", args) and None)
    sent = {"accountId": args["account_id"], **{key: args[key] for key in ("region", "purposes", "tags")}}
    hosted, _ = construct(host, "modelyard-aws:index:Encryption", sent)
    assert [(n.urn, n.properties, n.dependencies) for n in hosted.resources] == [
        (n.urn, n.properties, n.dependencies) for n in local.resources
    ]


def test_what_a_component_refuses_is_told_without_a_traceback(host):
    sent = {"accountId": "1", "region": "eu-central-1", "purposes": ["secrets"]}
    with pytest.raises(InputPropertiesError) as caught:
        host.construct("keys", "modelyard-aws:index:Encryption", sent)
    lines = str(caught.value).splitlines()
    assert lines[1:3] == ["keys.purposes", "  a key is made for a purpose that its policy is written for"]


@pytest.mark.parametrize("kind", ["modelyard-aws:index:Encyption", "modelyard-azure:index:Encryption"])
def test_a_component_that_the_plugin_does_not_have_is_refused(host, kind):
    with pytest.raises(InputPropertiesError) as caught:
        host.construct("keys", kind, {})
    assert str(caught.value) == f"modelyard-aws has no component {kind}; it has Encryption"
    assert caught.value.errors == []


def test_descriptions_lose_the_indentation_of_docstrings(host):
    described = json.loads(host.schema)["resources"]["modelyard-aws:index:Encryption"]["description"]
    assert described.startswith(
        "Customer-managed keys, one for each purpose, with an alias each.\n\nRotation"
    )
    assert not [line for line in described.splitlines() if line.startswith(" ")]
