"""The calls that submitting makes, as a plan shows them: `submission` makes these, in this order.

Of a bucket, each is a call of S3, of a container one of Azure's blobs; of a directory, a read or a write on
this machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from modelyard_launcher.archives import Archive
from modelyard_launcher.plan import RUN_ID_PLACEHOLDER, Call
from modelyard_launcher.spec import variants_key
from modelyard_launcher.sweeps import VariantsFile
from modelyard_launcher.uploads import Runtime
from modelyard_node.keys import archive_key, intent_key, record_key, spec_key

SPEC_PLACEHOLDER = "<SHA-256 of spec.json>"
"""What stands in a plan for the digest of what nodes are to do: it holds the run's id."""

UNLESS_THERE = "left out if it is there already"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is uploaded for a run."""

    files: Sequence[Archive]
    runtime: Runtime | None
    """None where the backend brings it to nodes itself."""
    variants: VariantsFile | None
    digest: str
    """That of the submission: its intent's name."""


def submission_calls(
    store_uri: str, parcel: Parcel, prepare: Sequence[Call], call: Sequence[Call]
) -> list[Call]:
    """All calls in their order.

    Args:
        store_uri: the checkpoint store.
        parcel: what is uploaded.
        prepare: what the backend does before the intent.
        call: the backend's call itself.
    """
    place = StoreCalls(store_uri)
    record, intent = record_key(RUN_ID_PLACEHOLDER), intent_key(parcel.digest)
    sizes = {archive.sha256: archive.size_bytes for archive in parcel.files}
    uploads = [(archive_key(sha256), size, sha256) for sha256, size in sizes.items()]
    if parcel.runtime is not None:
        uploads.append((parcel.runtime.key, len(parcel.runtime.data), parcel.runtime.sha256))
    calls: list[Call] = []
    for key, size, sha256 in uploads:
        calls += [place.look(key), place.put(key, {"bytes": size, "sha256": sha256}, note=UNLESS_THERE)]
    calls += prepare
    calls += [
        place.get(intent),
        place.put(intent, "modelyard.intent/1: the run's id, who submits it, and when", IfNoneMatch="*"),
    ]
    if parcel.variants is not None:
        content = {"bytes": len(parcel.variants.content), "sha256": parcel.variants.sha256}
        calls.append(place.put(variants_key(RUN_ID_PLACEHOLDER), content))
    calls += [
        place.put(spec_key(RUN_ID_PLACEHOLDER, SPEC_PLACEHOLDER), "modelyard.spec/1: what nodes are to do"),
        place.get(record),
        place.put(record, "modelyard.run/1, submitting", IfNoneMatch="*"),
        place.get(intent),
        *call,
        place.get(record),
        place.put(record, "modelyard.run/1, submitted", IfMatch="<its ETag>"),
        place.put(intent, "modelyard.intent/1, closed", IfMatch="<its ETag>"),
    ]
    return calls


class StoreCalls:
    """Calls of one store."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self._bucket = parts.netloc if parts.scheme == "s3" else None
        self._container = uri.rstrip("/") if parts.scheme == "https" else None
        path = parts.path if parts.scheme == "s3" else unquote(parts.path)
        self._prefix = f"{path.strip('/')}/" if path.strip("/") else ""

    def look(self, key: str) -> Call:
        """Whether an object is there, and how large."""
        return self._call("HeadObject", "Stat", key, {})

    def get(self, key: str) -> Call:
        """Read an object."""
        return self._call("GetObject", "Read", key, {})

    def put(self, key: str, content: object, note: str = "", **condition: str) -> Call:
        """Write an object."""
        return self._call("PutObject", "Write", key, {"Body": content, **condition}, note)

    def _call(self, remote: str, local: str, key: str, more: dict[str, Any], note: str = "") -> Call:
        if self._container is not None:
            request = {"Container": self._container, "Blob": key, **more}
            return Call("blob", remote.replace("Object", "Blob"), request, note)
        if self._bucket is not None:
            request = {"Bucket": self._bucket, "Key": self._prefix + key, **more}
            return Call("s3", remote, request, note)
        return Call("local", local, {"Path": f"/{self._prefix}{key}", **more}, note)
