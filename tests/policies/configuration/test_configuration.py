"""The pack's configuration: levels and options by rule, and what is wrong with a file of them."""

import pytest
from assessing import RULES, assessed, node, unknown

from modelyard_policies.configuration.configuration import Configuration
from modelyard_policies.configuration.level import Level
from modelyard_policies.configuration.reading import read_configuration
from modelyard_policies.errors import SettingsError
from modelyard_policies.policy import Policy
from modelyard_policies.registry import all_rules
from modelyard_policies.settings import Source


def read(*lines, rules=None):
    text = "\n".join(["schema: modelyard.policies/1", "policies:", *(f"  {line}" for line in lines)])
    return read_configuration(Source(text, "p.yaml"), rules or all_rules())


def problem(*lines):
    with pytest.raises(SettingsError) as error:
        read(*lines)
    (found,) = error.value.problems
    return found.line, found.field, found.message, found.allowed


def test_with_nothing_said_every_rule_is_mandatory():
    assert {Configuration().level(rule.id) for rule in RULES} == {Level.MANDATORY}
    assert read().enabled(all_rules()) == list(all_rules())
    assert not read().unknown_counts


def test_a_rules_own_level_goes_before_that_of_all():
    found = read(
        "all: advisory", "bucket-versioning: mandatory", "bucket-tls-only: {enforcementLevel: disabled}"
    )
    assert found.level("bucket-versioning") is Level.MANDATORY
    assert found.level("bucket-tls-only") is Level.DISABLED
    assert found.level("key-rotation") is Level.ADVISORY


def test_options_alone_leave_the_level_of_all():
    found = read("all: advisory", "accelerator-cap:", "  accelerators: 64")
    assert found.level("accelerator-cap") is Level.ADVISORY
    assert [option.accelerators for option in found.options] == [64]


def test_what_would_be_remedied_under_pulumi_is_mandatory():
    assert read("all: advisory", "key-rotation: remediate").level("key-rotation") is Level.MANDATORY


@pytest.mark.parametrize(
    ("lines", "line", "field", "message"),
    [
        (
            ["bucket-versionning: disabled"],
            3,
            "policies.bucket-versionning",
            "there is no rule 'bucket-versionning'; did you mean 'bucket-versioning'?",
        ),
        (["ST4: disabled"], 3, "policies.ST4", "there is no rule 'ST4'"),
        (["all: off"], 3, "policies.all", "this is no level of enforcement"),
        (["all:", "  tags: [a]"], 3, "policies.all", "'all' has no options"),
        (["unknown-verdicts: disabled"], 3, "policies.unknown-verdicts", "this is no level of enforcement"),
        (
            ["accelerator-cap:", "  enforcementLevel: mandatory", "  acelerators: 3"],
            5,
            "policies.accelerator-cap.acelerators",
            "accelerator-cap has no option 'acelerators'; did you mean 'accelerators'?",
        ),
        (
            ["accelerator-cap:", "  accelerators: many"],
            4,
            "policies.accelerator-cap.accelerators",
            "accelerator-cap: accelerators must be a number from 0, not 'many'",
        ),
        (
            ["bucket-tls-only:", "  strict: true"],
            4,
            "policies.bucket-tls-only.strict",
            "bucket-tls-only has no options, but was given strict",
        ),
        (["- bucket-tls-only"], 2, "policies", "policies has to be a mapping"),
    ],
)
def test_a_mistake_is_told_at_its_line(lines, line, field, message):
    assert problem(*lines)[:3] == (line, field, message)


def test_a_code_in_place_of_an_id_is_told_the_id():
    with pytest.raises(SettingsError, match="mend: write bucket-versioning"):
        read("ST4: disabled")


def test_a_rule_that_only_advises_is_shown_and_doesn_t_make_the_answer_no():
    found = assessed(node("a", ST4=["x"]), configured={"rule_st4": "advisory"})
    assert (found.ok, [item.enforcement for item in found.findings]) == (True, [Level.ADVISORY])


def test_a_rule_that_only_advises_still_makes_the_answer_no_where_it_breaks():
    assert not assessed(node("a", ST4=["break"]), configured={"all": "advisory"}).ok


def test_a_rule_that_is_disabled_isn_t_asked_and_is_named():
    found = assessed(node("a", ST4=["x"]), configured={"rule_st4": "disabled"})
    assert (found.ok, found.findings, found.disabled) == (True, (), ("rule-st4",))
    assert "rule-st4" not in found.rules


def test_unknown_verdicts_count_where_the_configuration_says_so():
    assert assessed(unknown("a")).ok
    assert not assessed(unknown("a"), configured={"unknown_verdicts": "mandatory"}).ok
    both = {"unknown_verdicts": "mandatory", "rule_st4": "advisory"}
    assert assessed(unknown("a"), configured=both).ok


def test_options_reach_the_rules():
    bucket = node("a", tags={"team": "shop"})
    for keys, passes in (("[team]", True), ("[team, floor]", False)):
        policy = Policy(configuration=read("required-tags:", f"  keys: {keys}"))
        found = assessed(bucket, rules=all_rules(), select=["required-tags"], policy=policy)
        assert found.ok is passes
