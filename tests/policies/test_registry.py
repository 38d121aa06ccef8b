"""What holds for every rule."""

import importlib.util
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from modelyard_policies.aws.taggable import taggable_types
from modelyard_policies.engine import dispatch, judge
from modelyard_policies.errors import RuleDefinitionError
from modelyard_policies.graph import canonical
from modelyard_policies.reading import GraphView
from modelyard_policies.registry import all_rules, rule_of
from modelyard_policies.rule import Severity


class Watching(GraphView):
    """A view that notes which types it is asked for."""

    def __init__(self, graph, asked):
        super().__init__(graph)
        self.asked = asked

    def ask(self, *types):
        for each in types:
            self.asked.update(map(canonical, [each] if isinstance(each, str) else each))

    def of_type(self, *types):
        self.ask(*types)
        return super().of_type(*types)

    def linked(self, resource, types, property):  # noqa: A002
        self.ask(types)
        return super().linked(resource, types, property)

    def refers_to_any(self, block, key, types):
        self.ask(types)
        return super().refers_to_any(block, key, types)

    def any_target(self, block, key, types, test):
        self.ask(types)
        return super().any_target(block, key, types, test)

    def target(self, block, key, types):
        self.ask(types)
        return super().target(block, key, types)

    def candidates(self, block, key, types):
        self.ask(types)
        return super().candidates(block, key, types)


every_rule = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)


def test_the_rules_are_these():
    assert {rule.code: rule.id for rule in all_rules()} == {
        "ST1": "bucket-public-access-block",
        "ST3": "bucket-customer-key-encryption",
        "ST4": "bucket-versioning",
        "ST5": "bucket-tls-only",
        "NW1": "security-group-no-world-admin",
        "NW4": "vpc-default-security-group-closed",
        "NW6": "vpc-flow-logs",
        "NW8": "s3-gateway-endpoint",
        "EN1": "key-rotation",
        "EN2": "key-policy-no-wildcard",
        "EN3": "key-deletion-guard",
        "EN4": "no-decrypt-on-all-keys",
        "EN5": "recovery-key",
        "EN13": "volume-key-auto-scaling",
        "CO1": "instance-metadata-v2",
        "CO3": "launch-template-encrypted-volumes",
        "CO6": "launch-template-efa-security-group",
        "CO7": "efa-placement",
        "BK1": "backup-vault-customer-key",
        "BK2": "backup-vault-lock",
        "BK3": "backup-cross-region-copy",
        "BK4": "backup-schedule-and-retention",
        "BK5": "classified-data-backup",
        "BK6": "bucket-replication",
        "CE1": "stack-budget",
        "CE2": "accelerator-cap",
        "CE4": "non-production-scale-to-zero",
        "CE6": "capacity-reservation-end",
        "TG1": "required-tags",
    }


@every_rule
def test_a_rule_has_cases_of_every_kind(rule, tables):
    cases = tables[rule.id]
    assert set(cases) == {"bad", "good", "unknown", "not applicable"}
    assert all(cases.values())


@every_rule
def test_a_rule_says_all_about_itself(rule):
    assert isinstance(rule.severity, Severity)
    assert rule.title
    assert rule.resources
    assert rule.why.endswith(".")
    assert rule.mend.endswith(".")
    assert set(rule.maps_to) == {"checkov", "security_hub", "cis"}
    assert re.fullmatch(r"[A-Z]{2}\d+", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.id)


@every_rule
def test_a_rule_of_one_resource_reads_no_other_and_one_of_the_stack_says_which(rule, build, tables):
    asked = set()
    for rows in tables[rule.id].values():
        for resources, *_ in rows.values():
            graph = build(resources)
            view = Watching(graph, asked)
            for node in graph.of_type(*dispatch([rule])):
                judge(rule, view.resource(node), view)
    assert asked <= {canonical(token) for token in (*rule.reads, *rule.resources)}
    assert bool(asked) == bool(rule.reads)


def test_a_module_without_a_rule_is_refused():
    with pytest.raises(RuleDefinitionError, match="holds no RULE"):
        rule_of(SimpleNamespace(__name__="modelyard_policies.rules.x"))


def test_a_module_that_is_not_named_after_its_rule_is_refused():
    rule = all_rules()[0]
    with pytest.raises(RuleDefinitionError, match=f"name it {rule.id.replace('-', '_')}.py"):
        rule_of(SimpleNamespace(__name__="modelyard_policies.rules.x", RULE=rule))


def test_the_taggable_types_are_those_that_the_sdk_declares():
    sdk = Path(importlib.util.find_spec("pulumi_aws").origin).parent
    services = [
        "backup",
        "batch",
        "budgets",
        "cloudwatch",
        "ec2",
        "ecr",
        "efs",
        "fsx",
        "iam",
        "kms",
        "s3",
        "sns",
        "vpc",
    ]
    objects = {"BucketObject", "BucketObjectv2", "ObjectCopy"}
    declared = []
    for path in (path for service in services for path in (sdk / service).glob("[!_]*.py")):
        text = path.read_text(encoding="utf-8")
        token = re.search(r"super\(\w+, __self__\).__init__\(\s*'(aws:[^']+)'", text)
        inputs = text.partition("def _internal_init")[2].partition("__props__=None")[0]
        if token and re.search(r"\n\s+tags: ", inputs) and token[1].rpartition(":")[2] not in objects:
            declared.append(token[1])
    assert list(taggable_types()) == sorted(declared)
