"""Statements of policy documents, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_policies.aws.types import IAM_POLICY
from modelyard_policies.graph import Node
from modelyard_policies.reading import Resource, Statement, matches, statements


def statement(**elements) -> Statement:
    node = Node(urn="urn", type=IAM_POLICY, name="policy", properties={"policy": {"Statement": elements}})
    return next(statements(Resource(node).document("policy")))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("kms:Decrypt", "kms:Decrypt", True),
        ("kms:*", "kms:Decrypt", True),
        ("*", "", True),
        ("kms:De?rypt", "kms:Decrypt", True),
        ("kms:Decrypt?", "kms:Decrypt", False),
        ("kms:[D]ecrypt", "kms:Decrypt", False),
        ("arn:aws:s3:::a.b/*", "arn:aws:s3:::aXb/c", False),
        ("a*b", "a\nb", True),
    ],
)
def test_a_pattern_has_two_wildcards_and_no_others(pattern, text, expected):
    assert matches(pattern, text) is expected


@given(st.text(), st.text())
def test_a_text_matches_itself_and_whatever_it_is_put_into(text, around):
    assert matches(text, text)
    assert matches(f"*{text}*", around + text + around)


def test_many_stars_do_not_take_forever():
    assert not matches("*" * 5_000 + "b", "a" * 5_000)


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Action": "kms:Decrypt"}, True),
        ({"Action": ["s3:Get*", "KMS:DE*"]}, True),
        ({"Action": "kms:Encrypt"}, False),
        ({"NotAction": "s3:*"}, True),
        ({"NotAction": ["s3:*", "kms:*"]}, False),
        ({}, False),
    ],
)
def test_a_statement_covers_an_action(elements, expected):
    assert statement(**elements).covers_action("kms:Decrypt") is expected


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", ["*"]),
        ({"AWS": "a"}, ["a"]),
        ({"AWS": ["a", "b"], "Service": "c"}, ["a", "b", "c"]),
        (None, []),
    ],
)
def test_principals_are_of_any_kind(principal, expected):
    assert list(statement(Principal=principal).principals()) == expected


def test_an_effect_is_one_of_two():
    assert (statement(Effect="Allow").allows, statement(Effect="Allow").denies) == (True, False)
    assert (statement(Effect="Deny").allows, statement(Effect="Deny").denies) == (False, True)
    assert (statement(Effect="allow").allows, statement().denies) == (False, False)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"ForAnyValue:StringLike": {"AWS:principalorgid": ["o-1*", "o-2"]}}, True),
        ({"StringEquals": {"aws:SourceVpc": "vpc-1"}, "ArnLike": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"StringEquals": {"aws:SourceVpc": "vpc-1"}}, False),
        ({"StringLike": {"aws:PrincipalOrgID": ["o-1", "*"]}}, False),
        ({"StringLike": {"aws:PrincipalOrgID": ""}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": []}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"Null": {"aws:PrincipalOrgID": "false"}}, False),
    ],
)
def test_a_condition_keeps_to_some_values_of_a_key(condition, expected):
    assert statement(Condition=condition).is_kept_to("aws:principalorgid".__eq__) is expected


def test_a_condition_keeps_to_no_values_that_are_too_wide():
    pinned = statement(Condition={"StringLike": {"a:sub": ["repo:acme/*", "repo:*"]}})
    assert not pinned.is_kept_to("a:sub".__eq__, lambda value: value.startswith("repo:acme/"))
    assert pinned.is_kept_to("a:sub".__eq__, lambda value: value.startswith("repo:"))
