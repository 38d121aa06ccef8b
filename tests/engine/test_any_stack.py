"""What is said of a stack is the same, however it came here: its program, the engine's preview, the state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from previewing import ROOT
from rehearsing import rehearse_dev

from modelyard_policies.engine import evaluate
from modelyard_policies.graph import Node
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Verdict
from modelyard_preview.subjects import Subject
from modelyard_preview.subjects.environment import from_environment
from modelyard_preview.subjects.file import from_file
from modelyard_preview.subjects.program import from_program

if TYPE_CHECKING:
    from conftest import Engine

PROGRAM = """
import json
import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions, ResourceTransformResult

config = pulumi.Config()


class Store(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("shop:index:Store", name, {}, opts)
        own = ResourceOptions(parent=self, protect=True)
        self.bucket = aws.s3.Bucket(f"{name}-bucket", bucket=config.require("name"), opts=own)
        self.register_outputs({"bucket": self.bucket.id})


west = aws.Provider("west", region="us-west-2", default_tags={"tags": {"team": "shop"}})
key = aws.kms.Key("key", description=f"{config.require_object('shape')['kind']}", opts=ResourceOptions(provider=west))
store = Store("store")
aws.s3.BucketObject("object", bucket=store.bucket.id, key="k", source=pulumi.StringAsset("hello"))


def tagged(args):
    if args.type_ == "aws:sqs/queue:Queue":
        return ResourceTransformResult({**args.props, "tags": {"added": "yes"}}, args.opts)


pulumi.runtime.register_resource_transform(tagged)
aws.sqs.Queue("queue", kms_master_key_id=key.arn, opts=ResourceOptions(depends_on=[store]))
aws.ssm.Parameter("password", type="SecureString", value=config.require_secret("password"))
statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
aws.sqs.QueuePolicy("policy", queue_url="https://example.org", policy=policy)
aws.kms.Key.get("theirs", "1234")
"""
"""Some of all that programs do, as far as the engine's stand-in of a provider can answer it."""


def resources(subject: Subject) -> dict[str, dict[str, Any]]:
    """What must be the same of each resource. Default providers are the engine's own."""
    return {node.urn: comparable(node) for node in subject.graph.resources if "::default" not in node.urn}


def comparable(node: Node) -> dict[str, Any]:
    is_provider = node.type.startswith("pulumi:providers:")
    return {
        "name": (node.type, node.name, node.custom, node.parent, node.protect),
        "region": node.region,
        # (the engine writes the version of a provider's plugin among its inputs)
        "properties": {k: v for k, v in node.properties.items() if not (is_provider and k == "version")},
        "dependencies": node.dependencies,
        "sources": {name: urns for name, urns in node.property_dependencies.items() if urns},
    }


def findings(subject: Subject, verdict: Verdict) -> set[tuple[str, str, str, str]]:
    report = evaluate(subject.graph, all_rules())
    return {
        (finding.rule, finding.urn, finding.property, finding.message)
        for finding in report.findings
        if finding.verdict is verdict
    }


def written(document: Any, directory: Path) -> Subject:
    """What a document holds once it is in a file."""
    file = directory / "document.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return from_file(str(file))


@pytest.mark.parametrize("stack", ["dev", "prod", "account"])
def test_an_engines_preview_of_ours_holds_our_graph_and_our_findings(
    stack: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = _copy_of_ours(tmp_path)
    theirs = written(engine.preview(project, stack), tmp_path)
    monkeypatch.chdir(project)
    ours = from_environment(stack)
    assert resources(theirs) == resources(ours)
    for verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR):
        assert findings(theirs, verdict) == findings(ours, verdict)
    assert (theirs.name, theirs.cloud, theirs.notes.remarks) == (f"modelyard/{stack}", "aws", ())


def test_any_program_gives_the_graph_that_the_engine_gives(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "shop"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nconfig:\n  name: {type: string, default: data}\n  aws:region: eu-central-1\n"
    )
    (project / "__main__.py").write_text(PROGRAM)
    engine.run(["stack", "init", "dev"], project)
    engine.run(["config", "set", "--secret", "password", "hunter2"], project)
    engine.run(["config", "set", "--path", "shape.kind", "round"], project)
    done = engine.run(["preview", "--json", "--stack", "dev"], project)
    assert done.returncode == 0, done.stdout + done.stderr
    theirs = written(done.stdout, tmp_path)
    monkeypatch.chdir(tmp_path)
    ours = from_program(project)
    assert "hunter2" not in str(resources(ours))
    assert resources(theirs) == resources(ours)
    lines = {node.name: node.source for node in ours.graph.resources}
    assert lines == {node.name: node.source for node in theirs.graph.resources}
    assert findings(theirs, Verdict.FAIL) == findings(ours, Verdict.FAIL) != set()


@pytest.mark.slow
def test_a_state_fails_where_its_environment_fails_and_nothing_is_unknown_of_it(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearse_dev(engine, tmp_path) as dev:
        dev.up()
        state = written(dev.must("stack", "export"), tmp_path)
        monkeypatch.chdir(dev.project)
        environment = from_environment("dev")
    assert {node.urn for node in environment.graph.resources} <= {node.urn for node in state.graph.resources}
    assert findings(state, Verdict.FAIL) == findings(environment, Verdict.FAIL)
    assert findings(state, Verdict.UNKNOWN) == findings(state, Verdict.ERROR) == set()
    assert state.region == environment.region


def _copy_of_ours(directory: Path) -> Path:
    import shutil

    project = directory / "project"
    shutil.copytree(ROOT / "stacks", project / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", project)
    (project / ".venv").symlink_to(ROOT / ".venv")
    return project
