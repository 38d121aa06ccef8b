"""Azure Resource Manager as a WSGI application: what a request asks for, and the answer in Azure's form.

Most types are made at once, where Azure answers 202 and goes on working; which aren't, their kinds say, and
`operations` what happens then.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.wrappers import Response

from modelyard_sandbox.azure.manager import key_service, registry_catalog
from modelyard_sandbox.azure.manager.actions import ACTIONS, VIEWS, WRITES
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, fault_of_the_sandbox
from modelyard_sandbox.azure.manager.exchange import (
    RESULT,
    STATUS,
    Asked,
    check_match,
    document_of,
    stamp,
)
from modelyard_sandbox.azure.manager.filters import filtered
from modelyard_sandbox.azure.manager.group_deletion import check_group_deletion
from modelyard_sandbox.azure.manager.ids import GROUP, ResourceId, Target, locate
from modelyard_sandbox.azure.manager.kinds import Kind, Write, merged
from modelyard_sandbox.azure.manager.locks import check_locks
from modelyard_sandbox.azure.manager.ml import run_history
from modelyard_sandbox.azure.manager.ml.customer_keys import check_denied
from modelyard_sandbox.azure.manager.operations import Operations
from modelyard_sandbox.azure.manager.paging import page
from modelyard_sandbox.azure.manager.places import check_parent, must_be, must_hold, must_stand
from modelyard_sandbox.azure.manager.registry import KINDS
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.unknown import no_method, unknown_type
from modelyard_sandbox.azure.manager.versions import check_api_version

RESOURCES_SHOWN = 1_000
"""How many of a group's or a subscription's resources a list shows at once."""
Answer = tuple[int, Body | None]

_log = logging.getLogger(__name__)
_STATUSES, _RESULTS = f"/locations/{STATUS}".lower(), f"/locations/{RESULT}".lower()


class ResourceManager:
    """Answers requests; safe for several threads."""

    def __init__(self, store: Store | None = None) -> None:
        self.store = store or Store()
        self.operations = Operations(self.store.now)
        self.store.work_on = self._work_on
        self.on_change: list[Callable[[Resource, bool], None]] = []
        """Who is told of each resource that was written, or is gone: whether it stands."""
        self._turn = threading.RLock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        request = Asked(environ)
        try:
            with self._turn:
                self.operations.pass_time()
                status, body = self._answer(request)
        except ArmError as error:
            status, body = error.status, error.body
        except Exception as error:  # noqa: BLE001 (a fault of ours, whatever it is)
            # Clients read documents: the server's own page would hide the reason from whoever uses one.
            _log.exception("no answer to %s %s", request.method, request.path)
            status, body = 500, fault_of_the_sandbox(f"{request.method} {request.path}", error).body
        text = "" if body is None else json.dumps(body)
        response = Response(text, status, content_type="application/json; charset=utf-8")
        stamp(request, response)
        return response(environ, start_response)

    def alone(self) -> AbstractContextManager[object]:
        """Holds off all requests while it is entered."""
        return self._turn

    def _answer(self, request: Asked) -> Answer:
        if key_service.is_a_vaults(request.host):
            return key_service.answer(self.store, request.host, request.method, request.path)
        if registry_catalog.is_a_registrys(request.host):
            return registry_catalog.answer(self.store, request.host, request.method, request.path)
        if run_history.is_asked(request.host, request.path):
            place = f"{request.scheme}://{request.environ['SERVER_NAME']}:{request.environ['SERVER_PORT']}"
            return run_history.answer(self.store, request.method, request.path, place)
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

    def _view(self, request: Asked, id_: ResourceId) -> Answer:
        if request.method == "PUT" and id_.kind in WRITES:
            return WRITES[id_.kind](self.store, id_, document_of(request))
        if request.method == "GET" and id_.kind.endswith((_STATUSES, _RESULTS)):
            return self._work(request, id_)
        view = VIEWS.get(id_.kind)
        if view is None or request.method != "GET":
            raise unknown_type(id_.type)
        return view(self.store, id_, {})

    def _work(self, request: Asked, id_: ResourceId) -> Answer:
        operation = self.operations.asked_after(id_.name)
        if id_.kind.endswith(_STATUSES):
            return 200, {"id": id_.text, **operation.body}
        kind = KINDS[operation.target.kind]
        if operation.ended is None:
            request.announce(operation, kind, id_.parent.name if id_.parent else "")
            return 202, None
        if operation.error:
            raise operation.error
        resource = self.store.get(operation.target)
        return (204, None) if resource is None else (200, self._shown(kind, resource))

    def _collection(self, request: Asked, target: Target, kind: Kind | None) -> Answer:
        member = (target.member or "").lower()
        action = ACTIONS.get((request.method, member))
        if action is not None:
            if request.method == "POST" and target.owner.group is not None:
                check_locks(self.store, target.owner, deletion=False)
            status, body = action(self.store, target.owner, document_of(request))
            if status == 202:
                self._announce_action(request, target.owner)
            return status, body
        if member == "resources" and request.method == "GET":
            must_stand(self.store, target.owner)
            tracked = [found for found in self.store.within(target.owner) if _is_tracked(found)]
            some, onward = page(request, filtered(tracked, request.args), RESOURCES_SHOWN)
            return 200, {"value": [self._brief(found) for found in some], **onward}
        if kind is None:
            raise unknown_type(target.member or "")
        if request.method != "GET":
            raise no_method(request.method)
        must_hold(self.store, target.owner, kind)
        chosen = kind.chosen(self.store, target.owner, self._listed(target.owner, kind), request.args)
        some, onward = page(request, chosen, kind.page_size)
        items = [self._in_its_state(resource, kind.listed(self.store, resource)) for resource in some]
        return 200, {"value": items, **onward}

    def _announce_action(self, request: Asked, of: ResourceId) -> None:
        """Say where the end of what an action has begun is asked after."""
        kind, standing = KINDS[of.kind], self.store.get(of)
        ended = (lambda: kind.is_at_rest(standing)) if standing is not None else None
        operation = self.operations.begin_aside(of, ended)
        request.announce(operation, kind, standing.location if standing is not None else "")

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

    def _resource(self, request: Asked, id_: ResourceId, kind: Kind) -> Answer:
        methods = {"GET": self._get, "HEAD": self._head, "PUT": self._put, "DELETE": self._delete}
        if kind.patched:
            methods["PATCH"] = self._patch
        method = methods.get(request.method)
        if method is None:
            raise no_method(request.method)
        if kind.made_once and request.method == "DELETE":
            raise bad_request(
                "DisallowedResourceOperation",
                f"The operation 'delete' on resource type '{kind.short_type}' is disallowed.",
            )
        return method(request, id_, kind)

    def _shown(self, kind: Kind, resource: Resource) -> Body:
        return self._in_its_state(resource, kind.answer(self.store, resource))

    def _in_its_state(self, resource: Resource, answer: Body) -> Body:
        """The answer with what becomes of the resource, if it is being worked on or could not be made."""
        state = self.operations.shown_state(resource.id)
        if state is None:
            return answer
        return {**answer, "properties": {**answer.get("properties", {}), "provisioningState": state}}

    def _get(self, _request: Asked, id_: ResourceId, kind: Kind) -> Answer:
        self.operations.at(id_)
        return 200, self._shown(kind, must_be(self.store, id_, kind))

    def _head(self, _request: Asked, id_: ResourceId, kind: Kind) -> Answer:
        self.operations.at(id_)
        must_be(self.store, id_, kind)
        return 204, None

    def _put(self, request: Asked, id_: ResourceId, kind: Kind) -> Answer:
        kind.check_name(id_.name)
        check_parent(self.store, id_, kind, "write")
        document = document_of(request)
        return self._write(request, kind.written_at(self.store, id_, document), kind, document)

    def _patch(self, request: Asked, id_: ResourceId, kind: Kind) -> Answer:
        old = must_be(self.store, id_, kind)
        return self._write(
            request, old.id, kind, merged(kind.patched_from(self.store, old), document_of(request))
        )

    def _write(self, request: Asked, id_: ResourceId, kind: Kind, body: Body) -> Answer:
        old = kind.standing(self.store, id_)
        check_locks(self.store, id_, deletion=False)
        check_denied(self.store, id_, "write")
        self.operations.check_free(id_)
        if old is not None:
            kind.check_named(request.headers.get("If-Match"), old)
        check_match(request, old)
        write = Write(self.store, id_, kind.accept(id_, body), old, request.args)
        if kind.made_once and old is not None:
            kind.check_same(write, old)
            return 200, self._shown(kind, old)
        kind.settle_location(write)
        settled = kind.settle(write)
        error = kind.fault_in_work(write, settled)
        takes_time = request.method in kind.asynchronous
        if error is not None and not takes_time:
            raise error
        resource = self.store.write(id_, settled)
        kind.written(self.store, resource)
        self._tell(resource, stands=True)
        if takes_time:
            state = "Updating" if old else "Creating"
            operation = self.operations.begin(resource.id, state, error, _nothing)
            request.announce(operation, kind, resource.location)
        return (200 if old or kind.made_once else 201), self._shown(kind, resource)

    def _delete(self, request: Asked, id_: ResourceId, kind: Kind) -> Answer:
        old = kind.standing(self.store, id_)
        forever = request.args.get("forceToPurge", "").lower() == "true"
        if old is None:
            if kind.type == GROUP:
                raise kind.missing(id_)
            check_parent(self.store, id_, kind, "delete")
            if forever:
                kind.purge(self.store, id_)
            return 204, None
        check_locks(self.store, id_, deletion=True)
        check_denied(self.store, id_, "delete")
        self.operations.check_free(id_)
        kind.check_named(request.headers.get("If-Match"), old)
        check_match(request, old)
        kind.check_deletion(self.store, old)
        if kind.type == GROUP:
            check_group_deletion(self.store, id_)
        if request.method not in kind.asynchronous:
            self._take_away(old, forever=forever)
            return 200, None
        operation = self.operations.begin(
            old.id, "Deleting", None, lambda: self._take_away(old, forever=forever)
        )
        request.announce(operation, kind, old.location)
        return 202, None

    def _take_away(self, resource: Resource, *, forever: bool) -> None:
        """Drop a resource with what lies in it."""
        if self.store.get(resource.id) is None:
            # It went with its group while it was being deleted.
            return
        inside = list(self.store.within(resource.id))
        for going in (resource, *inside):
            KINDS[going.id.kind].leaving(self.store, going)
        for inner in reversed(inside):
            if not KINDS[inner.id.kind].outlives:
                self._drop(inner)
        self._drop(resource)
        if forever:
            KINDS[resource.id.kind].purge(self.store, resource.id)

    def _work_on(self, id_: ResourceId) -> str | None:
        self.operations.at(id_)
        return self.operations.shown_state(id_)

    def _drop(self, resource: Resource) -> None:
        self.store.drop(resource.id)
        self.operations.forget(resource.id)
        KINDS[resource.id.kind].removed(self.store, resource)
        self._tell(resource, stands=False)

    def _tell(self, resource: Resource, *, stands: bool) -> None:
        for watcher in self.on_change:
            watcher(resource, stands)


def _is_tracked(resource: Resource) -> bool:
    """Whether it lies right in a group, where it counts as one of the group's resources."""
    parent = resource.id.parent
    kind = KINDS[resource.id.kind]
    return parent is not None and parent.type == GROUP and bool(kind.parent_type) and kind.tracked


def _nothing() -> None:
    """What follows upon the end of work on what stands already."""
