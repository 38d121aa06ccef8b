"""Values that other launchers take for a field that a job of ours has too, each with how it is written here.

After the documentation of SkyPilot 0.14 and dstack 0.22 (2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from modelyard.errors import Problem
from modelyard.validation import given_text
from modelyard.yaml_lines import YamlDocument
from modelyard.yaml_lines.document import FieldPath, field_text
from modelyard_launcher.job.secrets import SECRET_PATTERN

_NOT_SHOWN = "a value that isn't shown"

_ARN_ALLOWED = (
    "the ARN of a secret of Secrets Manager (arn:aws:secretsmanager:..., with "
    ":json-key:version-stage:version-id or nothing behind it) or of a parameter "
    "(arn:aws:ssm:...:parameter/...)"
)

_SIZE = re.compile(r"^\s*([0-9]+)\s*(\+|[gG](?:i?[bB])?\+?|\.\.)\s*$")

_EVENTS = {
    "interruption": "write host_failure",
    "no-capacity": "remove it: a job waits in its queue for as long as there is no machine",
    "error": "remove it, and write attempts: 3",
}


def foreign_values(document: YamlDocument) -> Iterator[tuple[str, Problem]]:
    """A problem for each value that is written as another launcher has it, by the path of its field."""
    data = cast("Mapping[str, object]", document.data)
    for path, given, message, allowed, mend in _found(data):
        field = field_text(path)
        shown = given if given is not None else given_text(_at(data, path), document.written(path))
        place = document.line_of(path)
        yield field, Problem(field, shown, message, allowed, mend).at(document.file, place)


_Found = tuple[FieldPath, str | None, str, str, str]
"""Path, what is shown of the value (None: as it is), message, what is allowed, how to mend it."""


def _found(data: Mapping[str, object]) -> Iterator[_Found]:
    yield from _mounts(_part(data, "file_mounts"))
    yield from _secrets(_part(data, "secrets"))
    yield from _envs(_part(data, "envs"))
    yield from _sizes(_part(data, "resources"))
    yield from _accelerators(_part(data, "resources"))
    yield from _events(_part(data, "retry"))
    if isinstance(data.get("workdir"), Mapping):
        yield (
            ("workdir",),
            None,
            "SkyPilot clones a repository here; a job of modelyard takes a directory of this machine",
            "a directory of this machine, relative to the job's file, absolute or from ~/",
            "clone it here and name the directory, or clone it in setup where nodes reach the internet",
        )
    image = data.get("image")
    if isinstance(image, str) and image.startswith("docker:"):
        yield (
            ("image",),
            None,
            "SkyPilot marks images of containers by docker:; a job of modelyard knows no others",
            "the name of an image with its tag or digest, as cnn:1.0",
            f"write {image.removeprefix('docker:') or 'its name'}",
        )


def _mounts(mounts: Mapping[str, object]) -> Iterator[_Found]:
    for target, source in mounts.items():
        if not isinstance(source, Mapping):
            continue
        part = cast("Mapping[str, object]", source)
        what = "a volume" if part.get("store") == "volume" else "a bucket"
        yield (
            ("file_mounts", target),
            None,
            f"SkyPilot mounts {what} here; a job of modelyard mounts files of this machine",
            "a local path, relative to the job's file, absolute or from ~/",
            "remove it: programs find their stores by MODELYARD_DATASETS and MODELYARD_CHECKPOINTS",
        )


def _secrets(secrets: Mapping[str, object]) -> Iterator[_Found]:
    for name, value in secrets.items():
        if value is None:
            yield (
                ("secrets", name),
                "nothing",
                "SkyPilot asks for its value when it launches; here a secret is named by reference",
                _ARN_ALLOWED,
                "put the value into Secrets Manager, and write the secret's ARN here",
            )
        elif isinstance(value, str) and not re.fullmatch(SECRET_PATTERN, value):
            yield (
                ("secrets", name),
                _NOT_SHOWN,
                "this is no reference to a secret, and a secret's value never stands in a job's file",
                _ARN_ALLOWED,
                "put the value into Secrets Manager, and write the secret's ARN here",
            )


def _envs(envs: Mapping[str, object]) -> Iterator[_Found]:
    for name, value in envs.items():
        if value is None:
            yield (
                ("envs", name),
                "nothing",
                "SkyPilot asks for its value when it launches; here each variable has its text",
                "text of up to 4,096 characters",
                f'write {name}: "text", or name it under secrets if it is one',
            )


def _sizes(resources: Mapping[str, object]) -> Iterator[_Found]:
    for name, unit in (("cpus", ""), ("memory", " of GiB"), ("shm", " of GiB")):
        value = resources.get(name)
        match = _SIZE.match(value) if isinstance(value, str) else None
        if match is None:
            continue
        least = "" if name == "shm" else ", which means at least so many"
        yield (
            ("resources", name),
            None,
            f"{value} isn't a whole number{unit}",
            f"a whole number{unit}{least}",
            f"write {name}: {match[1]}",
        )


def _accelerators(resources: Mapping[str, object]) -> Iterator[_Found]:
    value = resources.get("accelerators")
    if not isinstance(value, Mapping | list) or not value:
        return
    several = cast("Mapping[object, object] | list[object]", value)
    first = next(iter(several))
    if isinstance(several, Mapping):
        count = several[first]
        written = f"{first}:{count}" if isinstance(count, int) else str(first)
    else:
        written = str(first)
    yield (
        ("resources", "accelerators"),
        None,
        "SkyPilot takes several kinds here; a job of modelyard asks for one",
        "a kind and a number for each node, as H100:8, or null",
        f"write accelerators: {written}",
    )


def _events(retry: Mapping[str, object]) -> Iterator[_Found]:
    events = retry.get("on_events")
    if not isinstance(events, list):
        return
    for place, event in enumerate(cast("list[object]", events)):
        if isinstance(event, str) and event in _EVENTS:
            yield (
                ("retry", "on_events", place),
                None,
                f"{event} is dstack's name for an event",
                "host_failure, image_pull_failure, out_of_memory",
                _EVENTS[event],
            )


def _part(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = data.get(name)
    return cast("Mapping[str, object]", part) if isinstance(part, Mapping) else {}


def _at(data: object, path: FieldPath) -> object:
    for step in path:
        data = cast("Mapping[object, object]", data)[step]
    return data
