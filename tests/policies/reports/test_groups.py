from dataclasses import replace

from assessing import assessed, unknown

from modelyard_policies.reports.groups import questions


def test_what_several_rules_ask_of_one_value_is_one_question():
    a, b, c = assessed(*map(unknown, "abc")).findings
    asked = questions([a, b, c, replace(a, code="ST1"), replace(b, code="ST1")])
    assert [([each.urn for each in found.findings], found.codes) for found in asked] == [
        ([a.urn, b.urn], ("ST4", "ST1")),
        ([c.urn], ("ST4",)),
    ]


def test_values_of_other_lines_or_properties_are_questions_of_their_own():
    (a,) = assessed(unknown("a")).findings
    others = [replace(a, urn="urn:x", source="other.py:1"), replace(a, property="y")]
    assert [len(found.findings) for found in questions([a, *others])] == [1, 1, 1]
