"""What the program is answered once a resource is registered."""

from __future__ import annotations

import uuid

from google.protobuf import struct_pb2
from pulumi.runtime.proto import resource_pb2

from modelyard_policies.graph import SECRET, Node
from modelyard_preview.engine import values
from modelyard_preview.engine.planned import AZURE
from modelyard_preview.engine.realizer import Realizer, Registration, ResourceOptions

Request = resource_pb2.RegisterResourceRequest
Response = resource_pb2.RegisterResourceResponse


def in_program_only(request: Request, node: Node, *, is_made: bool) -> Response:
    """A component or a provider: it has no life outside the program. `is_made` says whether resources are."""
    known = node.custom and is_made
    return Response(
        urn=node.urn,
        id=str(uuid.uuid5(uuid.NAMESPACE_URL, node.urn)) if known else "",
        object=request.object,
    )


def previewed(request: Request, node: Node) -> Response:
    """A resource that will be made: its inputs are its outputs, and all else is unknown but for the location,
    which Azure's provider takes from its own settings.
    """
    response = Response(urn=node.urn, object=request.object)
    fields = response.object.fields
    if node.region and node.type.startswith(AZURE) and "location" not in fields:
        fields["location"].string_value = node.region
    for key in request.additionalSecretOutputs:
        value = fields[key] if key in fields else struct_pb2.Value(string_value=values.SENTINEL)
        if not values.is_secret(value):
            fields[key].CopyFrom(values.as_secret(value))
    return response


def realized(request: Request, node: Node, realizer: Realizer) -> Response:
    """A resource that the realizer has made; the node gets its outputs."""
    realized = realizer.register(
        Registration(
            urn=node.urn,
            type=node.type,
            name=node.name,
            custom=node.custom,
            parent=node.parent,
            inputs=values.for_realizer(request.object),
            dependencies=node.dependencies,
            property_dependencies=node.property_dependencies,
            protect=node.protect,
            provider=node.provider,
            region=node.region,
            source=node.source,
            opts=ResourceOptions(
                delete_before_replace=request.deleteBeforeReplace
                if request.deleteBeforeReplaceDefined
                else None,
                retain_on_delete=request.retainOnDelete,
                ignore_changes=tuple(request.ignoreChanges),
                replace_on_changes=tuple(request.replaceOnChanges),
                deleted_with=request.deletedWith or None,
                import_id=request.importId or None,
            ),
        ),
    )
    secret = {key for key, value in node.properties.items() if values.holds_secret(value)}
    secret.update(request.additionalSecretOutputs)
    node.outputs = {
        key: SECRET if key in secret else value for key, value in sorted(realized.outputs.items())
    }
    node.outputs["id"] = realized.id
    return Response(
        urn=node.urn,
        id=realized.id,
        object=values.to_wire(realized.outputs, secret),
    )
