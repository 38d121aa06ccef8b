"""What the types of Azure Machine Learning have in common: api-versions, words of errors, references.

REST reference of Microsoft.MachineLearningServices, 2025-12-01. Where no public source has the service's own
words for a refusal, the sandbox's say the same in plain ones; as of 2026-11.
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId, is_resource_id, resource_id
from modelyard_sandbox.azure.manager.kinds import Kind, content_error
from modelyard_sandbox.azure.manager.shapes import Problem, ShapeFault
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

NAMESPACE = "Microsoft.MachineLearningServices"
WORKSPACE = f"{NAMESPACE}/workspaces"
COMPUTE = f"{WORKSPACE}/computes"
DATASTORE = f"{WORKSPACE}/datastores"
CODE = f"{WORKSPACE}/codes"
CODE_VERSION = f"{CODE}/versions"
ENVIRONMENT = f"{WORKSPACE}/environments"
ENVIRONMENT_VERSION = f"{ENVIRONMENT}/versions"
JOB = f"{WORKSPACE}/jobs"
API_VERSIONS = ("2024-04-01", "2024-10-01", "2025-06-01", "2025-09-01", "2025-12-01")


class MachineLearningKind(Kind):
    """A type of Machine Learning: its api-versions and words."""

    api_versions = API_VERSIONS

    @override
    def fault(self, id_: ResourceId, fault: ShapeFault) -> ArmError:
        del id_
        if fault.problem is Problem.NOT_ALLOWED:
            return bad_request(
                "InvalidPropertyValue",
                f"The specified value {fault.value} for property {fault.path} is not allowed.",
                fault.path,
            )
        return content_error(fault)

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        made = {"createdAt": timestamp(resource.created), "lastModifiedAt": timestamp(resource.changed)}
        who = {"createdByType": "Application", "lastModifiedByType": "Application"}
        return {**super().answer(store, resource), "systemData": {**made, **who}}


def referred(store: Store, id_: str, type_: str, path: str) -> Resource:
    """The resource that a property names by its id.

    Args:
        store: where it must stand.
        id_: what the property says.
        type_: the full type that it must be of.
        path: the property's path.

    Raises:
        ArmError: it isn't there, or is of another type.
    """
    place = resource_id(id_) if is_resource_id(id_) else None
    if place is None or place.kind != type_.lower():
        raise bad_request(
            "InvalidPropertyValue",
            f"The specified value {id_} for property {path} is not the id of a {type_}.",
            path,
        )
    found = store.get(place)
    if found is None:
        raise bad_request(
            "BadRequest", f"The resource {id_}, which property {path} names, was not found.", path
        )
    return found


def same_id(one: str | None, other: str | None) -> bool:
    """Whether two ids name the same, or neither names anything."""
    return (one or "").strip("/").lower() == (other or "").strip("/").lower()


def fixed(what: str, path: str) -> ArmError:
    """The error for a property that can't be changed once the resource was made."""
    return bad_request("BadRequest", f"{what} can not be changed after creation.", path)


def names_identity(body: Body, id_: str) -> bool:
    """Whether a body gives its resource that user-assigned identity."""
    named: Body = body.get("identity", {}).get("userAssignedIdentities", {})
    return id_.lower() in (name.lower() for name in named)
