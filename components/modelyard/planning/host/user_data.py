"""User data of a node: MIME multipart, as Batch merges it with its own.

Source: AWS Batch User Guide, "Amazon EC2 user data in launch templates" (parts of the types cloud-boothook,
cloud-config and x-shellscript); cloud-init documentation, "User data formats"; 2026-11.

- The boothook runs at every boot, before Docker: disks, the block of the metadata service.
- The script runs once, before the ECS agent starts: files, services, what the agent is told.

There is no cloud-config: of two that name the same list, as Batch's own may, cloud-init keeps one.

All of it is plain text, so that a reviewer can read it in the diff and it is the same on every machine that
plans it; compressed, it would change with the version of zlib, and nodes with it. So comments stay behind.
"""

from __future__ import annotations

import base64
import json
import pkgutil
from collections.abc import Iterator

from modelyard.planning.host.agent import agent_config, efa_config
from modelyard.planning.host.paths import (
    CONFIGURATION_PATH,
    ENTRYPOINT_PATH,
    LIBRARY_PATH,
    LOG_PATH,
    NOTICES_PATH,
)
from modelyard.planning.host.plan import HostPlan

MAX_BYTES = 16_384
"""Most bytes of user data, before base64 (Amazon EC2 User Guide, "Instance user data", 2026-11)."""

BATCH_BYTES = 2_560
"""What we leave of that to Batch, which adds its own parts. How many bytes they take isn't documented."""

BOUNDARY = "==MODELYARD=="
END_OF_FILE = "END_OF_FILE"

NOTICES_UNIT = f"""\
[Unit]
Description=Says when this machine will be taken back
[Service]
ExecStart=/usr/bin/python3 {LIBRARY_PATH}/notices {CONFIGURATION_PATH}/notices.json
Restart=always
RestartSec=5
StandardOutput=append:{LOG_PATH}/notices.log
StandardError=inherit
[Install]
WantedBy=multi-user.target
"""

AGENT_UNIT = f"""\
[Unit]
Description=Installs and starts the CloudWatch agent
Wants=network-online.target
After=network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={LIBRARY_PATH}/agent
Restart=on-failure
RestartSec=30
[Install]
WantedBy=multi-user.target
"""

STOP_MINUTES = 2
"""What a container gets to save and to end once it is told to: as much as EC2 leaves before it takes a spot
machine back. Unset, the ECS agent kills after 30 seconds (Amazon ECS Developer Guide, "Container agent
configuration", 2026-11)."""

BEFORE = f"""\
#!/bin/sh
set -u
root=${{MODELYARD_ROOT:-}}
put() {{ mkdir -p "$root${{2%/*}}"; cat >"$root$2"; chmod "$1" "$root$2"; }}
chattr -R -i "$root{ENTRYPOINT_PATH}" 2>/dev/null
mkdir -p "$root{LOG_PATH}"
"""

AFTER = f"""\
cp "$root/var/lib/cloud/data/instance-id" "$root{ENTRYPOINT_PATH}"
chmod 0555 "$root{ENTRYPOINT_PATH}"
chattr -R +i "$root{ENTRYPOINT_PATH}" || echo "modelyard: the entrypoint isn't immutable"
c=$root/etc/ecs/ecs.config
grep -qs ^ECS_AWSVPC "$c" ||
printf 'ECS_%s\\n' AWSVPC_BLOCK_IMDS=true CONTAINER_STOP_TIMEOUT={STOP_MINUTES}m >>"$c"
systemctl daemon-reload
systemctl enable --now --no-block modelyard-notices modelyard-agent
"""


def user_data(plan: HostPlan) -> str:
    """The user data of a plan's nodes, in base64, as a launch template takes it."""
    return base64.b64encode(user_data_text(plan).encode("ascii")).decode("ascii")


def user_data_text(plan: HostPlan) -> str:
    """The same as text, as a node gets it."""
    parts = {"cloud-boothook": _shipped("boot.sh"), "x-shellscript": _script(plan)}
    head = f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{BOUNDARY}"\n\n'
    body = "".join(
        f'--{BOUNDARY}\nContent-Type: text/{kind}; charset="us-ascii"\n\n{text}\n'
        for kind, text in parts.items()
    )
    return f"{head}{body}--{BOUNDARY}--\n"


def entrypoint_files() -> dict[str, str]:
    """The files of the directory with the entrypoint, by their names: `run` and what it needs."""
    return {"run": _shipped("entrypoint.sh"), "fetch": _shipped("entrypoint_fetch.py")}


def _script(plan: HostPlan) -> str:
    return BEFORE + "".join(f"{_put(*file)}\n" for file in _files(plan)) + AFTER


def _files(plan: HostPlan) -> Iterator[tuple[str, str, str]]:
    """Mode, path and content of each file."""
    for name, content in entrypoint_files().items():
        yield "0555" if name == "run" else "0444", f"{ENTRYPOINT_PATH}/{name}", content
    yield "0755", f"{LIBRARY_PATH}/notices", _shipped("notices.py")
    yield "0755", f"{LIBRARY_PATH}/agent", _shipped("agent.sh")
    notices: dict[str, object] = {"notices_path": NOTICES_PATH, "leave_minutes": plan.leave_minutes}
    if plan.block_drain_at:
        notices |= {"block_drain_at": plan.block_drain_at, "block_ends_at": plan.block_ends_at}
    yield "0644", f"{CONFIGURATION_PATH}/notices.json", _json(notices)
    yield "0644", f"{CONFIGURATION_PATH}/agent.json", _json(agent_config(plan))
    if plan.instance.efa_interfaces:
        yield "0644", f"{CONFIGURATION_PATH}/agent-efa.json", _json(efa_config())
    yield "0644", "/etc/systemd/system/modelyard-notices.service", NOTICES_UNIT
    yield "0644", "/etc/systemd/system/modelyard-agent.service", AGENT_UNIT


def _put(mode: str, path: str, content: str) -> str:
    return f"put {mode} {path} <<'{END_OF_FILE}'\n{content}{END_OF_FILE}"


def _json(content: object) -> str:
    return json.dumps(content, separators=(",", ":")) + "\n"


def _shipped(name: str) -> str:
    """A file of this package without comments, docstrings, blank lines and most of its indentation."""
    content = pkgutil.get_data(__name__, f"files/{name}")
    if content is None:
        raise FileNotFoundError(f"modelyard was installed without its file planning/host/files/{name}")
    return "".join(_kept(content.decode("ascii").splitlines()))


def _kept(lines: list[str]) -> Iterator[str]:
    in_docstring = False
    for number, line in enumerate(lines):
        text = line.lstrip()
        quotes = text.count('"""')
        if in_docstring or quotes:
            in_docstring ^= quotes == 1
        elif number == 0 or (text and not text.startswith("#")):
            yield " " * ((len(line) - len(text)) // 4) + text + "\n"
