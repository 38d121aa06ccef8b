"""Commands in a job's shell text that reach for the internet, as far as words tell.

A guess: a program may reach for it too, and a command that is named here may find what it wants nearer by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from modelyard_launcher.job import Job, image_reference

_START = (
    r"(?:^|[;&|({`\"']|\$\(|\b(?:then|do|else|sudo|exec|time|env|xargs)\b)\s*"
    r"(?:-\S+\s+){0,4}(?:\w+=\S*\s+){0,8}(?:[^\s;&|]*/)?"
)
"""What stands before the name of a command in shell text: a separator, variables, its directory."""

_HUGGING_FACE = "Hugging Face"

_COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("pip install", "pip", r"(?:python[0-9.]*\s+-m\s+)?pip[0-9.]*\s+{words}(?:install|download|wheel)\b"),
    ("uv", "uv", r"uv\s+{words}(?:sync|add|install|lock)\b"),
    ("poetry install", "poetry", r"poetry\s+(?:install|add|update)\b"),
    ("conda", "conda", r"(?:micro)?conda\s+(?:install|create|update|env\s+(?:create|update))\b"),
    ("mamba", "mamba", r"(?:micro)?mamba\s+(?:install|create|update|env\s+(?:create|update))\b"),
    ("apt", "apt", r"(?:apt|apt-get)\s+{words}(?:update|install|upgrade)\b"),
    ("yum", "yum", r"yum\s+{words}(?:install|update|upgrade)\b"),
    ("dnf", "dnf", r"(?:micro)?dnf\s+{words}(?:install|update|upgrade)\b"),
    ("apk add", "apk", r"apk\s+{words}(?:add|update)\b"),
    ("npm", "npm", r"p?npm\s+(?:install|ci|i|add)\b"),
    ("yarn", "yarn", r"yarn\s+(?:install|add)\b"),
    ("curl", "curl", r"curl\s"),
    ("wget", "wget", r"wget\s"),
    ("git clone", "git", r"git\s+{words}(?:clone|pull|fetch|submodule)\b"),
    (_HUGGING_FACE, "hf", r"hf\s+(?:download|auth)\b"),
    (_HUGGING_FACE, "huggingface-cli", r"huggingface-cli\s+(?:download|login)\b"),
    ("wandb login", "wandb", r"wandb\s+login\b"),
    ("cargo", "cargo", r"cargo\s+(?:install|fetch)\b"),
    ("docker pull", "docker", r"docker\s+(?:pull|run)\b"),
)
"""What is said of a command, a word that it holds, and how it is written; between its parts, other words."""

_WORDS = r"(?:\S+\s+){0,8}?"

_ANYWHERE = (
    (_HUGGING_FACE, "huggingface", r"\bhuggingface\.co\b"),
    (_HUGGING_FACE, "from_pretrained", r"\bfrom_pretrained\("),
    (_HUGGING_FACE, "load_dataset", r"\bload_dataset\("),
)

_HERE = r"\b(?:localhost|127\.0\.0\.1|169\.254\.\d+\.\d+)\b|file://"

_NEAR_BY = {"pip install": r"--no-index\b", "curl": _HERE, "wget": _HERE}
"""Lines on which a command stays where it is."""

_SWITCHED_OFF = {
    "pip install": ("PIP_NO_INDEX", "PIP_INDEX_URL"),
    "uv": ("UV_OFFLINE", "UV_INDEX_URL", "UV_DEFAULT_INDEX"),
    _HUGGING_FACE: ("HF_HUB_OFFLINE", "HF_ENDPOINT"),
}
"""Variables by which a job says that a tool finds what it wants elsewhere, or does without."""


def reaches(text: str, envs: Mapping[str, str] | None = None) -> list[str]:
    """Commands in shell text that seem to need the internet, in the order in which they first stand there."""
    given = envs or {}
    found: dict[str, int] = {}
    plain = re.sub(r"(?m)(?:^|(?<=\s))#.*$", "", text.replace("\\\n", " "))
    for name, place, line in _found(plain):
        if any(variable in given for variable in _SWITCHED_OFF.get(name, ())):
            continue
        if name in _NEAR_BY and re.search(_NEAR_BY[name], line):
            continue
        found[name] = min(place, found.get(name, place))
    return sorted(found, key=lambda name: found[name])


def _found(text: str) -> Iterator[tuple[str, int, str]]:
    """Name, place and whole line of each command in the text."""
    commands = [
        (name, _START + pattern.replace("{words}", _WORDS))
        for name, word, pattern in _COMMANDS
        if word in text
    ]
    patterns = [*commands, *((name, pattern) for name, word, pattern in _ANYWHERE if word in text)]
    start = 0
    for line in text.splitlines(keepends=True):
        for name, pattern in patterns:
            for match in re.finditer(pattern, line):
                yield name, start + match.start(), line
        start += len(line)


def job_reaches(job: Job) -> dict[str, list[str]]:
    """What seems to need the internet, by the field that says so: setup, run."""
    texts = {"setup": job.setup or "", "run": job.run}
    found = {field: reaches(text, job.envs) for field, text in texts.items()}
    return {field: names for field, names in found.items() if names}


_PRIVATE_REGISTRY = r"[0-9]{12}\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?"


def public_registry(image: str) -> str | None:
    """The registry of an image's name, if it is one that only the internet leads to; None without a registry,
    which means the environment's own.
    """
    host, slash, _ = image_reference(image).name.partition("/")
    if not slash or not ("." in host or ":" in host):
        return None
    return None if re.fullmatch(_PRIVATE_REGISTRY, host) or host.startswith("localhost") else host
