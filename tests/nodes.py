"""A node's host, set up in a directory: the user data's own parts run as they would on the machine.

Disks, the kernel's packet filter and services can't be had, so the programs for them are stand-ins that log
how they are called, and keep in files what they would have changed.
"""

from __future__ import annotations

import shutil
import subprocess
from email import message_from_string
from pathlib import Path

from patience import PATIENCE_SECONDS

from modelyard.catalog.instances import instance_type
from modelyard.planning.host import HostPlan, user_data_text

REAL = ("awk", "cat", "chmod", "cp", "grep", "mkdir", "sh")

STAND_INS = {
    "lsblk": """
        case "$*" in
        *MODEL*) [ ! -e "$STATE/disks" ] || cat "$STATE/disks" ;;
        *LABEL*) [ ! -e "$STATE/label" ] || cat "$STATE/label" ;;
        esac""",
    "mdadm": """
        case "$1" in
        --assemble) [ -e "$STATE/array" ] ;;
        --create) [ ! -e "$STATE/no-array" ] && touch "$STATE/array" ;;
        esac""",
    "mkfs.xfs": """
        for device in "$@"; do :; done
        echo "$device modelyard" >"$STATE/label" """,
    "mount": """
        for directory in "$@"; do :; done
        echo "$directory" >>"$STATE/mounts" """,
    "mountpoint": """
        for directory in "$@"; do :; done
        [ -e "$STATE/mounts" ] && grep -qx "$directory" "$STATE/mounts" """,
    "systemctl": """
        case "$1" in is-active) [ -e "$STATE/docker-runs" ] ;; esac""",
    "iptables": """
        case "$*" in
        *" -C "*) [ -e "$STATE/rule" ] ;;
        *" -I "*) [ ! -e "$STATE/no-rules" ] && touch "$STATE/rule" ;;
        esac""",
    "dnf": """[ ! -e "$STATE/no-packages" ]""",
    "udevadm": "",
    "chattr": """[ ! -e "$STATE/no-attributes" ]""",
}


def plan(type_name: str = "p5.48xlarge", **changes: object) -> HostPlan:
    """The host of a pool's nodes."""
    given = {
        "region": "eu-central-1",
        "environment": "prod",
        "pool": "h100",
        "instance": instance_type(type_name),
        "log_group": "/modelyard/prod/nodes",
        **changes,
    }
    return HostPlan(**given)  # pyright: ignore[reportArgumentType] (names are HostPlan's)


def parts(host: HostPlan) -> dict[str, str]:
    """The parts of its user data by their types."""
    message = message_from_string(user_data_text(host))
    return {
        part.get_content_type(): str(part.get_payload())
        for part in message.walk()
        if part.is_multipart() is False
    }


class Node:
    """A machine in a directory."""

    def __init__(self, directory: Path, host: HostPlan) -> None:
        self.root, self.state, self.programs = (directory / name for name in ("root", "state", "programs"))
        for each in (
            self.root / "etc" / "ecs",
            self.root / "var" / "lib" / "docker",
            self.state,
            self.programs,
        ):
            each.mkdir(parents=True)
        self.parts = parts(host)
        for name in REAL:
            (self.programs / name).symlink_to(shutil.which(name) or name)
        (self.programs / "touch").symlink_to(shutil.which("touch") or "touch")
        for name, body in STAND_INS.items():
            self.put(name, body)

    def put(self, name: str, body: str) -> None:
        """Make a stand-in, which logs how it is called."""
        program = self.programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>"$STATE/calls"\n{body}\n')
        program.chmod(0o755)

    def has(self, name: str, content: str = "") -> None:
        """Set one of the facts that stand-ins go by."""
        (self.state / name).write_text(content)

    def has_disks(self, count: int) -> None:
        """Give it local disks beside its root volume."""
        names = [f"/dev/nvme{number}n1" for number in range(1, count + 1)]
        local = "".join(f"{name} Amazon EC2 NVMe Instance Storage\n" for name in names)
        self.has("disks", "/dev/nvme0n1 Amazon Elastic Block Store\n" + local)

    def boot(self) -> list[str]:
        """Run the boothook; what it said."""
        (self.state / "mounts").unlink(missing_ok=True)
        (self.state / "rule").unlink(missing_ok=True)
        return self.run(self.parts["text/cloud-boothook"])

    def set_up(self) -> list[str]:
        """Run the script of the first boot; what it said."""
        return self.run(self.parts["text/x-shellscript"])

    def run(self, script: str) -> list[str]:
        """Run a script as the machine would, in this directory; what it said. It must end with 0."""
        (self.state / "calls").write_text("")
        done = subprocess.run(
            ["/bin/sh", "-c", script],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("modelyard:")]

    @property
    def environment(self) -> dict[str, str]:
        """Where its programs are, and its root."""
        return {"PATH": str(self.programs), "MODELYARD_ROOT": str(self.root), "STATE": str(self.state)}

    def calls(self, *names: str) -> list[str]:
        """How the last script called some of the stand-ins, its root left out."""
        lines = (self.state / "calls").read_text().replace(str(self.root), "").splitlines()
        return [line for line in lines if line.split()[0] in names]

    @property
    def mounts(self) -> list[str]:
        """What is mounted."""
        file = self.state / "mounts"
        return file.read_text().replace(str(self.root), "").splitlines() if file.exists() else []
