"""What every resource type of the sandbox offers, whatever its cloud, and how a new one is written.

A handler says which inputs it knows and which of them force a replacement, and has four small steps: `make`
calls the API that brings the resource into being, `configure` brings what can change in place from old
inputs to new ones, `look` reads the computed outputs, and `remove` takes the resource away. Creation is
`make` followed by `configure` from what `make` has set; so nothing is said twice.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any, ClassVar, Generic, TypeVar

from modelyard_sandbox.errors import CloudError, PartialError, SandboxError, UnsupportedError
from modelyard_sandbox.meaning import Meaning

Inputs = dict[str, Any]
Outputs = dict[str, Any]
CloudT = TypeVar("CloudT")


class BaseHandler(Generic[CloudT]):
    """The base of the handlers of every cloud; `CloudT` is how a handler reaches its cloud."""

    type: ClassVar[str]
    """Pulumi's type token."""
    inputs: ClassVar[frozenset[str]]
    """Every input that is passed on to the API; any other is refused."""
    required: ClassVar[frozenset[str]] = frozenset()
    """Inputs without which there is nothing to ask the cloud."""
    replace_on: ClassVar[frozenset[str]] = frozenset()
    """Inputs that the API can't change in place."""
    made_with: ClassVar[frozenset[str]] = frozenset()
    """Inputs that `make` has set already, so that `configure` needn't on creation."""
    changing_outputs: ClassVar[frozenset[str]] = frozenset()
    """Outputs that an update in place may change; all others stay as they are."""
    enriched: ClassVar[frozenset[str]] = frozenset()
    """Inputs that the cloud adds something to: what becomes of them is known only once it has."""
    name_input: ClassVar[str | None] = None
    """The input that holds the physical name, where Pulumi makes one up if it is left out."""
    identity: ClassVar[tuple[str, ...]] = ()
    """Inputs that name the resource in the cloud: with the same ones, old and new can't stand side by
    side.
    """
    taggable: ClassVar[bool] = False
    """Whether the type takes tags; `tagsAll`, the resource's and its provider's, is what is set."""
    stays: ClassVar[bool] = False
    """Whether the cloud keeps it whatever is done: deletion takes it from the state only."""

    def make(self, cloud: CloudT, inputs: Inputs) -> str:
        """Bring the resource into being; its id."""
        raise NotImplementedError

    def configure(self, cloud: CloudT, id_: str, old: Inputs, new: Inputs) -> None:
        """Bring what can change in place from old to new."""

    def look(self, cloud: CloudT, id_: str, inputs: Inputs) -> Outputs | None:
        """The computed outputs; None, or a CloudError that says so, if the resource is gone."""
        raise NotImplementedError

    def remove(self, cloud: CloudT, id_: str, inputs: Inputs) -> None:
        """Take the resource away."""
        raise NotImplementedError

    def clear(self, cloud: CloudT, id_: str, inputs: Inputs) -> None:
        """Throw away what people put in (objects, images): where the cloud would refuse to delete."""

    def list_ids(self, cloud: CloudT) -> Iterable[str] | None:
        """The ids of all resources of the type that aren't the cloud's own; None for what is a part of
        another.
        """
        del cloud
        return None

    def id_from(self, cloud: CloudT, inputs: Inputs) -> str | None:
        """The id that these inputs lead to, where it can be told from them and from what stands in the
        cloud.
        """
        del cloud, inputs
        return None

    def find(self, cloud: CloudT, id_: str) -> tuple[str, Inputs] | None:
        """The id of the resource that an id to import by means, with the inputs that this id holds; None if
        there is no such resource. Raises UnsupportedError for what is no id of the type.
        """
        del cloud
        return id_, {}

    def observe(self, cloud: CloudT, id_: str, inputs: Inputs, outputs: Outputs) -> Inputs:
        """The inputs of a resource as it stands, defaults and all, for imports and refreshes.

        Args:
            cloud: how the cloud is reached.
            id_: the resource's id.
            inputs: those that are known; none for a resource to import.
            outputs: what `look` has just found.
        """
        del cloud, id_
        names = inputs.keys() if inputs else self.known_inputs
        return {name: outputs[name] for name in names & outputs.keys()}

    @property
    def meaning(self) -> Meaning:
        """When two ways to write the type's inputs mean the same."""
        return Meaning()

    def problems(self, inputs: Inputs) -> list[tuple[str, str]]:
        """What the cloud's own model of the API refuses in inputs that are all known: path and reason."""
        del inputs
        return []

    def at_fault(self, inputs: Inputs, error: CloudError) -> str | None:
        """The path of the input that an error is about, where that is certain."""
        del inputs, error
        return None

    def automatic_name(self, logical: str, digits: str) -> str:
        """A name as Pulumi makes it up, from the logical one and random hexadecimal digits."""
        return self.spelled(f"{logical}-{digits[:7]}")

    def spelled(self, name: str) -> str:
        """A name that was made up, in the letters that the type takes."""
        return name

    def replaces(self, old: Inputs, new: Inputs) -> frozenset[str]:
        """The changed inputs that force a replacement."""
        return frozenset(name for name in self.replacing_inputs if old.get(name) != new.get(name))

    def collides(self, old: Inputs, new: Inputs) -> bool:
        """Whether old and new can't stand side by side, so that the old one has to go first."""
        return bool(self.identity) and all(
            old.get(name) is not None and old.get(name) == new.get(name) for name in self.identity
        )

    def check(self, inputs: Inputs) -> None:
        """Refuse what can be refused before the cloud is asked: inputs unknown or missing, by name."""
        self.check_names(inputs)
        missing = sorted(self.required - inputs.keys())
        if missing:
            raise UnsupportedError(f"{self.type} needs the input {', '.join(missing)}")

    def check_names(self, inputs: Iterable[str]) -> None:
        """Refuse inputs that the type doesn't know, by name, whatever their values."""
        unknown = set(inputs) - self.known_inputs
        if unknown:
            raise UnsupportedError.unknown_input(self.type, unknown, self.known_inputs)

    @property
    def known_inputs(self) -> frozenset[str]:
        """Every input, with those that types have in common."""
        return self.inputs | ({"tags", "tagsAll"} if self.taggable else frozenset())

    @property
    def replacing_inputs(self) -> frozenset[str]:
        """Every input whose change forces a replacement."""
        return self.replace_on

    def place_outputs(self, cloud: CloudT) -> Outputs:
        """The outputs that say where a resource stands, which its inputs may leave to the provider."""
        del cloud
        return {}

    def once(self, cloud: CloudT, token: str) -> CloudT:
        """The cloud with calls marked by a token, so that they are carried out once; or as it is, where
        creating what stands already changes nothing.
        """
        del token
        return cloud

    def refuse_standing(self, cloud: CloudT, inputs: Inputs) -> None:
        """Refuse to make what stands already, where the cloud would answer as if it had made it."""

    def create(self, cloud: CloudT, inputs: Inputs, token: str | None = None) -> tuple[str, Outputs]:
        """Make the resource; its id and outputs.

        Args:
            cloud: how the cloud is reached.
            inputs: what is asked for.
            token: marks the calls that make it, for who may have to find out what they made.

        Raises:
            CloudError: the cloud refused, and nothing was made.
            PartialError: the resource was made, and a later step was refused.
        """
        self.check(inputs)
        self.refuse_standing(cloud, inputs)
        return self.finish(cloud, self.make_once(cloud, inputs, token or secrets.token_hex(16)), inputs)

    def make_once(self, cloud: CloudT, inputs: Inputs, token: str) -> str:
        """`make`, which under the same token is carried out once: repeated, it tells what it made then."""
        name = self.name_input
        prefix = inputs.get(f"{name}Prefix")
        if name and prefix and not inputs.get(name):
            # The end of the name is made up as well, and has to be the same each time.
            inputs = {**inputs, name: f"{prefix}{hashlib.sha256(token.encode()).hexdigest()[:16]}"}
        return self.make(self.once(cloud, token), inputs)

    def finish(self, cloud: CloudT, id_: str, inputs: Inputs) -> tuple[str, Outputs]:
        """What follows upon `make`; as `create`."""
        try:
            made = {name: inputs[name] for name in self.made_with & inputs.keys()}
            self.configure(cloud, id_, made, inputs)
            return id_, self._must_read(cloud, id_, inputs)
        except SandboxError as error:
            raise PartialError(id_, {**inputs, "id": id_}, error) from error

    def read(self, cloud: CloudT, id_: str, inputs: Inputs) -> Outputs | None:
        """The inputs with what the cloud adds to them; None if the resource is gone."""
        try:
            computed = self.look(cloud, id_, inputs)
        except CloudError as error:
            if error.says_gone:
                return None
            raise
        if computed is None:
            return None
        return {**self.place_outputs(cloud), **inputs, **computed, "id": id_}

    def update(self, cloud: CloudT, id_: str, old: Inputs, new: Inputs) -> Outputs:
        """Bring the resource from the old inputs to the new ones, in place; its outputs."""
        self.check(new)
        self.configure(cloud, id_, old, new)
        return self._must_read(cloud, id_, new)

    def delete(self, cloud: CloudT, id_: str, inputs: Inputs) -> None:
        """Take the resource away; one that is gone already is fine."""
        try:
            self.remove(cloud, id_, inputs)
        except CloudError as error:
            if not error.says_gone:
                raise

    def _must_read(self, cloud: CloudT, id_: str, inputs: Inputs) -> Outputs:
        outputs = self.read(cloud, id_, inputs)
        if outputs is None:
            raise SandboxError(f"{self.type} {id_} can't be found right after it was written")
        return outputs


def changed(old: Inputs, new: Inputs, *names: str) -> bool:
    """Whether any of the inputs differs."""
    return any(old.get(name) != new.get(name) for name in names)


def tags_of(inputs: Inputs) -> dict[str, str]:
    """The tags to set: the resource's and its provider's."""
    return dict(inputs.get("tagsAll") or inputs.get("tags") or {})


def tag_changes(old: Inputs, new: Inputs) -> tuple[dict[str, str], list[str]]:
    """Tags to set, and names of tags to remove."""
    before, after = tags_of(old), tags_of(new)
    return {name: value for name, value in after.items() if before.get(name) != value}, sorted(
        before.keys() - after.keys()
    )


def physical_name(inputs: Inputs, name: str = "name", prefix: str = "namePrefix") -> str:
    """The name to give in the cloud: the one asked for, or the prefix with a random end."""
    if inputs.get(name):
        return str(inputs[name])
    if inputs.get(prefix):
        return f"{inputs[prefix]}{secrets.token_hex(8)}"
    raise UnsupportedError(f"neither {name} nor {prefix} is given")
