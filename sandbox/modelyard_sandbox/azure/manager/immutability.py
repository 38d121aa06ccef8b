"""The immutability policy of a container (REST reference: Blob Containers, Create Or Update, Lock, Extend and
Delete Immutability Policy, 2024-01-01; Azure/azure-rest-api-specs#29632, pulumi/pulumi-azure-native#2156; as
of 2026-11).

It is made unlocked, and locked by an action of its own; then it can be neither changed nor deleted, and only
be lengthened, five times. To change or delete it, its ETag must be named. Where there is none, Azure answers
one of 0 days; here it is not found. That blobs can't be changed is for whoever holds them: it is not checked
here.
"""

from __future__ import annotations

from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import ANSWERED, DEFAULT_ONLY, Naming, Write
from modelyard_sandbox.azure.manager.shapes import flag, number, record
from modelyard_sandbox.azure.manager.storage import BLOB_SERVICE, StorageKind
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

CONTAINER = f"{BLOB_SERVICE}/containers"
POLICY = f"{CONTAINER}/immutabilityPolicies"
DAYS = "immutabilityPeriodSinceCreationInDays"
APPENDS = ("allowProtectedAppendWrites", "allowProtectedAppendWritesAll")
LOCKED, UNLOCKED = "Locked", "Unlocked"
MOST_EXTENSIONS = 5
EXTENSIONS = "extensions"
"""How often a locked policy was lengthened: beside its properties, and not shown."""
PROPERTIES = record(
    "ImmutabilityPolicyProperty",
    {**dict.fromkeys(APPENDS, flag()), DAYS: number(1, 146_000)},
    read_only=("state",),
)
SHAPE = record("ImmutabilityPolicy", {"properties": PROPERTIES}, required=("properties",), read_only=ANSWERED)


class ImmutabilityPolicy(StorageKind):
    """How long a container's blobs stay as they are."""

    type = POLICY
    naming = Naming(
        DEFAULT_ONLY,
        "immutability policy",
        "it must be 'default'",
        target="immutabilityPolicyName",
    )
    parent_type = CONTAINER
    located = False
    patched = False
    listed_in = frozenset[str]()
    shape = SHAPE

    @override
    def accept(self, id_: ResourceId, body: Any) -> Body:
        taken = super().accept(id_, body)
        if DAYS not in taken["properties"]:
            raise _refused(DAYS, "", "it is needed.")
        if all(taken["properties"].get(name) for name in APPENDS):
            raise _refused(APPENDS[1], True, f"it can't be set together with {APPENDS[0]}.")
        return taken

    @override
    def settle(self, write: Write) -> Body:
        if write.old is not None:
            _check_unlocked(write.old)
        return {"properties": {**dict.fromkeys(APPENDS, False), **write.properties, "state": UNLOCKED}}

    @override
    def check_named(self, tag: str | None, resource: Resource) -> None:
        if tag is None or resource.tag not in tag:
            raise _failure(412, "incorrect etag")

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        _check_unlocked(resource)

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        answer = {**super().answer(store, resource), "etag": f'"{resource.tag}"'}
        answer.pop(EXTENSIONS, None)
        return answer


def lock(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """Lock a policy, for good (Lock Immutability Policy); its ETag isn't asked for here."""
    del body
    policy = _standing(store, owner)
    _check_unlocked(policy)
    return _written(store, policy, {"state": LOCKED})


def extend(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """Lengthen a locked policy (Extend Immutability Policy); its ETag isn't asked for here."""
    policy = _standing(store, owner)
    days: int = ImmutabilityPolicy().accept(owner, body)["properties"][DAYS]
    count = policy.body.get(EXTENSIONS, 0)
    if policy.properties["state"] != LOCKED or count >= MOST_EXTENSIONS:
        raise _failure(409, "current state")
    if days <= policy.properties[DAYS]:
        raise _refused(DAYS, days, "a locked policy can only be lengthened.")
    return _written(store, policy, {DAYS: days}, extensions=count + 1)


def _written(store: Store, policy: Resource, change: Body, extensions: int = 0) -> tuple[int, Body]:
    body = {EXTENSIONS: extensions, "properties": {**policy.properties, **change}}
    return 200, ImmutabilityPolicy().answer(store, store.write(policy.id, body))


def _standing(store: Store, id_: ResourceId) -> Resource:
    found = store.get(id_)
    if found is None:
        raise ImmutabilityPolicy().missing(id_)
    return found


def _check_unlocked(policy: Resource) -> None:
    if policy.properties["state"] == LOCKED:
        raise _failure(409, "current state")


def _failure(status: int, why: str) -> ArmError:
    said = f"Operation not allowed on immutability policy with {why}."
    return ArmError(status, "ContainerImmutabilityPolicyFailure", said)


def _refused(name: str, value: object, why: str) -> ArmError:
    said = f"The value '{value}' is not allowed for property {name}: {why}"
    return bad_request("InvalidRequestPropertyValue", said, f"properties.{name}")
