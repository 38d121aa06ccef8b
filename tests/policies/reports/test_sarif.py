"""SARIF: valid by its schema whatever the program says, and with what code scanning looks at."""

import json
from pathlib import Path

import jsonschema
import pytest
from assessing import RULES, TODAY, assessed, node, suppressions, texts, unknown
from hypothesis import given, settings

from modelyard_policies.assessment import Base, assess
from modelyard_policies.distribution import documentation, version
from modelyard_policies.graph import Graph
from modelyard_policies.policy import Policy
from modelyard_policies.registry import all_rules
from modelyard_policies.reports import sarif
from modelyard_policies.rule import Severity

SCHEMA = json.loads(Path(__file__).with_name("sarif-2.1.0.schema.json").read_text())
VALID = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
DOCS = "https://docs.example/modelyard"


def run_of(assessment, docs=None):
    written = sarif.text(assessment, docs)
    document = json.loads(written)
    assert [f"{list(error.path)}: {error.message}" for error in VALID.iter_errors(document)] == []
    (run,) = document["runs"]
    return run


def results(assessment):
    return run_of(assessment)["results"]


@settings(max_examples=50)
@given(texts, texts, texts)
def test_a_log_is_valid_whatever_a_program_says(name, said, source):
    nodes = [node(name, source, ST4=[said, "break"], ST1=[said]), unknown(name + "u")]
    found = assess(
        Graph(nodes),
        RULES,
        name=name,
        today=TODAY,
        policy=Policy.read(
            RULES, suppressions=suppressions("ST1 * 2026-12-31", "NW2 * 2026-01-01"), config=None
        ),
        notes=[said],
        file=source,
    )
    run = run_of(found)
    assert {item["ruleId"] for item in run["results"]} >= {"rule-st1"}
    assert "](" not in json.dumps([item["message"] for item in run["results"]])


def test_every_rule_of_the_pack_is_described():
    run = run_of(assess(Graph([]), all_rules(), name="prod", today=TODAY), DOCS)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in all_rules()]
    for rule, given_rule in zip(rules, all_rules(), strict=True):
        assert rule["helpUri"] == f"{DOCS}/reference/policies.md#{given_rule.id}"
        tagged = "security" in rule["properties"]["tags"]
        assert ("security-severity" in rule["properties"]) is tagged
        assert given_rule.snippet.strip() in rule["help"]["markdown"]
    assert run["tool"]["driver"]["version"] == version() != ""


def test_where_nothing_says_where_the_documentation_is_no_link_is_made_up():
    rules = run_of(assessed())["tool"]["driver"]["rules"]
    assert all(("helpUri" in rule) is (documentation() is not None) for rule in rules)


@pytest.mark.parametrize(
    ("severity", "level", "score", "problem"),
    [
        (Severity.CRITICAL, "error", "9.5", "error"),
        (Severity.HIGH, "error", "8.0", "error"),
        (Severity.MEDIUM, "warning", "5.5", "warning"),
        (Severity.LOW, "note", None, "recommendation"),
    ],
)
def test_a_failure_has_the_level_of_its_severity(severity, level, score, problem):
    code = next(rule.code for rule in RULES if rule.severity is severity)
    run = run_of(assessed(node("a", **{code: ["is off"]})))
    (result,) = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert (result["kind"], result["level"], rule["id"]) == ("fail", level, result["ruleId"])
    # What a rule of cost says is no matter of security.
    assert rule["properties"].get("security-severity") == score
    assert rule["properties"]["problem.severity"] == problem


def test_a_result_points_at_the_programs_line_and_names_the_resource():
    (result,) = results(assessed(node("a", "stacks/my program.py:12", ST4=["is off"])))
    assert result["message"]["text"] == "a: ST4[0] is off. Mend: What to change."
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "stacks/my%20program.py", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 12},
            },
            "logicalLocations": [
                {
                    "name": "a",
                    "fullyQualifiedName": "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::a",
                    "kind": "resource",
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("source", "file", "place"),
    [
        ("/site/x.py:3", None, ({"uri": "file:///site/x.py"}, 3)),
        ("C:\\x\\y.py:3", None, ({"uri": "file:///C%3A/x/y.py"}, 3)),
        ("no line", "state.json", ({"uri": "state.json", "uriBaseId": "%SRCROOT%"}, 1)),
        ("no line", None, None),
    ],
)
def test_a_result_without_a_line_of_the_project_points_at_what_there_is(source, file, place):
    (result,) = results(assessed(node("a", source, ST4=["is off"]), file=file))
    found = result["locations"][0].get("physicalLocation")
    assert (found and (found["artifactLocation"], found["region"]["startLine"])) == place


def test_what_is_unknown_is_for_review_and_has_no_level():
    (result,) = results(assessed(unknown("a")))
    assert (result["kind"], result["level"]) == ("review", "none")


def test_a_rule_that_broke_is_a_notification_and_no_result():
    run = run_of(assessed(node("a", ST4=["break"])))
    (invocation,) = run["invocations"]
    (notice,) = invocation["toolExecutionNotifications"]
    assert run["results"] == []
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 1)
    assert (notice["level"], notice["associatedRule"]["id"]) == ("error", "rule-st4")
    assert "ValueError at assessing.py" in notice["message"]["text"]
    assert "hunter2" not in json.dumps(run)


def test_suppressions_say_whether_they_hold():
    policy = Policy.from_files(
        RULES,
        base_suppressions=suppressions("ST4 a 2026-12-31", "ST4 b 2026-11-01"),
        head_suppressions=suppressions("ST4 a 2026-12-31", "ST4 b 2026-11-01", "ST4 c 2026-12-31"),
        base_config=None,
        head_config=None,
    )
    nodes = [node(name, ST4=["is off"]) for name in "abcd"]
    found = {
        item["properties"]["urn"][-1]: [entry["status"] for entry in item["suppressions"]]
        for item in results(assessed(*nodes, policy=policy))
    }
    assert found == {"a": ["accepted"], "b": ["rejected"], "c": ["underReview"], "d": []}
    (entry,) = next(item for item in results(assessed(*nodes, policy=policy)) if item["suppressions"])[
        "suppressions"
    ]
    assert (entry["kind"], entry["justification"]) == ("external", "It is made again within an hour.")
    assert entry["properties"] == {"owner": "data-platform", "expires": "2026-12-31"}
    assert entry["location"]["physicalLocation"]["region"] == {"startLine": 3}


def test_what_is_settled_about_the_run_is_told_in_notices():
    policy = Policy.from_files(
        RULES,
        base_suppressions=suppressions("ST4 a 2026-12-31", "ST4 b 2026-11-01"),
        head_suppressions=suppressions("ST4 b 2026-11-01"),
        base_config=None,
        head_config=None,
    )
    found = run_of(assessed(node("a"), policy=policy, notes=["AMIs are unknown"]))
    notices = found["invocations"][0]["toolConfigurationNotifications"]
    assert [(item["descriptor"]["id"], item["level"]) for item in notices] == [
        ("suppression-unused", "note"),
        ("suppression-expired", "error"),
        ("pending-change", "warning"),
        ("note", "note"),
    ]
    described = {item["id"] for item in found["tool"]["driver"]["notifications"]}
    assert {item["descriptor"]["id"] for item in notices} <= described


def test_beside_a_base_results_are_new_unchanged_or_absent():
    before = assessed(node("a", ST4=["x"]), node("gone", ST4=["x"]))
    base = Base("main", before.findings, frozenset(before.rules))
    found = {
        item["properties"]["urn"].rpartition("::")[2]: item["baselineState"]
        for item in results(assessed(node("a", ST4=["x"]), node("b", ST4=["x"]), base=base))
    }
    assert found == {"a": "unchanged", "b": "new", "gone": "absent"}
    assert "baselineState" not in results(assessed(node("a", ST4=["x"])))[0]


def test_fingerprints_stay_when_lines_move():
    first = results(assessed(node("a", "main.py:1", ST4=["x", "y"])))
    later = results(
        assessed(node("z", "main.py:1", ST4=["x"]), node("a", "main.py:9", ST4=["new", "x", "y"]))
    )
    names = [item["partialFingerprints"] for item in first]
    assert all(set(name) == {"modelyardFinding/v1", "primaryLocationLineHash"} for name in names)
    assert [item["partialFingerprints"] for item in later[2:]] == names


def test_a_message_can_hold_neither_placeholders_nor_links():
    (result,) = results(assessed(node("a", ST4=["{0} [x](https://evil.example)"])))
    assert "{{0}} [x] (https://evil.example)" in result["message"]["text"]
