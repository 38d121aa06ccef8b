"""Jobs that are refused before anything is called, and, where a bound refuses them, the last that is not.

Each row: what is wrong, the lines that make a good job wrong (they stand behind `name: a` and `run: x`, unless
they begin with a name or a run of their own), the field that is told, the whole message, and lines that are
just allowed. `{home}` stands for the directory of the job's file.
"""

from __future__ import annotations

from typing import NamedTuple

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret"
SSM = "arn:aws:ssm:eu-central-1:123456789012:parameter"
RUN_IDS = [f"digits-cnn-20261123-142501-{number:04x}" for number in range(21)]


class InvalidJob(NamedTuple):
    """A job that is refused."""

    id: str
    text: str
    field: str
    message: str
    allowed: str = ""
    """Lines that are just allowed, where a bound refuses the others."""


def _shown(text: str) -> str:
    """A long value as messages show it."""
    return f"{text[:59]}…"


def _names(count: int, value: str) -> str:
    return "".join(f"\n  V{number}: {value}" for number in range(count))


def _codes(count: int) -> str:
    return f"retry: {{exit_codes: {list(range(1, count + 1))}}}"


def _mounts(count: int) -> str:
    return "file_mounts:" + "".join(f"\n  /data/{number}: ." for number in range(count))


def _variants(count: int) -> str:
    return "sweep:\n  list:" + "".join(f"\n  - {{SEED: {number}}}" for number in range(count))


def _grid(first: int, second: int) -> str:
    return f"sweep: {{grid: {{A: {list(range(first))}, B: {list(range(second))}}}}}"


IMAGE_255 = "registry.example/" + "a" * 234 + ":1.0"

INVALID_SPECS = (
    # names and images
    InvalidJob(
        "a name of 49",
        f"name: {'a' * 49}\nrun: x",
        "name",
        f'"{"a" * 49}" isn\'t written as it has to be',
        f"name: {'a' * 48}\nrun: x",
    ),
    InvalidJob("a name in capitals", "name: CNN\nrun: x", "name", '"CNN" isn\'t written as it has to be'),
    InvalidJob(
        "an image of 256",
        f"image: {IMAGE_255}0",
        "image",
        f"{_shown(chr(34) + IMAGE_255)} is too long",
        f"image: {IMAGE_255}",
    ),
    InvalidJob("an image in capitals", "image: CNN:1.0", "image", '"CNN:1.0" isn\'t written as it has to be'),
    InvalidJob(
        "a digest of 63 digits",
        f"image: cnn@sha256:{'a' * 63}",
        "image",
        "\"cnn@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa… isn't written as it has to be",
        f"image: cnn@sha256:{'a' * 64}",
    ),
    InvalidJob(
        "a tag of 129",
        f"image: cnn:{'a' * 129}",
        "image",
        "\"cnn:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa… isn't written as it has to be",
        f"image: cnn:{'a' * 128}",
    ),
    # nodes and what they have
    InvalidJob("no node", "num_nodes: 0", "num_nodes", "0 is too small", "num_nodes: 1"),
    InvalidJob("1,001 nodes", "num_nodes: 1001", "num_nodes", "1001 is too large", "num_nodes: 1000"),
    InvalidJob(
        "no process",
        "distribution: mpi\nprocesses_per_node: 0",
        "processes_per_node",
        "0 is too small",
        "distribution: mpi\nprocesses_per_node: 1",
    ),
    InvalidJob(
        "257 processes on a node",
        "distribution: mpi\nprocesses_per_node: 257",
        "processes_per_node",
        "257 is too large",
        "distribution: mpi\nprocesses_per_node: 256",
    ),
    InvalidJob(
        "several processes that no mpirun starts",
        "distribution: torchrun\nprocesses_per_node: 2",
        "processes_per_node",
        "with distribution: torchrun a node has one process, which starts the others",
        "distribution: torchrun\nprocesses_per_node: 1",
    ),
    InvalidJob(
        "no accelerator",
        "resources: {accelerators: 'H100:0'}",
        "resources.accelerators",
        '"H100:0" isn\'t written as it has to be',
        "resources: {accelerators: 'H100:1'}",
    ),
    InvalidJob(
        "1,000 accelerators",
        "resources: {accelerators: 'H100:1000'}",
        "resources.accelerators",
        '"H100:1000" isn\'t written as it has to be',
        "resources: {accelerators: 'H100:999'}",
    ),
    InvalidJob("no CPU", "resources: {cpus: 0}", "resources.cpus", "0 is too small", "resources: {cpus: 1}"),
    InvalidJob(
        "1,025 CPUs",
        "resources: {cpus: 1025}",
        "resources.cpus",
        "1025 is too large",
        "resources: {cpus: 1024}",
    ),
    InvalidJob(
        "no memory", "resources: {memory: 0}", "resources.memory", "0 is too small", "resources: {memory: 1}"
    ),
    InvalidJob(
        "33 TiB of memory",
        "resources: {memory: 32769}",
        "resources.memory",
        "32769 is too large",
        "resources: {memory: 32768}",
    ),
    InvalidJob(
        "no shared memory", "resources: {shm: 0}", "resources.shm", "0 is too small", "resources: {shm: 1}"
    ),
    InvalidJob(
        "33 TiB of shared memory",
        "resources: {shm: 32769}",
        "resources.shm",
        "32769 is too large",
        "resources: {shm: 32768}",
    ),
    InvalidJob(
        "more shared memory than memory",
        "resources: {memory: 32, shm: 33}",
        "resources.shm",
        "shared memory counts as memory, and the job asks for 32 GiB of it",
        "resources: {memory: 32, shm: 32}",
    ),
    InvalidJob(
        "a pool's name of 21",
        f"resources: {{pool: {'p' * 21}}}",
        "resources.pool",
        f'"{"p" * 21}" isn\'t written as it has to be',
        f"resources: {{pool: {'p' * 20}}}",
    ),
    # files
    InvalidJob(
        "a workdir that isn't there",
        "workdir: ./nowhere",
        "workdir",
        "{home}/nowhere isn't there",
        "workdir: .",
    ),
    InvalidJob("a workdir that is a file", "workdir: job.yaml", "workdir", "{home}/job.yaml is no directory"),
    InvalidJob(
        "a workdir in a bucket",
        "workdir: s3://bucket/code",
        "workdir",
        "s3:// names a store, and only local files are mounted",
    ),
    InvalidJob(
        "a mount that isn't there",
        "file_mounts: {/data/x: ./nowhere}",
        'file_mounts["/data/x"]',
        "{home}/nowhere isn't there",
        "file_mounts: {/data/x: ./job.yaml}",
    ),
    InvalidJob(
        "a mount of a bucket",
        "file_mounts: {/data: s3://bucket}",
        'file_mounts["/data"]',
        "s3:// names a store, and only local files are mounted",
    ),
    InvalidJob(
        "a mount by a variable",
        "file_mounts: {'/data/${SIZE}': .}",
        'file_mounts["/data/${SIZE}"]',
        "variables aren't filled in here: a path is taken as it stands",
    ),
    InvalidJob(
        "a mount at a relative path",
        "file_mounts: {data: .}",
        "file_mounts.data",
        '"data" isn\'t written as it has to be',
    ),
    InvalidJob(
        "a mount through a parent",
        "file_mounts: {/data/../etc: .}",
        'file_mounts["/data/../etc"]',
        '"/data/../etc" isn\'t written as it has to be',
        "file_mounts: {/data/..etc: .}",
    ),
    InvalidJob(
        "a mount of everything",
        "file_mounts: {/: .}",
        'file_mounts["/"]',
        '"/" isn\'t written as it has to be',
    ),
    *(
        InvalidJob(
            f"a mount below {path}",
            f"file_mounts: {{{path}/x: .}}",
            f'file_mounts["{path}/x"]',
            f"{path}/x lies in {path}, which isn't the job's",
            f"file_mounts: {{{path}x: .}}",
        )
        for path in ("/opt/modelyard", "/run/modelyard", "/proc", "/sys", "/dev")
    ),
    InvalidJob(
        "101 mounts",
        _mounts(101),
        "file_mounts",
        f"{_shown('a mapping of ' + ', '.join(f'/data/{n}' for n in range(9)))} is too long",
        _mounts(100),
    ),
    # variables and secrets
    InvalidJob(
        "101 variables",
        f"envs:{_names(101, 'a')}",
        "envs",
        f"{_shown('a mapping of ' + ', '.join(f'V{n}' for n in range(15)))} is too long",
        f"envs:{_names(100, 'a')}",
    ),
    InvalidJob(
        "a value of 4,097",
        f"envs: {{A: {'a' * 4_097}}}",
        "envs.A",
        f'"{"a" * 58}… is too long',
        f"envs: {{A: {'a' * 4_096}}}",
    ),
    InvalidJob(
        "a variable's name of 129",
        f"envs: {{{'A' * 129}: b}}",
        f"envs.{'A' * 129}",
        f"\"{'A' * 58}… isn't written as it has to be",
        f"envs: {{{'A' * 128}: b}}",
    ),
    InvalidJob(
        "a secret by its value",
        "secrets: {TOKEN: hush}",
        "secrets.TOKEN",
        "this is no reference to a secret, and a secret's value never stands in a job's file",
    ),
    InvalidJob(
        "a secret with a key and no version",
        f"secrets: {{TOKEN: '{ARN}:hub-AbCdEf:token'}}",
        "secrets.TOKEN",
        "this is no reference to a secret, and a secret's value never stands in a job's file",
        f"secrets: {{TOKEN: '{ARN}:hub-AbCdEf:token::', PLAIN: '{ARN}:hub-AbCdEf', "
        f"VERSION: '{ARN}:hub-AbCdEf:token:AWSCURRENT:', SSM: '{SSM}/hub/token'}}",
    ),
    InvalidJob(
        "a secret of another account's form",
        "secrets: {TOKEN: 'arn:aws:secretsmanager:eu-central-1:12345678901:secret:hub'}",
        "secrets.TOKEN",
        "this is no reference to a secret, and a secret's value never stands in a job's file",
    ),
    InvalidJob(
        "a name that is both",
        f"envs: {{TOKEN: x}}\nsecrets: {{TOKEN: '{ARN}:hub-AbCdEf'}}",
        "secrets.TOKEN",
        "TOKEN is set by envs too",
        f"envs: {{TOKENS: x}}\nsecrets: {{TOKEN: '{ARN}:hub-AbCdEf'}}",
    ),
    InvalidJob(
        "a secret that is swept",
        f"secrets: {{TOKEN: '{ARN}:hub-AbCdEf'}}\nsweep: {{grid: {{TOKEN: [a, b]}}}}",
        "secrets.TOKEN",
        "TOKEN is set by sweep too",
    ),
    InvalidJob(
        "101 secrets",
        f"secrets:{_names(101, ARN + ':hub-AbCdEf')}",
        "secrets",
        "a value that isn't shown is too long",
        f"secrets:{_names(100, ARN + ':hub-AbCdEf')}",
    ),
    # shell texts
    InvalidJob(
        "a run of 65,537",
        f"name: a\nrun: {'x' * 65_537}",
        "run",
        f'"{"x" * 58}… is too long',
        f"name: a\nrun: {'x' * 65_536}",
    ),
    InvalidJob(
        "a setup of 65,537",
        f"setup: {'x' * 65_537}",
        "setup",
        f'"{"x" * 58}… is too long',
        f"setup: {'x' * 65_536}",
    ),
    InvalidJob(
        "131,072 bytes of shell",
        f"name: a\nsetup: {'x' * 65_536}\nrun: {'x' * 65_535}é",
        "run",
        "setup, run and envs are larger together than what Linux gives a process",
        f"name: a\nsetup: {'x' * 65_536}\nrun: {'x' * 65_535}",
    ),
    # retries and limits
    InvalidJob(
        "no attempt", "retry: {attempts: 0}", "retry.attempts", "0 is too small", "retry: {attempts: 1}"
    ),
    InvalidJob(
        "11 attempts", "retry: {attempts: 11}", "retry.attempts", "11 is too large", "retry: {attempts: 10}"
    ),
    InvalidJob(
        "exit code 0",
        "retry: {exit_codes: [0]}",
        "retry.exit_codes[0]",
        "0 is too small",
        "retry: {exit_codes: [1]}",
    ),
    InvalidJob(
        "exit code 256",
        "retry: {exit_codes: [256]}",
        "retry.exit_codes[0]",
        "256 is too large",
        _codes(255),
    ),
    InvalidJob("no exit codes", "retry: {exit_codes: []}", "retry.exit_codes", "an empty list is too short"),
    InvalidJob(
        "an exit code twice", "retry: {exit_codes: [1, 75, 1]}", "retry.exit_codes", "1 stands in it twice"
    ),
    InvalidJob(
        "an event twice",
        "retry: {on_events: [host_failure, host_failure]}",
        "retry.on_events",
        "host_failure stands in it twice",
        "retry: {on_events: [host_failure, image_pull_failure, out_of_memory]}",
    ),
    InvalidJob(
        "an event of nobody's",
        "retry: {on_events: [oom]}",
        "retry.on_events[0]",
        '"oom" is none of the choices',
        "retry: {on_events: []}",
    ),
    InvalidJob(
        "a timeout of 59s",
        "timeout: 59s",
        "timeout",
        "a timeout is between 60s and 28d; 59s is 59 seconds",
        "timeout: 60s",
    ),
    InvalidJob(
        "a timeout of 673h",
        "timeout: 673h",
        "timeout",
        "a timeout is between 60s and 28d; 673h is 2,422,800 seconds",
        "timeout: 672h",
    ),
    InvalidJob("an hour for nothing", "max_hourly_cost: 0", "max_hourly_cost", "0 is too small"),
    InvalidJob(
        "an hour for over a million",
        "max_hourly_cost: 1000001",
        "max_hourly_cost",
        "1000001 is too large",
        "max_hourly_cost: 1000000",
    ),
    InvalidJob("a budget of nothing", "max_total_cost: 0", "max_total_cost", "0 is too small"),
    InvalidJob(
        "a budget of over a hundred million",
        "max_total_cost: 100000001",
        "max_total_cost",
        "100000001 is too large",
        "max_total_cost: 100000000",
    ),
    InvalidJob(
        "a budget without end", "max_total_cost: .inf", "max_total_cost", ".inf isn't a finite number"
    ),
    InvalidJob(
        "a deadline now",
        "deadline: 2026-11-26T12:00:00Z",
        "deadline",
        "the deadline has passed: it is 2026-11-26T12:00:00Z",
        "deadline: 2026-11-26T12:00:01Z",
    ),
    InvalidJob(
        "a deadline in another time zone",
        "deadline: 2026-12-01T11:30:00+01:00",
        "deadline",
        '"2026-12-01T11:30:00+01:00" isn\'t written as it has to be',
        "deadline: 2026-12-01T11:30:00Z",
    ),
    InvalidJob(
        "a deadline on no day",
        "deadline: 2027-02-29T11:30:00Z",
        "deadline",
        "there is no moment 2027-02-29T11:30:00Z: check its month, day and time",
        "deadline: 2028-02-29T11:30:00Z",
    ),
    InvalidJob("a recovery nowhere", "recovery: anywhere", "recovery", '"anywhere" is none of the choices'),
    # sweeps
    InvalidJob(
        "a sweep of one",
        _grid(1, 1),
        "sweep",
        "the grid makes 1 variant, and a sweep has 2 to 10,000",
        _grid(1, 2),
    ),
    InvalidJob(
        "a sweep of 10,001",
        _grid(137, 73),
        "sweep",
        "the grid makes 10,001 variants, and a sweep has 2 to 10,000",
        _grid(100, 100),
    ),
    InvalidJob("a list of one", _variants(1), "sweep.list", "a list of 1 is too short", _variants(2)),
    InvalidJob(
        "a list of 10,001",
        _variants(10_001),
        "sweep.list",
        "a list of 10001 is too long",
        _variants(10_000),
    ),
    InvalidJob(
        "a draw of one",
        "sweep: {random: {A: {min: 0, max: 1}}, count: 1}",
        "sweep.count",
        "1 is too small",
        "sweep: {random: {A: {min: 0, max: 1}}, count: 2}",
    ),
    InvalidJob(
        "a draw of 10,001",
        "sweep: {random: {A: {min: 0, max: 1}}, count: 10001}",
        "sweep.count",
        "10001 is too large",
        "sweep: {random: {A: {min: 0, max: 1}}, count: 10000}",
    ),
    InvalidJob(
        "a sweep of nothing",
        "sweep: {seed: 1}",
        "sweep",
        "neither grid nor list nor random is given, and a sweep has one of them",
    ),
    InvalidJob(
        "a sweep of two kinds",
        "sweep: {grid: {A: [1, 2]}, list: [{A: 1}, {A: 2}]}",
        "sweep",
        "both grid and list are given, and a sweep has one of them",
    ),
    InvalidJob(
        "a draw without count", "sweep: {random: {A: {min: 0, max: 1}}}", "sweep", "random needs count"
    ),
    InvalidJob(
        "a grid with count",
        "sweep: {grid: {A: [1, 2]}, count: 2}",
        "sweep",
        "count belongs to random: the others count themselves",
    ),
    InvalidJob(
        "a logarithm from 0",
        "sweep: {random: {A: {min: 0, max: 1, log: true}}, count: 2}",
        "sweep.random.A",
        "min is 0, and log needs a min above 0",
        "sweep: {random: {A: {min: 1.0e-15, max: 1, log: true}}, count: 2}",
    ),
    InvalidJob(
        "a range of one",
        "sweep: {random: {A: {min: 1, max: 1}}, count: 2}",
        "sweep.random.A",
        "min is 1, which isn't below max, 1",
    ),
    InvalidJob(
        "half a range",
        "sweep: {random: {A: {min: 1}}, count: 2}",
        "sweep.random.A",
        "a range has both min and max",
    ),
    InvalidJob(
        "whole numbers from a half",
        "sweep: {random: {A: {min: 0.5, max: 3, integer: true}}, count: 2}",
        "sweep.random.A",
        "integer needs min and max that are whole numbers",
    ),
    InvalidJob(
        "choices with a range",
        "sweep: {random: {A: {choices: [1], min: 0}}, count: 2}",
        "sweep.random.A",
        "choices stand alone: min, max, log and integer belong to a range",
    ),
    InvalidJob(
        "a range up to 1e16",
        "sweep: {random: {A: {min: 0, max: 1.0e+16}}, count: 2}",
        "sweep.random.A.max",
        "1.0e+16 is too large",
        "sweep: {random: {A: {min: 0, max: 1.0e+15}}, count: 2}",
    ),
    InvalidJob("a value twice", "sweep: {grid: {A: [1, 2, 1]}}", "sweep.grid.A", "1 stands in it twice"),
    InvalidJob(
        "a value of several",
        "sweep: {grid: {A: [[1], 2]}}",
        "sweep.grid.A[0]",
        "it is neither text nor a number, true or false",
    ),
    InvalidJob(
        "a value without end",
        "sweep: {grid: {A: [.inf, 2]}}",
        "sweep.grid.A[0]",
        "inf is no finite number",
    ),
    InvalidJob(
        "a swept text of 4,097",
        f"sweep: {{grid: {{A: [a, {'a' * 4_097}]}}}}",
        "sweep.grid.A[1]",
        "the text is longer than 4,096 characters",
        f"sweep: {{grid: {{A: [a, {'a' * 4_096}]}}}}",
    ),
    InvalidJob(
        "a swept rank",
        "sweep: {grid: {NODE_RANK: [1, 2]}}",
        "sweep.grid.NODE_RANK",
        "NODE_RANK is set by the launcher on every rank",
    ),
    InvalidJob(
        "21 swept variables",
        f"sweep: {{random: {{{', '.join(f'V{n}: {{min: 0, max: 1}}' for n in range(21))}}}, count: 2}}",
        "sweep.random",
        f"{_shown('a mapping of ' + ', '.join(f'V{n}' for n in range(15)))} is too long",
        f"sweep: {{random: {{{', '.join(f'V{n}: {{min: 0, max: 1}}' for n in range(20))}}}, count: 2}}",
    ),
    InvalidJob(
        "variants of 17 MiB",
        f"sweep: {{random: {{A: {{choices: [{'a' * 4_000}]}}}}, count: 4194}}",
        "sweep",
        "the variants are larger together than what each node can fetch in a moment",
        f"sweep: {{random: {{A: {{choices: [{'a' * 4_000}]}}}}, count: 4193}}",
    ),
    InvalidJob(
        "none at a time",
        "sweep: {grid: {A: [1, 2]}, parallel: 0}",
        "sweep.parallel",
        "0 is too small",
        "sweep: {grid: {A: [1, 2]}, parallel: 1}",
    ),
    InvalidJob(
        "a seed below 0",
        "sweep: {grid: {A: [1, 2]}, seed: -1}",
        "sweep.seed",
        "-1 is too small",
        "sweep: {grid: {A: [1, 2]}, seed: 0}",
    ),
    # what it waits for, checks and tells
    InvalidJob(
        "21 dependencies",
        f"depends_on: {RUN_IDS}",
        "depends_on",
        "a list of 21 is too long",
        f"depends_on: {RUN_IDS[:20]}",
    ),
    InvalidJob(
        "a dependency twice",
        f"depends_on: {[RUN_IDS[0]] * 2}",
        "depends_on",
        f"{RUN_IDS[0]} stands in it twice",
    ),
    InvalidJob(
        "a dependency on a job",
        "depends_on: [digits-cnn]",
        "depends_on[0]",
        '"digits-cnn" isn\'t written as it has to be',
    ),
    InvalidJob(
        "a preflight of nothing",
        "preflight: {min_gbps: 0}",
        "preflight.min_gbps",
        "0 is too small",
        "preflight: {min_gbps: 0.1}",
    ),
    InvalidJob(
        "a preflight beyond every fabric",
        "preflight: {min_gbps: 100001}",
        "preflight.min_gbps",
        "100001 is too large",
        "preflight: {min_gbps: 100000}",
    ),
    InvalidJob(
        "nobody to tell",
        "notify: {on: [failed]}",
        "notify",
        "it names nobody who is told: neither a webhook nor a command",
        "notify: {on: [failed], command: 'true'}",
    ),
    InvalidJob(
        "a webhook in the open",
        "notify: {webhook: 'http://hooks.example.com/hush'}",
        "notify.webhook",
        "what is given isn't written as it has to be",
        "notify: {webhook: 'http://localhost:8080/hush'}",
    ),
    InvalidJob(
        "a webhook with a password",
        "notify: {webhook: 'https://me:hush@hooks.example.com/'}",
        "notify.webhook",
        "what is given isn't written as it has to be",
        "notify: {webhook: 'https://hooks.example.com:8443/a?b=c'}",
    ),
    InvalidJob(
        "an ending of nobody's",
        "notify: {command: 'true', on: [lost]}",
        "notify.on[0]",
        '"lost" is none of the choices',
    ),
)
"""What the specification itself refuses, on every backend."""
