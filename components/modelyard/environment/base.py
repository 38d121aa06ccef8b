"""The base of every part of the specification, and the kinds of values that recur in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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
