"""The sandbox of a directory: its server, and how programs reach it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from modelyard.errors import SurroundingsError
from modelyard_sandbox.accounts import DEFAULT_ACCOUNT_ID, SECRET_ACCESS_KEY, access_key_of, subscription_of
from modelyard_sandbox.aws.cloud import Clients, Cloud
from modelyard_sandbox.azurite.control import BLOBS_PATH
from modelyard_sandbox.azurite.install import install, must_be_installed
from modelyard_sandbox.clouds import Account, azure_variables
from modelyard_sandbox.faults import FAULTS_PATH, Fault, to_json
from modelyard_sandbox.files import locked, set_aside, write_private
from modelyard_sandbox.job_faults import JOB_FAULTS_PATH, JOBS_PATH, REGIONS_PATH, JobFault
from modelyard_sandbox.job_faults import to_json as job_faults_to_json
from modelyard_sandbox.passing_time import CLOCK_PATH
from modelyard_sandbox.process import POLL_SECONDS, ProcessIdentity
from modelyard_sandbox.pulumi_stacks import Stack, empty_stacks
from modelyard_sandbox.record import ServerRecord

SERVER_MODULE = "modelyard_sandbox.server"
START_SECONDS = 30.0
DEFAULT_REGION = "us-east-1"
LAST_MOMENT = datetime(9_000, 1, 1, tzinfo=UTC)
"""Until when time may be let pass: dates end with the year 9999, and what is locked then ends later still."""
JOURNAL_DIRECTORY = "journal"
DIRECTORY_VARIABLE = "MODELYARD_SANDBOX_DIR"
LOG_LINES_SHOWN = 15
LOGS_KEPT = 5
"""Logs of servers before: why one ended is asked after the next has started."""


def default_directory(start: Path | None = None) -> Path:
    """`MODELYARD_SANDBOX_DIR`, or `.modelyard/sandbox` in the project (where Pulumi.yaml is) that `start`
    lies in.
    """
    chosen = os.environ.get(DIRECTORY_VARIABLE)
    if chosen:
        return Path(chosen).resolve()
    here = (start or Path.cwd()).resolve()
    root = next((folder for folder in (here, *here.parents) if (folder / "Pulumi.yaml").exists()), here)
    return root / ".modelyard" / "sandbox"


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """Whether a server serves the directory, and where."""

    running: bool
    endpoint: str | None = None
    pid: int | None = None
    azure_endpoint: str | None = None
    blob_endpoint: str | None = None
    """Where blobs of Azure's accounts are; None while nobody serves them."""


@dataclass
class Sandbox:
    """A server and the environments realised in it, apart from those of any other directory.

    Args:
        directory: where its record, log and states lie; made if missing. Only its owner can read it.
    """

    directory: Path = field(default_factory=default_directory)
    emptied: list[Stack] = field(default_factory=list[Stack], repr=False, compare=False)
    """Pulumi's stacks that the last `start` emptied, since their resources went with a server before."""
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False, compare=False)
    _clients: dict[tuple[str, str], Clients] = field(
        default_factory=dict[tuple[str, str], Clients], repr=False, compare=False
    )

    @property
    def log_path(self) -> Path:
        """The server's log; those of the servers before it end in `.1`, `.2` and so on."""
        return self.directory / "server.log"

    def server(self) -> ServerRecord | None:
        """The server that runs, or None; a record left by one that died is none."""
        record = ServerRecord.read(self.directory)
        return record if record and record.process.alive else None

    def status(self) -> ServerStatus:
        """Whether a server serves the directory, and where."""
        record = self.server()
        if record is None:
            return ServerStatus(running=False)
        pid = record.process.pid
        return ServerStatus(True, record.endpoint, pid, record.azure_endpoint, record.blob_endpoint)

    def start(self, *, lifeline: bool = False) -> ServerRecord:
        """Start the server unless one runs.

        Args:
            lifeline: the server ends by itself when this process does, even if it is killed. Without it, it
                runs in a session of its own until `stop`.

        Raises:
            SurroundingsError: the server doesn't come up; the end of its log is in the message.
        """
        new = not self.directory.exists()
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if new:
            # Nothing in it is anybody's source, in whatever project it lies.
            write_private(self.directory / ".gitignore", "*\n")
        with locked(self.directory / "server.lock", "starting the sandbox's server", wait=True):
            running = self.server()
            if running:
                return running
            self._let_go()
            # What the last server held went with it, and with it what Pulumi and providers noted of it.
            self.emptied = empty_stacks(self.directory)
            shutil.rmtree(self.directory / JOURNAL_DIRECTORY, ignore_errors=True)
            return self._start(lifeline)

    def stop(self) -> bool:
        """End the server if one runs; whether one did. What was realised in it is gone with it."""
        record = self.server()
        if record is not None:
            record.process.stop()
        self._let_go()
        left = ServerRecord.read(self.directory)
        if record is not None and left is not None and left.process == record.process:
            ServerRecord.path(self.directory).unlink(missing_ok=True)
        return record is not None

    @property
    def endpoint(self) -> str:
        """Where the server answers; raises SurroundingsError if none runs."""
        return self.must_run().endpoint

    def must_run(self) -> ServerRecord:
        """The server that runs; raises SurroundingsError if none does."""
        record = self.server()
        if record is None:
            raise SurroundingsError(
                f"no sandbox runs in {self.directory}",
                "start one: `modelyard sandbox start`, or `modelyard sandbox up ENV`",
            )
        return record

    def environment_variables(
        self, account_id: str = DEFAULT_ACCOUNT_ID, region: str = DEFAULT_REGION
    ) -> dict[str, str]:
        """Variables that send boto3, the AWS CLI and training processes to the sandbox, as an account in a
        region; what works on Azure has a subscription of the same digits.

        They take the place of whatever the outer environment says of AWS: profile, files, endpoints of one
        service, proxies for this address. Give them over a copy of the environment, or alone.
        """
        endpoint = self.endpoint
        no_proxy = ",".join(
            filter(None, (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), "127.0.0.1"))
        )
        return {
            **{name: endpoint for name in os.environ if name.startswith("AWS_ENDPOINT_URL_")},
            **azure_variables(self.must_run(), subscription_of(account_id)),
            "AWS_ACCESS_KEY_ID": access_key_of(account_id),
            "AWS_CONFIG_FILE": str(self._configuration_file()),
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_PROFILE": "default",
            "AWS_REGION": region,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            "AWS_SESSION_TOKEN": "",
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_USE_DUALSTACK_ENDPOINT": "false",
            "AWS_USE_FIPS_ENDPOINT": "false",
            "NO_PROXY": no_proxy,
            "no_proxy": no_proxy,
        }

    def variables_of(self, account: Account) -> dict[str, str]:
        """As `environment_variables`, of the account or the subscription of an environment."""
        if account.cloud == "aws":
            return self.environment_variables(account.id, account.region)
        variables = self.environment_variables()
        return {**variables, **azure_variables(self.must_run(), account.id, account.tenant_id)}

    def client(self, service: str, region: str = DEFAULT_REGION, account_id: str = DEFAULT_ACCOUNT_ID) -> Any:
        """A boto3 client of the sandbox: short timeouts, no retries, no proxies, nothing of the outer
        configuration.
        """
        return self._clients_of(account_id).client(service, region)

    def cloud(self, region: str = DEFAULT_REGION, account_id: str = DEFAULT_ACCOUNT_ID) -> Cloud:
        """A region of an account, as handlers take it."""
        return Cloud(self._clients_of(account_id), region)

    def start_blobs(self, say: Callable[[str], object] = print, *, fetch: bool = True) -> str:
        """Have the server serve the blobs of Azure's accounts, unless it does; where, each one's under its
        name. The first time on a machine Azurite is installed, which `say` is told of; without `fetch` only
        what is there is started.

        Raises SurroundingsError if that can't be: the sandbox goes on without blobs.
        """
        self.must_run()
        program = install(say) if fetch else must_be_installed()
        body = json.dumps({"node": program.node, "package": str(program.package)}).encode()
        said = self._ask(BLOBS_PATH, body)
        if "problem" in said:
            raise SurroundingsError(said["problem"], said["mend"])
        return said["endpoint"]

    def set_faults(self, *faults: Fault) -> None:
        """Let the server do these to the calls that come, instead of what it was told before; none: nothing
        more. It is how failures of a cloud are rehearsed.
        """
        self._ask(FAULTS_PATH, to_json(faults))

    def set_job_faults(self, *faults: JobFault, add: bool = False) -> int:
        """Let these happen to jobs of Batch and of Azure Machine Learning, instead of what was set before or,
        with `add`, besides; none: nothing more. How many containers and nodes that run already they happen
        to; the rest is for those to come.
        """
        return self._ask(JOB_FAULTS_PATH, job_faults_to_json(faults, add=add))["struck"]

    def job_faults(self) -> list[JobFault]:
        """What is still to happen to jobs."""
        return [JobFault(**item) for item in self._ask(JOB_FAULTS_PATH)["faults"]]

    def lose_regions(self, *regions: str) -> None:
        """Let these regions answer nobody, and what runs there end; none: all answer again.

        A call is in the region that it is signed for. What a region holds stays, and is there again then.
        """
        self._ask(REGIONS_PATH, json.dumps({"lost": regions}).encode())

    def lost_regions(self) -> list[str]:
        """The regions that answer nobody."""
        return self._ask(REGIONS_PATH)["lost"]

    def jobs(self) -> list[dict[str, Any]]:
        """The jobs of Batch and of Azure Machine Learning that aren't over, wherever they are."""
        return self._ask(JOBS_PATH)["jobs"]

    def clock(self, forward: timedelta = timedelta()) -> datetime:
        """The time that locks, retentions and deletion windows go by; `forward` lets as much of it pass.

        Raises ValueError if that is more than a calendar takes: the server would have no time to tell.
        """
        if forward:
            left = LAST_MOMENT - self.clock()
            if forward > left:
                raise ValueError(
                    f"{forward.days:,} days are too many: {left.days:,} are left in the calendar"
                )
        body = json.dumps({"seconds": forward.total_seconds()}).encode() if forward else None
        return datetime.fromisoformat(self._ask(CLOCK_PATH, body)["now"])

    @contextmanager
    def at_work(self, work: str) -> Generator[None]:
        """Hold the directory for one `up` or `down`; raises SurroundingsError if another process does."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(self.directory / "work.lock", work):
            yield

    def _ask(self, path: str, body: bytes | None = None) -> Any:
        """What the server answers by itself; with a body it is told something."""
        request = Request(f"{self.endpoint}{path}", body)  # noqa: S310 (loopback)
        with build_opener(ProxyHandler({})).open(request, timeout=START_SECONDS) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def _clients_of(self, account_id: str) -> Clients:
        key = (self.endpoint, account_id)
        if key not in self._clients:
            self._clients[key] = Clients(*key)
        return self._clients[key]

    def _configuration_file(self) -> Path:
        """An AWS configuration that says nothing: naming its profile keeps an outer AWS_PROFILE from
        being looked up.
        """
        path = self.directory / "aws-config"
        if not path.exists():
            write_private(path, "[default]\n")
        return path

    def _let_go(self) -> None:
        """Collect a server of ours that has ended, or ends now that its lifeline is cut."""
        if self._child is not None:
            if self._child.stdin:
                self._child.stdin.close()
            self._child.wait()
            self._child = None

    def _start(self, lifeline: bool) -> ServerRecord:
        command = [sys.executable, "-m", SERVER_MODULE, str(self.directory)]
        outer = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
        set_aside(self.log_path, LOGS_KEPT)
        with self.log_path.open("wb") as log:
            self.log_path.chmod(0o600)
            child = subprocess.Popen(
                [*command, "--lifeline"] if lifeline else command,
                stdin=subprocess.PIPE if lifeline else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in a terminal goes to the whole session: the server outlives it, so that a
                # teardown can use it.
                start_new_session=True,
                env=outer,
                cwd=self.directory,
            )
        try:
            record = self._await(child)
        except BaseException:  # Ctrl-C above all: a server that nobody waited for would run on
            child.kill()
            child.wait()
            raise
        if lifeline:
            self._child = child
        else:
            # It is nobody's child to wait for: forget it, or Python warns that it still runs.
            child.returncode = 0
        return record

    def _await(self, child: subprocess.Popen[bytes]) -> ServerRecord:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and child.poll() is None:
            record = ServerRecord.read(self.directory)
            if record and record.process.pid == child.pid and record.process == ProcessIdentity.of(child.pid):
                return record
            time.sleep(POLL_SECONDS)
        lines = self.log_path.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        raise SurroundingsError(
            "the sandbox's server did not come up; its log ends with\n    " + "\n    ".join(lines),
            f"see {self.log_path}; the sandbox needs the extra `sandbox` of modelyard",
        )
