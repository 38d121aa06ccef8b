"""What a run needs in the checkpoint store before a node can start: files, the node's runtime, the spec."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelyard.errors import SurroundingsError
from modelyard_launcher.spec import sha256_of, variants_key
from modelyard_node.keys import archive_key, runtime_key, spec_key

if TYPE_CHECKING:
    from modelyard_launcher.archives import Archive
    from modelyard_launcher.stores import Store
    from modelyard_launcher.sweeps import VariantsFile


@dataclass(frozen=True, slots=True)
class Runtime:
    """The package that nodes run, in one file."""

    data: bytes
    sha256: str

    @property
    def key(self) -> str:
        """Where it lies in the checkpoint store."""
        return runtime_key(self.sha256)


def pack_runtime() -> Runtime:
    """The runtime of this version of modelyard."""
    from modelyard_node.pack import runtime_archive

    return Runtime(*runtime_archive())


def upload_files(store: Store, archives: Iterable[Archive], runtime: Runtime | None) -> None:
    """Upload what is known by its digest, unless it is there already; no `runtime` where the backend brings
    it to nodes itself.
    """
    for sha256, archive in {archive.sha256: archive for archive in archives}.items():
        key = archive_key(sha256)
        if store.size(key) != archive.size_bytes:
            _upload_archive(store, key, archive)
    if runtime is not None and store.size(runtime.key) != len(runtime.data):
        store.put(runtime.key, runtime.data)


def upload_spec(store: Store, run_id: str, spec: bytes, variants: VariantsFile | None) -> None:
    """Write what the nodes of a run are to do."""
    if variants is not None:
        store.put(variants_key(run_id), variants.content)
    store.put(spec_key(run_id, sha256_of(spec)), spec)


def must_be_there(store: Store, archives: Iterable[tuple[str, int]]) -> None:
    """Raise SurroundingsError unless archives, given by SHA-256 and size, are there: only who submitted a run
    first had its files.
    """
    for sha256, size in archives:
        if store.size(archive_key(sha256)) != size:
            raise SurroundingsError(
                f"{store.uri}/{archive_key(sha256)}, which holds files of the run, isn't there",
                "wait until it is copied to this region, or submit the job anew from its directory",
            )


def _upload_archive(store: Store, key: str, archive: Archive) -> None:
    if isinstance(archive.content, bytes):
        store.put(key, archive.content)
    else:
        store.put_file(key, archive.content.path)
