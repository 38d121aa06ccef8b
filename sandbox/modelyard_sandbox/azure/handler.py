"""The base of Azure's handlers: a resource is a document at a path, written by PUT.

As azure-native does it (provider 3.29): a resource that stands already isn't taken over on creation, every
update is a PUT of the whole, and a name is made up of the logical one and eight hexadecimal digits, or is
the logical one for what lies in another resource. Nothing is done to fit a made-up name to a type's rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import zip_longest
from types import MappingProxyType
from typing import Any, ClassVar

from typing_extensions import override

from modelyard_sandbox.azure.client import EXISTS_ALREADY, AzureCloud, AzureError
from modelyard_sandbox.azure.manager.errors import LOCATION_REQUIRED, ArmError
from modelyard_sandbox.azure.manager.ids import resource_id
from modelyard_sandbox.azure.manager.locations import normal
from modelyard_sandbox.azure.translate import Form, as_input, pulumi_path, to_azure, to_pulumi
from modelyard_sandbox.errors import CloudError, ImpossibleError, PartialError, UnsupportedError
from modelyard_sandbox.handler import BaseHandler, Inputs, Outputs
from modelyard_sandbox.meaning import COMPUTED, Meaning

GROUP_PATH = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
PARAMETER = re.compile(r"\{(\w+)\}")
ROOTED = frozenset({"resourceUri", "scope"})
"""The parameters of paths that are ids, which begin with a slash."""
SCOPES = ROOTED | {"scopeId"}
"""The parameters of paths that are paths themselves."""
ANY_PATH, ONE_PART = ".+", "[^/]+"
RANDOM_DIGITS = 8


class ArmHandler(BaseHandler[AzureCloud]):
    """A resource type of Azure."""

    path: ClassVar[str]
    """Where a resource is, with inputs in braces; they name it, and can't be changed."""
    api_version: ClassVar[str]
    """The one that azure-native 3.29 uses for the type."""
    form: ClassVar[Form] = Form()
    """How its inputs and outputs are spelled in the API."""
    body: ClassVar[frozenset[str]]
    """The inputs that are not in the path."""
    needed: ClassVar[frozenset[str]] = frozenset()
    """Those that can't be left out."""
    fixed: ClassVar[frozenset[str]] = frozenset()
    """Those that force a replacement."""
    asked_beside: ClassVar[frozenset[str]] = frozenset()
    """Those of `body` that a request says in its address; an answer doesn't show them."""
    chosen: ClassVar[frozenset[str]] = frozenset()
    """Those that Azure chooses where they are left out, by path."""
    assumed: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """What those mean that Azure assumes where they are left out, by path."""
    listed_at: ClassVar[str] = ""
    """Where a subscription's resources of the type are listed; empty for what lies in another one."""
    placed_like_its_group: ClassVar[bool] = True
    """Whether azure-native gives it a location where a program doesn't, if it has one."""
    comes_with_parent: ClassVar[bool] = False
    """Whether it is there with what it lies in, so that it is only ever changed."""

    def __init_subclass__(cls) -> None:
        """Settle what follows from the path."""
        named = frozenset(PARAMETER.findall(cls.path)) - {"subscriptionId"}
        cls.inputs = cls.body | named
        cls.made_with = cls.inputs
        cls.replace_on = cls.fixed | named
        cls.required = (cls.needed | named) - {cls.name_input or ""}
        if "identity" not in cls.__dict__:
            cls.identity = tuple(sorted(named))

    @override
    def make(self, cloud: AzureCloud, inputs: Inputs) -> str:
        id_ = self.place(cloud, inputs)
        if self.comes_with_parent:
            return str(cloud.put(id_, self.api_version, self.document(inputs))["id"])
        try:
            made = cloud.create(id_, self.api_version, self.document(inputs), self.parameters(inputs))
            return str(made["id"])
        except AzureError as error:
            if error.in_work:
                raise PartialError(id_, {**inputs, "id": id_}, error) from error
            if error.status != EXISTS_ALREADY:
                raise
            raise ImpossibleError(
                f"cannot create already existing resource '{id_}'\n  mend: import it, or give another name"
            ) from error

    @override
    def configure(self, cloud: AzureCloud, id_: str, old: Inputs, new: Inputs) -> None:
        if self.document(old) != self.document(new):
            cloud.put(id_, self.api_version, self.document(new), self.parameters(new))

    @override
    def look(self, cloud: AzureCloud, id_: str, inputs: Inputs) -> Outputs | None:
        outputs = to_pulumi(self.form, cloud.get(id_, self.api_version))
        del outputs["id"]
        return {**self.named_by(id_), **outputs, "azureApiVersion": self.api_version}

    @override
    def read(self, cloud: AzureCloud, id_: str, inputs: Inputs) -> Outputs | None:
        """All that Azure says; an input that it doesn't show isn't set."""
        return super().read(cloud, id_, {})

    @override
    def remove(self, cloud: AzureCloud, id_: str, inputs: Inputs) -> None:
        if self.comes_with_parent:
            cloud.put(id_, self.api_version, {"properties": {}})
        else:
            cloud.delete(id_, self.api_version)

    @override
    def list_ids(self, cloud: AzureCloud) -> Iterable[str] | None:
        if not self.listed_at:
            return None
        path = f"/subscriptions/{cloud.subscription_id}/{self.listed_at}"
        return [found["id"] for found in cloud.listed(path, self.api_version)]

    @override
    def id_from(self, cloud: AzureCloud, inputs: Inputs) -> str | None:
        return self.place(cloud, inputs) if self.replace_on - self.fixed <= inputs.keys() else None

    @override
    def find(self, cloud: AzureCloud, id_: str) -> tuple[str, Inputs] | None:
        if not self.named_by(id_):
            raise UnsupportedError(f"{id_} is no id of {self.type}: it must look like {self.path}")
        return id_, {}

    @override
    def observe(self, cloud: AzureCloud, id_: str, inputs: Inputs, outputs: Outputs) -> Inputs:
        names = inputs.keys() or self.inputs
        found = {name: outputs[name] for name in names & outputs.keys()}
        asked = {
            name: as_input(self.form, {name: value}, {name: inputs[name]} if name in inputs else None)[name]
            for name, value in found.items()
        }
        asked |= {name: inputs[name] for name in self.asked_beside & inputs.keys()}
        for name in (self.replace_on & asked.keys()) & inputs.keys():
            if _spelled_alike(asked[name], inputs[name]):
                asked[name] = inputs[name]
        return asked

    @property
    @override
    def meaning(self) -> Meaning:
        return Meaning(defaults={**dict.fromkeys(self.chosen, COMPUTED), **self.assumed})

    @override
    def problems(self, inputs: Inputs) -> list[tuple[str, str]]:
        try:
            self._rehearse(inputs)
        except ArmError as error:
            said = " ".join([error.message, *(message for _, message in error.details)])
            return [(self._property_at_fault(error), f"{error.code}: {said}")]
        return []

    @override
    def at_fault(self, inputs: Inputs, error: CloudError) -> str | None:
        if not isinstance(error, AzureError) or not error.target or error.target.startswith("/"):
            return None
        return pulumi_path(self.form, error.target)

    @override
    def automatic_name(self, logical: str, digits: str) -> str:
        _, _, in_its_namespace = self.path.partition("/providers/")
        inside_another = len(PARAMETER.findall(in_its_namespace)) > 1
        return logical if inside_another else f"{logical}{digits[:RANDOM_DIGITS]}"

    @override
    def replaces(self, old: Inputs, new: Inputs) -> frozenset[str]:
        return super().replaces(_in_one_spelling(old), _in_one_spelling(new))

    @override
    def once(self, cloud: AzureCloud, token: str) -> AzureCloud:
        return cloud.once(token)

    def place(self, cloud: AzureCloud, inputs: Inputs) -> str:
        """The id that inputs lead to."""
        return self.path.format(**{"subscriptionId": cloud.subscription_id, **inputs}).replace("//", "/")

    def document(self, inputs: Inputs) -> dict[str, Any]:
        """The body of a PUT."""
        return to_azure(
            self.form, {name: inputs[name] for name in self.body & inputs.keys() - self.asked_beside}
        )

    def parameters(self, inputs: Inputs) -> dict[str, str]:
        """The parameters of a PUT that are inputs."""
        return {name: _as_parameter(inputs[name]) for name in self.asked_beside & inputs.keys()}

    def named_by(self, id_: str) -> dict[str, str]:
        """The inputs that an id holds; none if it isn't one of the type."""
        found = self._pattern.fullmatch(id_)
        if found is None:
            return {}
        named = {name: value for name, value in found.groupdict().items() if name != "subscriptionId"}
        return {name: f"/{value}" if name in ROOTED else value for name, value in named.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts: list[str] = []
        for literal, name in zip_longest(PARAMETER.split(self.path)[::2], PARAMETER.findall(self.path)):
            parts.append(re.escape(literal))
            if name:
                parts.append(f"(?P<{name}>{ANY_PATH if name in SCOPES else ONE_PART})")
        return re.compile("".join(parts), re.IGNORECASE)

    def _property_at_fault(self, error: ArmError) -> str:
        if error.target:
            return pulumi_path(self.form, error.target)
        # Without a target Azure speaks of what names the resource, or of the one thing it calls by its name.
        return "location" if error.code == LOCATION_REQUIRED else self.name_input or ""

    def _rehearse(self, inputs: Inputs) -> None:
        """Refuse what the resource manager would, whatever stands; raises ArmError."""
        from modelyard_sandbox.azure.manager.registry import KINDS

        nobody = AzureCloud("", "00000000-0000-0000-0000-000000000000")
        id_ = resource_id(self.place(nobody, inputs))
        kind = KINDS[id_.kind]
        kind.check_name(id_.name)
        kind.accept(id_, self.document(inputs))


def _as_parameter(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _in_one_spelling(inputs: Inputs) -> Inputs:
    location = inputs.get("location")
    return {**inputs, "location": normal(location)} if isinstance(location, str) else inputs


def _spelled_alike(one: object, other: object) -> bool:
    """Whether two names or places are the same to Azure, which sees neither case nor blanks."""
    return normal(str(one)).strip("/") == normal(str(other)).strip("/")
