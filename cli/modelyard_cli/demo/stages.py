"""The stages of the demo, in their order. Each does one thing that a user would do by a command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import ModelyardError
from modelyard_cli.demo.checkpoint import Checkpoint
from modelyard_cli.demo.place import JOB
from modelyard_cli.demo.story import Story

if TYPE_CHECKING:
    from modelyard.environment.clouds import Environment
    from modelyard_cli.demo.ways import Way
    from modelyard_launcher.clouds import AnyTarget
    from modelyard_launcher.records import RunRecord
    from modelyard_launcher.target import Place
    from modelyard_preview.environment import Preview
    from modelyard_sandbox.sandbox import Sandbox


class DemoError(ModelyardError):
    """A stage's answer is no: exit code 1."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What the stages share."""

    story: Story
    project: Path
    directory: Path
    """The demo's own, which goes with it."""
    environment: Environment
    sandbox: Sandbox
    way: Way
    """What the cloud has of its own."""

    @property
    def name(self) -> str:
        """Name of the environment."""
        return self.environment.name

    @property
    def program(self) -> Path:
        """The program that builds the environment."""
        return self.project / "stacks" / "__main__.py"


def preview(demo: Demo) -> Preview:
    """See what the environment would be, offline."""
    from modelyard_preview.environment import preview_environment

    with demo.story.stage(f"modelyard preview {demo.name}: what it would be, without any account"):
        seen = preview_environment(demo.environment, program=demo.program)
        custom = sum(node.custom and not node.type.startswith("pulumi:") for node in seen.graph.resources)
        demo.story.say(f"{custom} resources in {demo.environment.regions.primary}")
        demo.story.say(_money(seen))
    return seen


def check(demo: Demo, seen: Preview) -> None:
    """Hold it against the policies."""
    with demo.story.stage(f"modelyard check {demo.name}: the policies' verdict"):
        tallies = seen.policy.as_json()["rules"]
        demo.story.say(
            f"{tallies['passed']} rules passed, {tallies['failed']} failed, {tallies['unknown']} unknown, "
            f"{tallies['notApplicable']} not applicable"
        )
        if not seen.policy.ok:
            raise DemoError(f"a rule fails: see `modelyard check {demo.name}`")


def up(demo: Demo) -> None:
    """Build it in the sandbox."""
    from modelyard_sandbox.environments import up as bring_up

    with demo.story.stage(
        f"modelyard sandbox up {demo.name}: built in the local stand-in for {demo.way.stand_in}"
    ):
        demo.sandbox.start(lifeline=True)
        result = bring_up(demo.environment, demo.sandbox, program=demo.program)
        demo.story.say(f"{result.created} created at {demo.sandbox.endpoint}, for this demo alone")
        for line in demo.way.prepare(demo.sandbox, demo.environment):
            demo.story.say(line)


def place(demo: Demo) -> Place:
    """Where to launch, found as any launch finds it."""
    from modelyard_launcher.target import find_place

    return find_place(str(demo.project / "stacks" / f"Pulumi.{demo.name}.yaml"), None)


def target(where: Place) -> AnyTarget:
    """Read what a launcher needs to know, from where the environment has published it."""
    from modelyard_launcher.target import resolve_target

    return resolve_target(where).target


def dataset(demo: Demo, known: AnyTarget) -> None:
    """Put real data where training reads."""
    from modelyard_training.datasets import prepare

    with demo.story.stage(
        f"workloads/cnn/prepare_dataset.py: real handwritten digits into {demo.way.dataset_place}"
    ):
        uri = demo.way.datasets_uri(known)
        prepare(uri)
        demo.story.say(f"scikit-learn's digits in {uri}/digits/")


def train(demo: Demo, where: Place) -> RunRecord:
    """Train on two nodes, or on two processes that know what nodes would know."""
    from modelyard_launcher.backends import LaunchContext, open_backend
    from modelyard_launcher.load import load_job
    from modelyard_launcher.target import resolve_target

    story = demo.story
    with story.stage(f"modelyard job submit {JOB}: {demo.way.trains}"):
        # What the run keeps locally goes with the demo, even if it is killed.
        context = LaunchContext(demo.directory, where.access, where.checkpoints_uri)
        backend = open_backend(demo.way.backend, context)
        plan = backend.plan(load_job(demo.project / JOB), resolve_target(where))
        record = backend.submit(
            plan,
            detach=False,
            on_line=lambda rank, line: story.line(f"[{rank}] {line}"),
            on_event=story.say,
        )
        if record.state == "cancelled" or not record.finished:
            # By Ctrl-C or a request to end, which the launcher took: runs here end, in a cluster they go on.
            raise KeyboardInterrupt
        if record.state != "succeeded":
            raise DemoError(f"the job {record.state}: {record.reason}")
    return record


def checkpoint(demo: Demo, where: Place, record: RunRecord, known: AnyTarget) -> Checkpoint:
    """Find the checkpoint, whole and under its key."""
    with demo.story.stage("the checkpoint: there, whole, and encrypted"):
        found = demo.way.examine(demo.sandbox, where, known, record)
        demo.story.say(f"held-out accuracy  {found.accuracy:.4f}")
        demo.story.say(f"store              {found.store}")
        demo.story.say(f"object             {found.key} and {found.files} files that it lists")
        demo.story.say(f"key                {found.encryption_key}")
        demo.story.say(f"SHA-256            {found.sha256}")
        if found.faults:
            raise DemoError("the checkpoint isn't as it has to be:\n  " + "\n  ".join(found.faults))
    return found


def down(demo: Demo) -> None:
    """Take it all away again, and look whether anything stayed."""
    from modelyard_sandbox.environments import down as take_down

    with demo.story.stage(f"modelyard sandbox down {demo.name}: taken down to nothing"):
        result = take_down(demo.environment, demo.sandbox)
        demo.story.say(f"{result.deleted} deleted, {len(result.remaining)} remaining, checked by listing")
        if result.remaining:
            raise DemoError("these remain:\n  " + "\n  ".join(result.remaining))


def _money(seen: Preview) -> str:
    usd = seen.cost.usd
    return (
        f"at least {usd.idle:,.0f} dollars a month idle, {usd.expected:,.0f} at the expected use, "
        f"{usd.maximum:,.0f} at the maximum"
    )
