"""Azure Resource Manager as a WSGI application: what a request asks for, and the answer in Azure's form.

Everything happens at once: where Azure answers 202 and goes on working, the answer here is the end's.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request, Response

from modelyard_sandbox.azure.manager import key_service, keys, subscriptions, vaults
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, not_found
from modelyard_sandbox.azure.manager.groups import no_group
from modelyard_sandbox.azure.manager.ids import GROUP, SUBSCRIPTION, ResourceId, Target, locate
from modelyard_sandbox.azure.manager.kinds import Action, Kind, Write, merged
from modelyard_sandbox.azure.manager.locks import LOCK, check_locks
from modelyard_sandbox.azure.manager.registry import KINDS
from modelyard_sandbox.azure.manager.storage import check_account_name
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.versions import check_api_version

ACTIONS: dict[tuple[str, str], Action] = {
    ("POST", "microsoft.storage/checknameavailability"): check_account_name,
    ("POST", "microsoft.keyvault/checknameavailability"): vaults.check_vault_name,
    ("GET", "microsoft.keyvault/deletedvaults"): vaults.list_deleted,
    ("POST", "microsoft.keyvault/locations/deletedvaults/purge"): vaults.purge,
    ("GET", "microsoft.keyvault/vaults/keys/versions"): keys.list_versions,
}
VIEWS: dict[str, Action] = {
    SUBSCRIPTION.lower(): subscriptions.show,
    "microsoft.keyvault/locations/deletedvaults": vaults.show_deleted,
    "microsoft.keyvault/vaults/keys/versions": keys.show_version,
}
"""What a GET shows that isn't a resource that was made."""

Answer = tuple[int, Body | None]


class ResourceManager:
    """Answers requests; safe for several threads."""

    def __init__(self, store: Store | None = None) -> None:
        self.store = store or Store()
        self._turn = threading.RLock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        try:
            with self._turn:
                status, body = self._answer(request)
        except ArmError as error:
            status, body = error.status, error.body
        text = "" if body is None else json.dumps(body)
        response = Response(text, status, content_type="application/json; charset=utf-8")
        response.headers["x-ms-request-id"] = str(uuid.uuid4())
        return response(environ, start_response)

    def _answer(self, request: Request) -> Answer:
        if key_service.is_a_vaults(request.host):
            return key_service.answer(self.store, request.host, request.method, request.path)
        target = locate(request.path)
        kind = self._kind(target)
        check_api_version(request.args.get("api-version"), target, kind)
        if target.member is not None:
            return self._collection(request, target, kind)
        if kind is None:
            return self._view(request, target.owner)
        return self._resource(request, target.owner, kind)

    def _kind(self, target: Target) -> Kind | None:
        return KINDS.get((target.member or target.owner.type).lower())

    def _view(self, request: Request, id_: ResourceId) -> Answer:
        view = VIEWS.get(id_.kind)
        if view is None or request.method != "GET":
            raise unknown_type(id_.type)
        return view(self.store, id_, {})

    def _collection(self, request: Request, target: Target, kind: Kind | None) -> Answer:
        member = (target.member or "").lower()
        action = ACTIONS.get((request.method, member))
        if action is not None:
            return action(self.store, target.owner, _document(request))
        if member == "resources" and request.method == "GET":
            self._must_stand(target.owner)
            tracked = (found for found in self.store.within(target.owner) if _is_tracked(found))
            return 200, {"value": [self._brief(found) for found in tracked]}
        if kind is None:
            raise unknown_type(target.member or "")
        if request.method != "GET":
            raise _no_method(request.method)
        self._must_stand(target.owner)
        found = self._listed(target.owner, kind)
        return 200, {"value": [kind.listed(self.store, resource) for resource in found]}

    def _listed(self, owner: ResourceId, kind: Kind) -> list[Resource]:
        anywhere = not kind.parent_type or owner.type in kind.listed_in
        found = self.store.within(owner, kind.type)
        return [resource for resource in found if anywhere or (resource.id.parent or owner).key == owner.key]

    def _brief(self, resource: Resource) -> Body:
        answer = KINDS[resource.id.kind].answer(self.store, resource)
        return {
            name: answer[name]
            for name in ("id", "name", "type", "location", "tags", "kind", "sku")
            if name in answer
        }

    def _resource(self, request: Request, id_: ResourceId, kind: Kind) -> Answer:
        methods = {"GET": self._get, "HEAD": self._head, "PUT": self._put, "DELETE": self._delete}
        if kind.patched:
            methods["PATCH"] = self._patch
        method = methods.get(request.method)
        if method is None:
            raise _no_method(request.method)
        if kind.made_once and request.method == "DELETE":
            raise bad_request(
                "DisallowedResourceOperation",
                f"The operation 'delete' on resource type '{kind.short_type}' is disallowed.",
            )
        return method(request, id_, kind)

    def _get(self, _request: Request, id_: ResourceId, kind: Kind) -> Answer:
        return 200, kind.answer(self.store, self._must_be(id_, kind))

    def _head(self, _request: Request, id_: ResourceId, kind: Kind) -> Answer:
        self._must_be(id_, kind)
        return 204, None

    def _put(self, request: Request, id_: ResourceId, kind: Kind) -> Answer:
        kind.check_name(id_.name)
        self._check_parent(id_, kind)
        return self._write(request, id_, kind, _document(request))

    def _patch(self, request: Request, id_: ResourceId, kind: Kind) -> Answer:
        old = self._must_be(id_, kind)
        return self._write(request, old.id, kind, merged(kind.answer(self.store, old), _document(request)))

    def _write(self, request: Request, id_: ResourceId, kind: Kind, body: Body) -> Answer:
        old = self.store.get(id_)
        check_locks(self.store, id_, deletion=False)
        _check_match(request, old)
        write = Write(self.store, id_, kind.accept(id_, body), old)
        if kind.made_once and old is not None:
            kind.check_same(write, old)
            return 200, kind.answer(self.store, old)
        kind.settle_location(write)
        resource = self.store.write(id_, kind.settle(write))
        kind.written(self.store, resource)
        return (200 if old or kind.made_once else 201), kind.answer(self.store, resource)

    def _delete(self, request: Request, id_: ResourceId, kind: Kind) -> Answer:
        old = self.store.get(id_)
        if old is None:
            if kind.type == GROUP:
                raise kind.missing(id_)
            self._check_parent(id_, kind)
            return 204, None
        check_locks(self.store, id_, deletion=True)
        _check_match(request, old)
        kind.check_deletion(self.store, old)
        for inner in reversed(list(self.store.within(id_))):
            self._drop(inner)
        self._drop(old)
        return 200, None

    def _drop(self, resource: Resource) -> None:
        self.store.drop(resource.id)
        KINDS[resource.id.kind].removed(self.store, resource)

    def _must_be(self, id_: ResourceId, kind: Kind) -> Resource:
        """The resource at that place, which must be one; an error names what is missing, outermost first."""
        found = self.store.get(id_)
        if found is not None:
            return found
        group = id_.group
        if group is not None and group.key != id_.key:
            self._must_stand(group)
        raise kind.missing(id_)

    def _must_stand(self, place: ResourceId) -> None:
        if place.kind == SUBSCRIPTION.lower() or self.store.get(place):
            return
        group = place.group
        if group is not None and self.store.get(group) is None:
            raise no_group(group)
        kind = KINDS.get(place.kind)
        raise kind.missing(place) if kind else unknown_type(place.type)

    def _check_parent(self, id_: ResourceId, kind: Kind) -> None:
        parent = id_.parent
        assert parent is not None  # noqa: S101  (no type lies nowhere)
        if kind.parent_type and parent.kind != kind.parent_type.lower():
            raise unknown_type(kind.type)
        group = parent.group
        if group is not None and self.store.get(group) is None:
            raise no_group(group)
        if parent.kind in (SUBSCRIPTION.lower(), GROUP.lower()) or self.store.get(parent):
            return
        if kind.type == LOCK:
            self._must_stand(parent)
        raise not_found(
            "ParentResourceNotFound",
            f"Failed to perform 'write' on resource(s) of type '{kind.short_type}', because the parent "
            f"resource '{parent.text}' could not be found.",
        )


def unknown_type(type_: str) -> ArmError:
    """The error for a type that this resource manager doesn't have."""
    namespace, _, short = type_.partition("/")
    if not any(known.startswith(f"{namespace.lower()}/") for known in KINDS):
        return not_found("InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")
    return not_found(
        "InvalidResourceType",
        f"The resource type '{short}' could not be found in the namespace '{namespace}'.",
    )


def _is_tracked(resource: Resource) -> bool:
    """Whether it lies right in a group, where it counts as one of the group's resources."""
    parent = resource.id.parent
    return parent is not None and parent.type == GROUP and resource.id.type != LOCK


def _no_method(method: str) -> ArmError:
    return ArmError(405, "HttpMethodNotAllowed", f"The http method '{method}' is not supported here.")


def _document(request: Request) -> Body:
    try:
        document: Any = json.loads(request.get_data() or b"{}")
    except (ValueError, BadRequest) as error:
        raise bad_request(
            "InvalidRequestContent",
            f"The request content was invalid and could not be deserialized: '{error}'.",
        ) from error
    if not isinstance(document, dict):
        raise bad_request("InvalidRequestContent", "The request content must be a JSON object.")
    return document


def _check_match(request: Request, old: Resource | None) -> None:
    """Refuse a write that is meant for another state of the resource (`If-Match`, `If-None-Match`)."""
    wanted, unwanted = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    matches = old is not None and wanted is not None and old.tag in wanted
    if (wanted and wanted != "*" and not matches) or (unwanted == "*" and old is not None):
        raise ArmError(
            412, "PreconditionFailed", "The condition specified by the ETag header is not satisfied."
        )
