"""Kinds of values that recur in an environment on Azure."""

from typing import Annotated

from pydantic import Field
from pydantic.fields import FieldInfo

GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""Pattern of a GUID as Azure's tools print it."""


def guid(mend: str) -> FieldInfo:
    """What a field takes that holds a GUID; `mend` says where it is found."""
    return Field(
        pattern=f"^{GUID}$",
        examples=["8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f"],
        json_schema_extra={
            "allowed": "a GUID in small letters, as 8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f",
            "mend": mend,
        },
    )


SubscriptionId = Annotated[str, guid("write what `az account show --query id` prints")]

TenantId = Annotated[str, guid("write what `az account show --query tenantId` prints")]

PrincipalId = Annotated[
    str,
    guid("write the object id, which `az ad user show`, `az ad group show` or `az ad sp show` prints as id"),
]

RegionName = Annotated[
    str,
    Field(
        pattern=r"^[a-z]+[0-9]?$",
        max_length=40,
        examples=["westeurope"],
        json_schema_extra={
            "allowed": "the name of an Azure region, as westeurope",
            "mend": "write it in small letters and without blanks, as westeurope for West Europe",
        },
    ),
]

Month = Annotated[
    str,
    Field(
        pattern=r"^20[0-9]{2}-(?:0[1-9]|1[0-2])$",
        examples=["2026-12"],
        json_schema_extra={
            "allowed": 'a month in quotes, as "2026-12"',
            "mend": 'write the year and the month in quotes, as "2026-12"',
        },
    ),
]
