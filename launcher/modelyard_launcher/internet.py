"""Commands in a job's shell text that reach for the internet, as far as words tell.

A guess: a program may reach for it too, and a command that is named here may find what it wants nearer by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from modelyard_launcher.job import Job, image_reference

_START = (
    r"(?:^|[;&|({`]|\$\(|\b(?:then|do|else|sudo|exec|time|env|xargs)\b)\s*"
    r"(?:-\S+\s+){0,4}(?:\w+=\S*\s+){0,8}(?:[^\s;&|]*/)?"
)
"""What stands before the name of a command in shell text: a separator, variables, its directory."""

_COMMANDS: tuple[tuple[str, str], ...] = (
    ("pip install", r"(?:python[0-9.]*\s+-m\s+)?pip[0-9.]*\s+(?:\S+\s+){0,8}?(?:install|download|wheel)\b"),
    ("uv", r"uv\s+(?:\S+\s+){0,8}?(?:sync|add|install|lock)\b"),
    ("poetry install", r"poetry\s+(?:install|add|update)\b"),
    ("conda", r"(?:conda|mamba|micromamba)\s+(?:install|create|update|env\s+(?:create|update))\b"),
    ("apt", r"(?:apt|apt-get)\s+(?:\S+\s+){0,8}?(?:update|install|upgrade)\b"),
    ("yum", r"(?:yum|dnf|microdnf)\s+(?:\S+\s+){0,8}?(?:install|update|upgrade)\b"),
    ("apk add", r"apk\s+(?:\S+\s+){0,8}?(?:add|update)\b"),
    ("npm", r"(?:npm|pnpm|yarn)\s+(?:install|ci|i|add)\b"),
    ("curl", r"curl\s"),
    ("wget", r"wget\s"),
    ("git clone", r"git\s+(?:\S+\s+){0,8}?(?:clone|pull|fetch|submodule)\b"),
    ("Hugging Face", r"(?:huggingface-cli|hf)\s+(?:download|login)\b"),
    ("wandb login", r"wandb\s+login\b"),
    ("cargo", r"cargo\s+(?:install|fetch)\b"),
    ("docker pull", r"(?:docker|podman)\s+(?:pull|run)\b"),
)
"""What is said of a command, and how it is written. Within one line, words may stand between its parts."""

_PATTERNS = tuple((name, re.compile(_START + pattern, re.MULTILINE)) for name, pattern in _COMMANDS)

_ANYWHERE = (("Hugging Face", re.compile(r"\bhuggingface\.co\b|\bfrom_pretrained\(|\bload_dataset\(")),)

_NEAR_BY = {
    "pip install": re.compile(r"--no-index\b"),
    "curl": re.compile(r"\b(?:localhost|127\.0\.0\.1|169\.254\.\d+\.\d+)\b|file://"),
    "wget": re.compile(r"\b(?:localhost|127\.0\.0\.1|169\.254\.\d+\.\d+)\b"),
}
"""Lines on which a command stays where it is."""

_SWITCHED_OFF = {
    "pip install": ("PIP_NO_INDEX", "PIP_INDEX_URL"),
    "uv": ("UV_OFFLINE", "UV_INDEX_URL", "UV_DEFAULT_INDEX"),
    "Hugging Face": ("HF_HUB_OFFLINE", "HF_ENDPOINT"),
}
"""Variables by which a job says that a tool finds what it wants elsewhere, or does without."""

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$", re.MULTILINE)
_CONTINUED = re.compile(r"\\\n")


def reaches(text: str, envs: Mapping[str, str] | None = None) -> list[str]:
    """Commands in shell text that seem to need the internet, in the order in which they first stand there."""
    given = envs or {}
    found: dict[str, int] = {}
    for name, place, line in _found(_COMMENT.sub("", _CONTINUED.sub(" ", text))):
        if any(variable in given for variable in _SWITCHED_OFF.get(name, ())):
            continue
        if name in _NEAR_BY and _NEAR_BY[name].search(line):
            continue
        found[name] = min(place, found.get(name, place))
    return sorted(found, key=lambda name: found[name])


def _found(text: str) -> Iterator[tuple[str, int, str]]:
    """Name, place and whole line of each command in the text."""
    start = 0
    for line in text.splitlines(keepends=True):
        for name, pattern in (*_PATTERNS, *_ANYWHERE):
            for match in pattern.finditer(line):
                yield name, start + match.start(), line
        start += len(line)


def job_reaches(job: Job) -> dict[str, list[str]]:
    """What seems to need the internet, by the field that says so: setup, run."""
    texts = {"setup": job.setup or "", "run": job.run}
    found = {field: reaches(text, job.envs) for field, text in texts.items()}
    return {field: names for field, names in found.items() if names}


_PRIVATE_REGISTRY = re.compile(r"^[0-9]{12}\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$")


def public_registry(image: str) -> str | None:
    """The registry of an image's name, if it is one that only the internet leads to; None without a registry,
    which means the environment's own.
    """
    host, slash, _ = image_reference(image).name.partition("/")
    if not slash or not ("." in host or ":" in host):
        return None
    return None if _PRIVATE_REGISTRY.match(host) or host.startswith("localhost") else host
