"""The base of every part of the specification, and the kinds of values that recur in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


class Spec(BaseModel):
    """A frozen part of the specification that refuses what it doesn't know.

    What a field is for stands in the text below it, from where messages and the JSON Schema take it.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_default=True,
        defer_build=True,
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        from modelyard.validation.attribute_docs import attribute_docs

        schema = handler(core)
        docs = attribute_docs(cls)
        for name, field in handler.resolve_ref_schema(schema).get("properties", {}).items():
            if name in docs:
                field["description"] = " ".join(docs[name].split())
        return schema


Slug = Annotated[
    str,
    Field(
        pattern=r"^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$",
        json_schema_extra={
            "allowed": "1 to 20 lower-case letters, digits and dashes, a letter first and no dash at the end",
        },
    ),
]
"""A name that every cloud takes as part of its own names: lower case, digits, dashes, 1 to 20 characters."""

TagValue = Annotated[
    str,
    Field(
        pattern=r"^[\w.:/=+@-](?:[\w .:/=+@-]*[\w.:/=+@-])?$",
        max_length=256,
        json_schema_extra={
            "allowed": "1 to 256 letters, digits, inner spaces and any of . : / = + @ _ -",
        },
    ),
]
"""A tag's value as AWS and Azure both take it."""

ZoneId = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{3,4}[0-9]-az[0-9]$",
        examples=["euc1-az2"],
        json_schema_extra={
            "allowed": "the id of an availability zone, as euc1-az2",
            "mend": "write the zone's id: its name (eu-central-1a) differs between accounts",
        },
    ),
]
"""Availability zone by its id, which is the same for every account."""

RegionName = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{2}(?:-[a-z]+)+-[0-9]$",
        examples=["eu-central-1"],
        json_schema_extra={"allowed": "the name of an AWS region, as eu-central-1"},
    ),
]

LogRetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827]
"""Days that logs are kept: the periods that CloudWatch Logs knows (PutRetentionPolicy, 2026-11), but for
those above five years."""

Instant = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        examples=["2026-12-01T11:30:00Z"],
        json_schema_extra={
            "allowed": 'a moment in UTC in quotes, as "2026-12-01T11:30:00Z"',
            "mend": 'write it in UTC and in quotes, as "2026-12-01T11:30:00Z"',
        },
    ),
]
"""A moment in UTC."""

Email = Annotated[
    str,
    Field(
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        max_length=50,
        json_schema_extra={"allowed": "an e-mail address of 50 characters at most, as team@example.com"},
    ),
]
"""Who is told. AWS Budgets takes addresses of 50 characters at most; elsewhere they are as short."""
