"""`aws.iam.getPolicyDocument`, computed as the provider computes it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modelyard_preview.answers.aws.policy_document import TOKEN, policy_document
from modelyard_preview.engine import Call, RefusedCallError


def document(**args: Any) -> dict[str, Any]:
    return dict(policy_document(Call(TOKEN, args, None, {}, {})))


def shortest(**args: Any) -> str:
    return document(**args)["minifiedJson"]


def statement(text: str) -> str:
    return f'{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{text}}}]}}'


def test_a_document_is_indented_by_two_and_in_the_order_of_iams_reference() -> None:
    found = document(
        policyId="stores",
        statements=[
            {
                "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}],
                "notPrincipals": [{"type": "AWS", "identifiers": ["arn:aws:iam::123456789012:root"]}],
                "resources": ["arn:aws:s3:::data/*", "arn:aws:s3:::data"],
                "actions": ["s3:GetObject", "s3:PutObject"],
                "effect": "Deny",
                "sid": "Tls",
            }
        ],
    )
    assert (
        found["json"]
        == """\
{
  "Version": "2012-10-17",
  "Id": "stores",
  "Statement": [
    {
      "Sid": "Tls",
      "Effect": "Deny",
      "Action": [
        "s3:PutObject",
        "s3:GetObject"
      ],
      "Resource": [
        "arn:aws:s3:::data/*",
        "arn:aws:s3:::data"
      ],
      "NotPrincipal": {
        "AWS": "arn:aws:iam::123456789012:root"
      },
      "Condition": {
        "Bool": {
          "aws:SecureTransport": "false"
        }
      }
    }
  ]
}"""
    )
    assert json.loads(found["minifiedJson"]) == json.loads(found["json"])
    assert " " not in found["minifiedJson"]
    assert (found["version"], found["policyId"], found["id"]) == ("2012-10-17", "stores", "62387852")


def test_without_statements_there_is_a_version_only() -> None:
    assert shortest() == '{"Version":"2012-10-17"}'
    assert shortest(version="2008-10-17") == '{"Version":"2008-10-17"}'


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"actions": ["s3:*"]}, '"Action":"s3:*"'),
        ({"actions": ["a:a", "b:b", "a:a"]}, '"Action":["b:b","a:a"]'),
        ({"notActions": ["a:a"], "notResources": ["*"]}, '"NotAction":"a:a","NotResource":"*"'),
        ({"resources": ["arn:&{aws:username}"]}, '"Resource":"arn:${aws:username}"'),
        ({"resources": ["<a&b>"]}, '"Resource":"\\u003ca\\u0026b\\u003e"'),
        ({"resources": ["\u00e4\u2028"]}, '"Resource":"\u00e4\\u2028"'),
        ({"sid": "", "actions": []}, ""),
        ({"principals": [{"type": "*", "identifiers": ["*"]}]}, '"Principal":"*"'),
        ({"principals": [{"type": "AWS", "identifiers": ["*"]}]}, '"Principal":{"AWS":"*"}'),
        (
            {"principals": [{"type": "Service", "identifiers": ["b", "c"]}, {"type": "AWS", "identifiers": ["a"]}]},
            '"Principal":{"AWS":"a","Service":["c","b"]}',
        ),
        (
            {"conditions": [{"test": "StringLike", "variable": "s3:prefix", "values": ["home/", "", "home/&{a}/"]}]},
            '"Condition":{"StringLike":{"s3:prefix":["home/","","home/${a}/"]}}',
        ),
        (
            {
                "conditions": [
                    {"test": "Null", "variable": "b", "values": ["true"]},
                    {"test": "Null", "variable": "a", "values": ["true"]},
                    {"test": "Bool", "variable": "c", "values": ["true"]},
                ]
            },
            '"Condition":{"Bool":{"c":"true"},"Null":{"a":"true","b":"true"}}',
        ),
    ],
)  # fmt: skip
def test_one_value_stands_alone_and_several_are_sorted_as_the_provider_does(
    given: dict[str, Any], expected: str
) -> None:
    written = statement(expected) if expected else '{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}'
    assert shortest(statements=[given]) == written


ROOT = "arn:aws:iam::%s:root"


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        ([["1"], ["2", "3"]], ["1", "3", "2"]),
        ([["1", "2"], ["3"], ["4"]], ["3", "4", "2", "1"]),
    ],
)
def test_blocks_of_one_type_are_in_the_order_of_the_providers_sets(
    sets: list[list[str]], expected: list[str]
) -> None:
    principals = [{"type": "AWS", "identifiers": [ROOT % (one * 12) for one in each]} for each in sets]
    [found] = json.loads(shortest(statements=[{"principals": principals}]))["Statement"]
    assert found["Principal"]["AWS"] == [ROOT % (one * 12) for one in expected]


def test_sources_come_first_and_a_statement_of_the_same_sid_takes_the_place_of_theirs() -> None:
    first = shortest(policyId="old", statements=[{"sid": "A", "actions": ["a:1"]}, {"actions": ["a:2"]}])
    second = shortest(policyId="new", statements=[{"sid": "B", "actions": ["b:1"]}])
    override = shortest(
        statements=[{"sid": "B", "effect": "Deny", "actions": ["b:2"]}, {"sid": "C", "actions": ["c"]}]
    )
    merged = json.loads(
        shortest(
            sourcePolicyDocuments=[first, None, second],
            overridePolicyDocuments=[override],
            statements=[{"sid": "A", "actions": ["own"]}, {"actions": ["last"]}],
        )
    )
    assert merged["Id"] == "new"
    assert [(each.get("Sid"), each["Effect"], each["Action"]) for each in merged["Statement"]] == [
        ("A", "Allow", "own"),
        (None, "Allow", "a:2"),
        ("B", "Deny", "b:2"),
        (None, "Allow", "last"),
        ("C", "Allow", "c"),
    ]


def test_a_source_is_written_again_as_the_provider_writes() -> None:
    source = {
        "version": "2012-10-17",
        "Statement": [
            {
                "effect": "Allow",
                "Action": "s3:*",
                "Resource": ["b", "a"],
                "Principal": {"Service": ["a", "b"], "AWS": "c"},
                "Condition": {"Bool": {"x": True}, "StringEquals": {"y": ["1"], "z": ["1", "2"]}},
                "Foreign": 1,
            },
            {"Effect": "Deny", "NotPrincipal": "*"},
        ],
    }
    assert shortest(sourcePolicyDocuments=[json.dumps(source)]) == (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":["b","a"],'
        '"Principal":{"AWS":"c","Service":["b","a"]},'
        '"Condition":{"Bool":{"x":"true"},"StringEquals":{"y":"1","z":["1","2"]}}},'
        '{"Effect":"Deny","NotPrincipal":"*"}]}'
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            {"statements": [{"sid": "A"}, {"sid": "A"}]},
            "duplicate Sid (A). Remove the Sid or ensure the Sid is unique.",
        ),
        (
            {"statements": [{"sid": "a-b"}]},
            "invalid value for sid (a-b): only letters and digits may be in it",
        ),
        ({"statements": [{"effect": "Maybe"}]}, "expected effect to be one of Allow, Deny, got Maybe"),
        ({"version": "2020-01-01"}, "expected version to be one of 2008-10-17, 2012-10-17, got 2020-01-01"),
        (
            {"version": "2008-10-17", "statements": [{"resources": ["&{a}"]}]},
            "found &{ sequence in (&{a}), which is not supported in document version 2008-10-17",
        ),
        (
            {"sourcePolicyDocuments": ['{"Statement":[{"Sid":"A"}]}', '{"Statement":[{"Sid":"A"}]}']},
            ("merging source document 1: duplicate Sid (A) in source_policy_documents (statement 0). "
            "Remove the Sid or ensure Sids are unique."),
        ),
        (
            {"sourcePolicyDocuments": ["{"]},
            "merging source document 0: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        (
            {"overridePolicyDocuments": ['{"Statement":{}}']},
            "merging override document 0: Statement has to be a list of statements",
        ),
        (
            {"overridePolicyDocuments": ['{"Statement":[{"Principal":[]}]}']},
            "merging override document 0: Principal has to be text or an object",
        ),
    ],
)  # fmt: skip
def test_what_the_provider_refuses_is_refused(args: dict[str, Any], message: str) -> None:
    with pytest.raises(RefusedCallError) as caught:
        document(**args)
    assert str(caught.value) == message
