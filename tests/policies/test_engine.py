import functools
import re
from dataclasses import replace

import pytest

from modelyard_policies.engine import evaluate
from modelyard_policies.errors import UnknownRuleError, Unread
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Verdict
from modelyard_policies.rule import Rule, Scope, Severity


def rule(code, check, severity=Severity.MEDIUM, applies=None, reads=(), types=("a",)):
    made = Rule(
        id=f"rule-{code.lower()}",
        code=code,
        title="title",
        severity=severity,
        resources=types,
        reads=reads,
        why="why",
        mend="mend",
        maps_to={},
    )
    made.check(check)
    if applies:
        made.applies(applies)
    return made


def fails(resource, graph):
    yield resource.failure("p", "is wrong")


def passes(resource, graph):
    yield from ()


def reads_unknown(resource, graph):
    resource.get("u")
    yield resource.failure("p", "never reached")


def fails_then_reads_unknown(resource, graph):
    yield resource.failure("p", "is wrong")
    resource.get("u")


def breaks(resource, graph):
    yield resource.failure("p", "is wrong")
    raise ValueError("the password is hunter2")


BREAKS_AT = breaks.__code__.co_firstlineno + 2


def graph(*tokens):
    return Graph(
        Node(urn=f"urn{n}", type=token, name=f"n{n}", properties={"u": UNKNOWN}, source=f"main.py:{n}")
        for n, token in enumerate(tokens or ("a",))
    )


@pytest.mark.parametrize(
    ("check", "verdict", "findings", "ok"),
    [
        (passes, "pass", [], True),
        (fails, "fail", [("fail", "p", "is wrong")], False),
        (
            reads_unknown,
            "unknown",
            [("unknown", "u", "can't be judged: not known before the deployment")],
            True,
        ),
        (fails_then_reads_unknown, "fail", [("fail", "p", "is wrong")], False),
        (
            breaks,
            "error",
            [
                ("fail", "p", "is wrong"),
                ("error", "", f"the rule broke: ValueError at test_engine.py:{BREAKS_AT}"),
            ],
            False,
        ),
    ],
)
def test_the_verdict_of_a_rule(check, verdict, findings, ok):
    report = evaluate(graph(), [rule("X1", check)])
    assert report.verdicts == {("rule-x1", "urn0"): verdict}
    assert [(item.verdict, item.property, item.message) for item in report.findings] == findings
    assert (report.ok, report.exit_code) == (ok, 0 if ok else 1)


def test_what_broke_a_rule_is_shown_without_what_it_said():
    def breaks_in_a_library(resource, graph):
        yield from (int(value) for value in ["hunter2"])

    def runs_into_our_own_code(resource, graph):
        yield resource.get([])

    for check in (breaks, breaks_in_a_library, runs_into_our_own_code):
        (*_, broken) = evaluate(graph(), [rule("X1", check)]).findings
        assert "hunter2" not in str(broken.as_json())
        assert re.fullmatch(r"the rule broke: \w+ at test_engine\.py:\d+", broken.message)


def test_a_rule_that_broke_outside_of_its_module_is_shown_where_it_did():
    bare = Rule(
        id="x", code="X1", title="", severity=Severity.LOW, resources=("a",), why="", mend="", maps_to={}
    )
    bare.check(functools.partial(breaks))
    assert "test_engine.py" in evaluate(graph(), [bare]).findings[-1].message
    unmarked = replace(bare)
    (broken,) = evaluate(graph(), [unmarked]).findings
    assert re.search(r"NotImplementedError at modelyard_policies/rule\.py:\d+$", broken.message)


def test_a_rule_that_does_not_concern_a_resource_is_not_asked():
    report = evaluate(graph(), [rule("X1", fails, applies=lambda resource, graph: False)])
    assert report.verdicts == {("rule-x1", "urn0"): Verdict.NOT_APPLICABLE}
    assert report.ok


def test_whether_a_rule_concerns_a_resource_may_be_unknown():
    applies = lambda resource, graph: resource.text("u") == "x"  # noqa: E731
    report = evaluate(graph(), [rule("X1", fails, applies=applies)])
    assert report.rules == {"rule-x1": Verdict.UNKNOWN}


def test_a_rule_without_a_check_is_an_error_not_a_pass():
    bare = Rule(
        id="x", code="X1", title="", severity=Severity.LOW, resources=("a",), why="", mend="", maps_to={}
    )
    report = evaluate(graph(), [bare])
    assert (report.rules, report.exit_code) == ({"x": Verdict.ERROR}, 1)


def test_rules_are_counted_once_by_their_worst_verdict():
    def fails_on_the_second(resource, graph):
        if resource.name == "n1":
            yield resource.failure("", "wrong")

    rules = [
        rule("X1", fails_on_the_second),
        rule("X2", reads_unknown),
        rule("X3", passes),
        rule("X4", fails, types=("elsewhere",)),
        rule("X5", breaks),
        rule("X6", lambda resource, graph: (_ for _ in ()).throw(ValueError("oh"))),
    ]
    report = evaluate(graph("a", "a"), rules)
    assert report.tallies == {"passed": 1, "failed": 1, "unknown": 1, "notApplicable": 1, "errors": 2}
    assert sum(report.tallies.values()) == len(rules)


def test_findings_are_worst_first_then_by_code_then_by_resource():
    rules = [
        rule("X10", fails),
        rule("X9", fails),
        rule("Y1", fails, Severity.CRITICAL),
        rule("A1", fails, Severity.LOW),
    ]
    report = evaluate(graph("a", "a"), rules)
    assert [(item.code, item.urn) for item in report.findings] == [
        (code, urn) for code in ("Y1", "X9", "X10", "A1") for urn in ("urn0", "urn1")
    ]
    assert report == evaluate(graph("a", "a"), list(rules))


@pytest.mark.parametrize("name", ["X2", "x2", "rule-x2", " RULE-X2 "])
def test_rules_are_chosen_by_id_or_code(name):
    report = evaluate(graph(), [rule("X1", fails), rule("X2", passes)], select=[name])
    assert list(report.rules) == ["rule-x2"]


def test_choosing_a_rule_that_does_not_exist_names_the_nearest():
    with pytest.raises(UnknownRuleError) as error:
        evaluate(graph(), all_rules(), select=["bucket-versionning"])
    assert str(error.value) == "there is no rule 'bucket-versionning'; did you mean 'bucket-versioning'?"


def test_choosing_no_rule_asks_none():
    assert evaluate(graph(), all_rules(), select=[]).rules == {}


def test_types_that_no_rule_knows_are_listed():
    nodes = [
        *graph("a", "read", "unheard-of", "pulumi:providers:aws").resources,
        Node(urn="c", type="modelyard-aws:index:Storage", name="c", custom=False),
    ]
    assert evaluate(Graph(nodes), [rule("X1", passes, reads=("read",))]).unchecked == ("unheard-of",)


def test_a_type_is_unchecked_only_if_no_rule_looks_at_it_chosen_or_not():
    rules = [rule("AA1", passes), rule("AA2", passes, types=("b",))]
    assert evaluate(graph("a", "b", "c"), rules, select=["AA1"]).unchecked == ("c",)


def lacks_a_partner(resource, graph):
    if not graph.linked(resource, "b", "of"):
        yield resource.failure("", "has no partner")


def lacks_a_type(resource, graph):
    if not graph.of_type("b"):
        yield resource.failure("", "there is no b")


@pytest.mark.parametrize("check", [lacks_a_partner, lacks_a_type])
def test_what_may_be_missing_from_the_graph_is_not_said_to_lack(check):
    partial = graph("a")
    partial.missing = "the rest of the stack isn't in the file"
    [finding] = evaluate(partial, [rule("AA1", check, reads=("b",))]).findings
    assert (finding.verdict, finding.message) == (
        Verdict.UNKNOWN,
        "can't be judged: the rest of the stack isn't in the file",
    )
    assert (finding.urn, finding.judged) == (partial.resources[0].urn, partial.resources[0].urn)
    [whole] = evaluate(graph("a"), [rule("AA1", check, reads=("b",))]).findings
    assert whole.verdict is Verdict.FAIL


@pytest.mark.parametrize("check", [lacks_a_partner, lacks_a_type])
def test_what_is_in_a_graph_counts_though_others_may_be_missing(check):
    one = Node("urn:a", "a", "a", outputs={"id": "1"})
    partial = Graph([one, Node("urn:b", "b", "b", properties={"of": "1"})])
    partial.missing = "the rest of the stack isn't in the file"
    assert evaluate(partial, [rule("AA1", check, reads=("b",))]).findings == ()


def test_a_rule_that_reads_other_resources_judges_the_stack():
    assert rule("X1", passes).scope is Scope.RESOURCE
    assert rule("X1", passes, reads=("b",)).scope is Scope.STACK


def test_the_report_follows_the_contract():
    made = rule("X1", fails, Severity.HIGH)
    assert evaluate(graph(), [made]).as_json() == {
        "findings": [
            {
                "rule": "rule-x1",
                "code": "X1",
                "severity": "high",
                "verdict": "fail",
                "urn": "urn0",
                "property": "p",
                "message": "is wrong",
                "remediation": "mend",
                "enforcement": "mandatory",
                "suppression": None,
                "status": None,
                "source": "main.py:0",
            }
        ],
        "rules": {"passed": 0, "failed": 1, "unknown": 0, "notApplicable": 0, "errors": 0},
        "unchecked": [],
    }


def test_the_signal_of_an_unread_value_says_where():
    assert str(Unread("urn", "a.b", "not known")) == "a.b: not known"
