"""The resource monitor: what the Pulumi SDK talks to while a program runs, in place of the engine."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Never

from google.protobuf import empty_pb2
from pulumi.runtime.proto import callback_pb2, resource_pb2

from modelyard_policies.graph import UNKNOWN, Node, region_of
from modelyard_preview.engine import values
from modelyard_preview.engine.callbacks import Callbacks, Transforms
from modelyard_preview.engine.data_sources import Answerer, Answers
from modelyard_preview.engine.errors import DuplicateResourceError, UnsupportedError
from modelyard_preview.engine.realizer import Realizer
from modelyard_preview.engine.responses import in_program_only, previewed, realized
from modelyard_preview.engine.source import line_of

STACK_TYPE = "pulumi:pulumi:Stack"
STACK_REFERENCE_TYPE = "pulumi:pulumi:StackReference"
RAISED_HERE = "while the program asked for"
"""How the note begins that an error gets which comes out of the monitor, or of the realizer."""
_PROVIDER_PREFIX = "pulumi:providers:"
_FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
    resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_STATE_MIGRATIONS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
)
_HOOKS = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
)
"""Functions that run when something is created, changed or deleted: in a dry run they have no occasion."""


class Monitor:
    """Registers resources as the engine does, keeps each as a node, and asks the realizer if there is one."""

    def __init__(self, project: str, stack: str, answers: Answers, realizer: Realizer | None) -> None:
        self.nodes: dict[str, Node] = {}
        """By URN, in the order of registration. What is only read isn't among them."""
        self.stack_outputs: dict[str, Any] = {}
        self.failures: list[Exception] = []
        """What was raised here, first first: the SDK may pass on another of them."""
        self.referred_stacks: list[str] = []
        """Other stacks that the program refers to."""
        self.project = project
        self.stack = stack
        self.is_dry_run = realizer is None
        self.answerer = Answerer(answers, realizer, (project, stack), self.failures)
        self.callbacks = Callbacks(self)
        self._answers = answers
        self._realizer = realizer
        self._read: set[str] = set()
        self._transforms = Transforms()

    # The methods below bear the names of the service's calls.

    def GetDeploymentInfo(self, _request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:  # noqa: N802
        """Say which features the program may use."""
        return resource_pb2.DeploymentInfo(
            project=self.project,
            stack=self.stack,
            dryRun=self.is_dry_run,
            supportedFeatures=(*_FEATURES, *(_HOOKS if self.is_dry_run else ())),
        )

    def RegisterResource(  # noqa: N802
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse | Awaitable[resource_pb2.RegisterResourceResponse]:
        """Take a resource into the graph; create it if there is a realizer."""
        transforms = self._transforms.for_resource(request)
        return self._register_transformed(request, transforms) if transforms else self._register(request)

    def RegisterResourceOutputs(  # noqa: N802
        self,
        request: resource_pb2.RegisterResourceOutputsRequest,
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
                urn=urn,
                id=found.id,
                properties=values.to_wire(found.outputs),
            )
        except Exception as error:
            self._keep(error, f"{request.type} {request.name!r}", source)
            raise

    def Invoke(  # noqa: N802
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeResponse | Awaitable[resource_pb2.ResourceInvokeResponse]:
        """Answer a data source: as was given, by whoever knows, by the realizer, or unknown."""
        transforms = self._transforms.of_invokes
        return self._invoke_transformed(request, transforms) if transforms else self._invoke(request)

    def RegisterStackTransform(self, callback: callback_pb2.Callback) -> empty_pb2.Empty:  # noqa: N802
        """Call a function of the program for every resource from now on."""
        self._transforms.of_stack.append(callback)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, callback: callback_pb2.Callback) -> empty_pb2.Empty:  # noqa: N802
        """Call a function of the program for every data source from now on."""
        self._transforms.of_invokes.append(callback)
        return empty_pb2.Empty()

    def RegisterResourceHook(self, _request: object) -> empty_pb2.Empty:  # noqa: N802
        """Take note of a hook: nothing happens in a dry run that would call it."""
        return empty_pb2.Empty()

    RegisterErrorHook = RegisterResourceHook

    def ExistsResource(self, _request: object) -> resource_pb2.ExistsResourceResponse:  # noqa: N802
        """Whether a resource exists: only its cloud knows."""
        return resource_pb2.ExistsResourceResponse(exists=False, unknown=True)

    def Call(self, request: resource_pb2.ResourceCallRequest) -> Never:  # noqa: N802
        """Refuse a method of a resource: only its provider could answer."""
        error = UnsupportedError(f"a call of the method {request.tok}")
        self.failures.append(error)
        raise error

    def RegisterPackage(  # noqa: N802
        self,
        request: resource_pb2.RegisterPackageRequest,
    ) -> resource_pb2.RegisterPackageResponse:
        """Name a parameterised package."""
        return resource_pb2.RegisterPackageResponse(ref=f"{request.name}@{request.version}")

    def SignalAndWaitForShutdown(self, _request: empty_pb2.Empty) -> empty_pb2.Empty:  # noqa: N802
        """The program has ended; nothing holds it."""
        return empty_pb2.Empty()

    async def _register_transformed(
        self, request: resource_pb2.RegisterResourceRequest, transforms: list[callback_pb2.Callback]
    ) -> resource_pb2.RegisterResourceResponse:
        return self._register(await self.callbacks.transformed(request, transforms))

    async def _invoke_transformed(
        self, request: resource_pb2.ResourceInvokeRequest, transforms: list[callback_pb2.Callback]
    ) -> resource_pb2.ResourceInvokeResponse:
        return self._invoke(await self.callbacks.transformed_invoke(request, transforms))

    def _register(
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        source = line_of(request.stackTrace)
        try:
            node = self._node(request, source)
            self._transforms.keep(node.urn, request)
            self.nodes[node.urn] = node
            if not node.custom or node.type.startswith(_PROVIDER_PREFIX):
                return in_program_only(request, node, is_made=self._realizer is not None)
            if self._realizer is None:
                return previewed(request, node)
            return realized(request, node, self._realizer)
        except Exception as error:
            self._keep(error, f"{request.type} {request.name!r}", source)
            raise

    def _invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:
        explicit = self._provider_node(request.provider)
        settings = (
            explicit.properties if explicit else self._answers.settings_of(request.tok.partition(":")[0])
        )

        def region(args: Mapping[str, Any]) -> str | None:
            return self._region(request.tok, args, request.provider)

        try:
            return self.answerer.answer(request, region, settings)
        except Exception as error:
            if error not in self.failures:
                self._keep(error, f"data source {request.tok}", None)
            raise

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
            # (those that start with two underscores are Pulumi's own, as the code of a dynamic provider)
            properties={key: value for key, value in properties.items() if not key.startswith("__")},
            dependencies=tuple(sorted(request.dependencies)),
            property_dependencies={
                key: tuple(sorted(request.propertyDependencies[key].urns))
                for key in sorted(request.propertyDependencies)
            },
            protect=request.protect,
            region=self._region(request.type, properties, request.provider) if request.custom else None,
            source=source,
            provider=request.provider.rpartition("::")[0] or self._default_provider(request),
        )

    def _urn(self, type_token: str, name: str, parent: str) -> str:
        prefix = f"urn:pulumi:{self.stack}::{self.project}::"
        lineage = parent.split("::")[2] if parent else STACK_TYPE
        types = type_token if lineage == STACK_TYPE else f"{lineage}${type_token}"
        return f"{prefix}{types}::{name}"

    def _region(self, token: str, properties: Mapping[str, Any], provider: str) -> str | None:
        if provider:
            node = self._provider_node(provider)
            return region_of(token, properties, node.properties if node else {})
        package = token.partition(":")[0].partition("_")[0]  # (one of Azure's versions is azure-native_…)
        return region_of(token, properties, self._answers.settings_of(package))

    def _provider_node(self, reference: str) -> Node | None:
        return self.nodes.get(reference.rpartition("::")[0]) if reference else None

    def _default_provider(self, request: resource_pb2.RegisterResourceRequest) -> str | None:
        """URN of the default provider, where the configuration gives it tags that its resources get."""
        package = request.type.partition(":")[0]
        tags = self._answers.config.get(f"{package}:defaultTags")
        if not request.custom or tags is None or not self.is_dry_run:
            return None
        token = f"{_PROVIDER_PREFIX}{package}"
        urn = self._urn(token, "default", "")
        if urn not in self.nodes:
            region = self._region(request.type, {}, "")
            properties = {"defaultTags": tags} | ({"region": region} if region else {})
            self.nodes[urn] = Node(urn=urn, type=token, name="default", properties=properties)
        return urn

    def _read_stack(
        self,
        request: resource_pb2.ReadResourceRequest,
        urn: str,
    ) -> resource_pb2.ReadResourceResponse:
        name = request.id
        outputs = self._answers.stacks.get(name)
        self.referred_stacks.append(name if name != values.SENTINEL else "a stack whose name isn't known yet")
        state = {
            "name": name,
            "outputs": UNKNOWN if outputs is None else dict(outputs),
            "secretOutputNames": UNKNOWN if outputs is None else [],
        }
        if outputs is None and self._realizer is not None:
            raise UnsupportedError(f"a reference to the stack {name!r}, whose outputs were not given")
        return resource_pb2.ReadResourceResponse(urn=urn, id=name, properties=values.to_wire(state))

    def _keep(self, error: Exception, what: str, source: str | None) -> None:
        self.failures.append(error)
        if not isinstance(error, DuplicateResourceError | UnsupportedError):
            error.add_note(f"{RAISED_HERE} {what}" + (f" at {source}" if source else ""))
