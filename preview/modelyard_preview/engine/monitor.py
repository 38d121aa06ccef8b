"""The resource monitor: what the Pulumi SDK talks to while a program runs, in place of the engine."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Never

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import resource_pb2

from modelyard_policies.graph import SECRET, UNKNOWN, Node, region_of
from modelyard_preview.engine import values
from modelyard_preview.engine.errors import DuplicateResourceError, UnsupportedError
from modelyard_preview.engine.realizer import Realizer, Registration, ResourceOptions
from modelyard_preview.engine.source import line_of

STACK_TYPE = "pulumi:pulumi:Stack"
STACK_REFERENCE_TYPE = "pulumi:pulumi:StackReference"
READ_STACK_OUTPUTS = "pulumi:pulumi:readStackOutputs"
"""The engine's own data source that answers with the outputs of a stack."""
_PROVIDER_PREFIX = "pulumi:providers:"
_FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
)


@dataclass(slots=True)
class Answers:
    """What a program is told besides its own resources."""

    config: Mapping[str, str]
    invokes: Mapping[str, Mapping[str, Any]]
    """Results of data sources by token."""
    stacks: Mapping[str, Mapping[str, Any]]
    """Outputs of other stacks, by the name that a StackReference gives."""


class Monitor:
    """Registers resources as the engine does, keeps each as a node, and asks the realizer if there is one."""

    def __init__(self, project: str, stack: str, answers: Answers, realizer: Realizer | None) -> None:
        self.nodes: dict[str, Node] = {}
        """By URN, in the order of registration. What is only read isn't among them."""
        self.stack_outputs: dict[str, Any] = {}
        self.unknown_invokes: list[str] = []
        """Tokens of the data sources that stayed unknown."""
        self.failures: list[Exception] = []
        """What was raised here, first first: the SDK may pass on another of them."""
        self.project = project
        self.stack = stack
        self.is_dry_run = realizer is None
        self._answers = answers
        self._realizer = realizer
        self._read: set[str] = set()

    def answers(self, token: str) -> bool:
        """Whether there is an answer for a data source."""
        known = token in self._answers.invokes or token == READ_STACK_OUTPUTS
        return known or self._realizer is not None

    # The methods below bear the names of the service's calls.

    def GetDeploymentInfo(self, _request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:  # noqa: N802
        """Say which features the program may use."""
        return resource_pb2.DeploymentInfo(
            project=self.project,
            stack=self.stack,
            dryRun=self.is_dry_run,
            supportedFeatures=_FEATURES,
        )

    def RegisterResource(  # noqa: N802
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """Take a resource into the graph; create it if there is a realizer."""
        source = line_of(request.stackTrace)
        try:
            node = self._node(request, source)
            self.nodes[node.urn] = node
            if not node.custom or node.type.startswith(_PROVIDER_PREFIX):
                return self._in_program_only(request, node)
            if self._realizer is None:
                return self._preview(request, node)
            return self._realize(request, node, self._realizer)
        except Exception as error:
            self._keep(error, f"{request.type} {request.name!r}", source)
            raise

    def RegisterResourceOutputs(  # noqa: N802
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        """Take the outputs of a component, or of the stack."""
        node = self.nodes[request.urn]
        node.outputs = values.for_graph(request.outputs)
        if node.type == STACK_TYPE:
            self.stack_outputs = node.outputs
        return empty_pb2.Empty()

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:  # noqa: N802
        """Answer `Type.get(name, id)` and stack references."""
        source = line_of(request.stackTrace)
        try:
            urn = self._urn(request.type, request.name, request.parent)
            self._read.add(urn)
            if request.type == STACK_REFERENCE_TYPE:
                return self._read_stack(request, urn)
            if self._realizer is None:
                known_id = "" if request.id == values.SENTINEL else request.id
                return resource_pb2.ReadResourceResponse(urn=urn, id=known_id, properties=request.properties)
            inputs = values.for_realizer(request.properties)
            found = self._realizer.read(request.type, request.name, request.id, inputs)
            return resource_pb2.ReadResourceResponse(
                urn=urn, id=found.id, properties=values.to_wire(found.outputs)
            )
        except Exception as error:
            self._keep(error, f"{request.type} {request.name!r}", source)
            raise

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:  # noqa: N802
        """Answer a data source: as was given, by the realizer, or unknown."""
        args = values.for_realizer(request.args)
        answer = self._answers.invokes.get(request.tok)
        if request.tok == READ_STACK_OUTPUTS and not values.holds_unknown(args):
            answer = self._outputs_of(args["name"])
        if answer is None and self._realizer is not None:
            try:
                answer = self._realizer.invoke(
                    request.tok, args, self._region(request.tok, args, request.provider)
                )
            except Exception as error:
                self._keep(error, f"data source {request.tok}", None)
                raise
        if answer is None or values.holds_unknown(args):
            self.unknown_invokes.append(request.tok)
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        fields: dict[str, Any] = {"return": values.to_wire(answer)}
        return resource_pb2.ResourceInvokeResponse(**fields)

    def Call(self, request: resource_pb2.ResourceCallRequest) -> Never:  # noqa: N802
        """Refuse a method of a resource: only its provider could answer."""
        error = UnsupportedError(f"a call of the method {request.tok}")
        self.failures.append(error)
        raise error

    def RegisterPackage(  # noqa: N802
        self, request: resource_pb2.RegisterPackageRequest
    ) -> resource_pb2.RegisterPackageResponse:
        """Name a parameterised package."""
        return resource_pb2.RegisterPackageResponse(ref=f"{request.name}@{request.version}")

    def SignalAndWaitForShutdown(self, _request: empty_pb2.Empty) -> empty_pb2.Empty:  # noqa: N802
        """The program has ended; nothing holds it."""
        return empty_pb2.Empty()

    def _node(self, request: resource_pb2.RegisterResourceRequest, source: str | None) -> Node:
        if request.remote:
            raise UnsupportedError(f"the remote component {request.type}", source)
        urn = self._urn(request.type, request.name, request.parent)
        if urn in self.nodes or urn in self._read:
            first = self.nodes.get(urn)
            raise DuplicateResourceError(urn, first.source if first else None, source)
        properties = values.for_graph(request.object)
        return Node(
            urn=urn,
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent or None,
            properties=properties,
            dependencies=tuple(sorted(request.dependencies)),
            property_dependencies={
                key: tuple(sorted(request.propertyDependencies[key].urns))
                for key in sorted(request.propertyDependencies)
            },
            protect=request.protect,
            region=self._region(request.type, properties, request.provider) if request.custom else None,
            source=source,
            provider=request.provider.rpartition("::")[0] or None,
        )

    def _urn(self, type_token: str, name: str, parent: str) -> str:
        prefix = f"urn:pulumi:{self.stack}::{self.project}::"
        lineage = parent.split("::")[2] if parent else STACK_TYPE
        types = type_token if lineage == STACK_TYPE else f"{lineage}${type_token}"
        return f"{prefix}{types}::{name}"

    def _region(self, token: str, properties: Mapping[str, Any], provider: str) -> str | None:
        if provider:
            node = self.nodes.get(provider.rpartition("::")[0])
            return region_of(token, properties, node.properties if node else {})
        config = self._answers.config
        default = {"region": config.get("aws:region"), "location": config.get("azure-native:location")}
        return region_of(token, properties, default)

    def _in_program_only(
        self, request: resource_pb2.RegisterResourceRequest, node: Node
    ) -> resource_pb2.RegisterResourceResponse:
        known = node.custom and self._realizer is not None
        return resource_pb2.RegisterResourceResponse(
            urn=node.urn,
            id=str(uuid.uuid5(uuid.NAMESPACE_URL, node.urn)) if known else "",
            object=request.object,
        )

    def _preview(
        self, request: resource_pb2.RegisterResourceRequest, node: Node
    ) -> resource_pb2.RegisterResourceResponse:
        response = resource_pb2.RegisterResourceResponse(urn=node.urn, object=request.object)
        fields = response.object.fields
        for key in request.additionalSecretOutputs:
            value = fields[key] if key in fields else struct_pb2.Value(string_value=values.SENTINEL)
            if not values.is_secret(value):
                fields[key].CopyFrom(values.as_secret(value))
        return response

    def _realize(
        self, request: resource_pb2.RegisterResourceRequest, node: Node, realizer: Realizer
    ) -> resource_pb2.RegisterResourceResponse:
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
                    delete_before_replace=request.deleteBeforeReplace,
                    retain_on_delete=request.retainOnDelete,
                    ignore_changes=tuple(request.ignoreChanges),
                ),
            )
        )
        secret = {key for key, value in node.properties.items() if values.holds_secret(value)}
        secret.update(request.additionalSecretOutputs)
        node.outputs = {
            key: SECRET if key in secret else value for key, value in sorted(realized.outputs.items())
        }
        node.outputs["id"] = realized.id
        return resource_pb2.RegisterResourceResponse(
            urn=node.urn, id=realized.id, object=values.to_wire(realized.outputs, secret)
        )

    def _read_stack(
        self, request: resource_pb2.ReadResourceRequest, urn: str
    ) -> resource_pb2.ReadResourceResponse:
        name = request.id
        outputs = self._answers.stacks.get(name)
        state = {
            "name": name,
            "outputs": UNKNOWN if outputs is None else dict(outputs),
            "secretOutputNames": UNKNOWN if outputs is None else [],
        }
        if outputs is None and self._realizer is not None:
            raise UnsupportedError(f"a reference to the stack {name!r}, whose outputs were not given")
        return resource_pb2.ReadResourceResponse(urn=urn, id=name, properties=values.to_wire(state))

    def _outputs_of(self, name: str) -> dict[str, Any]:
        """A stack's outputs, as the engine answers them: none for the program's own stack, if none were
        given, as before its first `up`.
        """
        outputs = self._answers.stacks.get(name)
        if outputs is None and name.split("/")[1:] != [self.project, self.stack]:
            error = UnsupportedError(f"reading the outputs of the stack {name!r}, which were not given")
            self.failures.append(error)
            raise error
        return {"name": name, "outputs": dict(outputs or {}), "secretOutputNames": []}

    def _keep(self, error: Exception, what: str, source: str | None) -> None:
        self.failures.append(error)
        if not isinstance(error, DuplicateResourceError | UnsupportedError):
            error.add_note(f"while the program asked for {what}" + (f" at {source}" if source else ""))
