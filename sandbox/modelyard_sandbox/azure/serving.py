"""The server's side of Azure: the resource manager and its blobs, made when somebody asks for one of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard_sandbox.once import Application, Environ, StartResponse

if TYPE_CHECKING:
    from modelyard_sandbox.azure.ml_running.engine import Engine
    from modelyard_sandbox.azurite.blobs import Blobs, BlobStatus
    from modelyard_sandbox.azurite.install import Program


class AzureSide:
    """Azure as one server has it: most servers never see a request for it.

    Args:
        directory: the sandbox's.
        blobs_ended: called when the blobs are no longer served, though nobody asked for that.
    """

    def __init__(self, directory: Path, blobs_ended: Callable[[], None]) -> None:
        self._directory, self._blobs_ended = directory, blobs_ended
        self._making = threading.Lock()
        self._made: tuple[Application, Blobs, Engine] | None = None
        self.endpoint = ""
        """Where it answers, once that is known: jobs are told."""

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request to the resource manager."""
        return self._parts()[0](environ, start_response)

    def blob_status(self) -> BlobStatus:
        """Whether blobs are served, and where."""
        return self._parts()[1].status

    def start_blobs(self, program: Program) -> BlobStatus:
        """Serve blobs, unless they are served. Raises SurroundingsError if that can't be."""
        return self._parts()[1].start(program)

    def jobs(self) -> Engine | None:
        """What runs jobs of Machine Learning, if anybody has asked for Azure."""
        return self._made[2] if self._made is not None else None

    def stop(self) -> None:
        """End what was started."""
        if self._made is not None:
            self._made[2].end()
            self._made[1].stop()

    def _parts(self) -> tuple[Application, Blobs, Engine]:
        with self._making:
            if self._made is None:
                self._made = self._make()
            return self._made

    def _make(self) -> tuple[Application, Blobs, Engine]:
        from modelyard_sandbox.azure.manager.application import ResourceManager
        from modelyard_sandbox.azure.manager.store import Store
        from modelyard_sandbox.azure.ml_running.engine import Engine
        from modelyard_sandbox.azure.ml_running.log_files import LogFiles
        from modelyard_sandbox.azure.ml_running.variables import Site
        from modelyard_sandbox.azurite.blobs import Blobs
        from modelyard_sandbox.moto_extensions import clock
        from modelyard_sandbox.once import Once

        manager = ResourceManager(Store(clock.now))
        blobs = Blobs(manager.store, manager.alone, self._directory, self._blobs_ended)
        manager.on_change.append(blobs.follow)

        def site() -> Site:
            return Site(self._directory, self.endpoint, blobs.status.endpoint)

        engine = Engine(manager.store, manager.alone, self._directory, site)
        manager.on_change.append(engine.follow)
        return LogFiles(Once(manager), manager.store, manager.alone), blobs, engine
