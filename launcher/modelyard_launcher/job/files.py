"""Files that travel with a job: where they come from and where they lie on nodes."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

MOST_MOUNTS = 100
"""File mounts of a job."""

RESERVED_PATHS = ("/opt/modelyard", "/run/modelyard", "/proc", "/sys", "/dev")
"""What the host, the kernel and the node's runtime hold in a container: a job mounts nothing there."""


def _free(target: str) -> str:
    _plain(target)
    for reserved in RESERVED_PATHS:
        if target == reserved or target.startswith(f"{reserved}/"):
            raise ValueError(f"{target} lies in {reserved}, which isn't the job's")
    return target


def _plain(path: str) -> None:
    if "${" in path:
        raise ValueError("variables aren't filled in here: a path is taken as it stands")


def _local(source: str) -> str:
    _plain(source)
    if "://" in source:
        raise ValueError(f"{source.partition('://')[0]}:// names a store, and only local files are mounted")
    return source


MountTarget = Annotated[
    str,
    Field(
        pattern=r"^(?:/(?!\.{1,2}(?:/|$))[^/\x00]+)+$",
        max_length=1_024,
        examples=["/data/vocabulary.json"],
        json_schema_extra={
            "allowed": "an absolute path in the container, without . or .. or a slash at its end, "
            f"not below {', '.join(RESERVED_PATHS[:-1])} or {RESERVED_PATHS[-1]}",
            "mend": "write a path that begins with /, as /data/vocabulary.json",
        },
    ),
    AfterValidator(_free),
]

LocalPath = Annotated[
    str,
    Field(
        pattern=r"^[^\x00]+$",
        max_length=1_024,
        examples=["."],
        json_schema_extra={
            "allowed": "a file or directory of this machine, relative to the job's file, absolute or from ~/",
            "mend": "write a path, as ./data; what is in a store is read by MODELYARD_DATASETS",
        },
    ),
    AfterValidator(_local),
]

Workdir = Annotated[
    str,
    Field(
        pattern=r"^[^\x00]+$",
        max_length=1_024,
        examples=["."],
        json_schema_extra={
            "allowed": "a directory of this machine, relative to the job's file, absolute or from ~/",
            "mend": "write . for the directory of the job's file, or a path that begins there",
        },
    ),
    AfterValidator(_local),
]
