"""Writes docs/reference from what the code says of itself.

    python tools/docs/generate.py

Environments, accounts and jobs come from their JSON Schemas, components and checks from their docstrings,
policies from their rules.
"""

from __future__ import annotations

import importlib
import typing
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import rules

DOCS = Path(__file__).parents[2] / "docs" / "reference"
NOTE = "<!-- Written by tools/docs/generate.py: change the code, then run it. -->\n\n"

ELSEWHERE = """\
## From another language
All but `DataCenter` and `Account` are served by a plugin for each cloud, `modelyard-aws` and
`modelyard-azure`, to programs in any of Pulumi's languages. In the directory of the program's project this
writes an SDK in its language:

```bash
pulumi package add PATH/TO/modelyard/components/plugins/aws
```

The plugin runs in an environment of its own, with the SDK of its cloud and no other's. Its schema writes
`keyArn` for `key_arn`. An argument that is a `pulumi.Input` takes outputs, which may be unknown in a preview;
what decides which resources there are (a range of addresses, zones, pools, purposes) has to be a plain value.
Types of resources are the same in local and in remote use, as `modelyard-aws:index:Network`.

A Python program can do without an SDK. With the plugin named in its Pulumi.yaml

```yaml
plugins:
  providers:
    - name: modelyard-aws
      path: PATH/TO/modelyard/components/plugins/aws
```

a component is a `pulumi.ComponentResource` with `remote=True`, and an output is an argument that is `None`:

```python
import pulumi


class Storage(pulumi.ComponentResource):
    bucketNames: pulumi.Output[dict[str, str]]

    def __init__(self, name: str, args: dict[str, object]) -> None:
        super().__init__("modelyard-aws:index:Storage", name, {**args, "bucketNames": None}, remote=True)
```
"""

ELSEWHERE_AZURE = """\
All but `DataCenter` are served by the plugin `modelyard-azure` to programs in any of Pulumi's languages:
[from another language](components.md#from-another-language).
"""

Schema = Mapping[str, Any]


def pages() -> dict[str, str]:
    """Every page of the reference, by file name."""
    return {
        "environment.md": NOTE + "\n".join(_environment_page("aws", "Environment on AWS")) + "\n",
        "environment-azure.md": NOTE + "\n".join(_environment_page("azure", "Environment on Azure")) + "\n",
        "account.md": NOTE + "\n".join(_account_page()) + "\n",
        "job.md": NOTE + "\n".join(_job_page()) + "\n",
        "components.md": NOTE + "\n".join(_components("aws", "Components for AWS", AWS_COMPONENTS)) + "\n",
        "components-azure.md": NOTE
        + "\n".join(_components("azure", "Components for Azure", AZURE_COMPONENTS))
        + "\n",
        **{name: NOTE + text for name, text in rules.pages()},
        "sandbox.md": NOTE + "\n".join(_sandbox()) + "\n",
    }


def main() -> None:
    """Write every page."""
    written = pages()
    for name, text in written.items():
        (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_text(text, encoding="utf-8")
    for page in (DOCS / "policies").glob("*.md"):
        if f"policies/{page.name}" not in written:
            page.unlink()


def _environment_page(cloud: str, title: str) -> Iterator[str]:
    from modelyard.environment.schema import environment_schema_of

    checks = importlib.import_module(f"modelyard.environment.{cloud}.checks")
    yield from _schema_page(title, environment_schema_of(cloud))
    yield "\n## Across fields\n"
    yield "What no field can see alone. Each is told with its line, what is allowed and how to mend it.\n"
    for check in checks.CHECKS:
        yield f"- {_flat(check.__doc__)}"


def _account_page() -> Iterator[str]:
    from modelyard.account.checks import CHECKS
    from modelyard.environment.schema import account_schema

    yield from _schema_page("Account", account_schema())
    yield "\n## Across fields\n"
    yield "What no field can see alone. Each is told with its line, what is allowed and how to mend it.\n"
    for check in CHECKS:
        yield f"- {_flat(check.__doc__)}"


def _job_page() -> Iterator[str]:
    from modelyard_launcher.job.checks import CHECKS
    from modelyard_launcher.schema import job_schema

    yield from _schema_page("Job", job_schema())
    yield "\n## Across fields\n"
    yield "What no field can see alone. Each is told with its line, what is allowed and how to mend it.\n"
    for check in CHECKS:
        yield f"- {_flat(check.__doc__)}"


def _schema_page(title: str, schema: Schema) -> Iterator[str]:
    yield f"# {title}\n"
    yield f"{_flat(schema.get('description', ''))}\n"
    yield from _fields(schema)
    for name, part in schema.get("$defs", {}).items():
        yield f"\n## {name}\n"
        yield f"{_flat(part.get('description', ''))}\n"
        yield from _fields(part)


def _fields(schema: Schema) -> Iterator[str]:
    yield "| field | takes | default | what |"
    yield "| --- | --- | --- | --- |"
    required = set(schema.get("required", ()))
    for name, part in schema.get("properties", {}).items():
        default = "needed" if name in required else _shown(part.get("default"))
        yield f"| `{name}` | {_takes(part)} | {default} | {_flat(part.get('description', ''))} |"


def _takes(part: Schema) -> str:
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if options := part.get("oneOf") or part.get("anyOf"):
        return " or ".join(_takes(option) for option in options if option.get("type") != "null")
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    if "allowed" in part:
        return _flat(part["allowed"])
    if part.get("type") == "array":
        return f"list of {_takes(part['items'])}"
    return _bounded(part)


def _bounded(part: Schema) -> str:
    kind = {"integer": "whole number", "string": "text", "object": "mapping"}.get(
        part.get("type", ""), str(part.get("type", "value"))
    )
    low = part.get("minimum", part.get("exclusiveMinimum"))
    high = part.get("maximum")
    if low is not None and high is not None:
        return f"{low:,} to {high:,}"
    if low is not None:
        return f"{kind}, from {low:,}"
    example = part.get("examples", [None])[0]
    return f"{kind}, as `{example}`" if example is not None else kind


AWS_COMPONENTS = (
    "encryption.Encryption",
    "network.Network",
    "storage.Storage",
    "gpu_cluster.GpuCluster",
    "backup.Backup",
    "data_center.DataCenter",
    "account.Account",
)
"""Components for AWS in the order of the page, by module and class."""

AZURE_COMPONENTS = (
    "encryption.Encryption",
    "network.Network",
    "private_endpoint.PrivateEndpoint",
    "flow_logs.FlowLogs",
    "storage.Storage",
    "storage_access.StorageAccess",
    "replication.Replication",
    "gpu_cluster.GpuCluster",
    "backup.Backup",
    "log_workspace.LogWorkspace",
    "monitoring.Monitoring",
    "budget.Budget",
    "defender.Defender",
    "data_center.DataCenter",
)
"""Components for Azure likewise."""


def _components(cloud: str, title: str, names: Iterable[str]) -> Iterator[str]:
    yield f"# {title}\n"
    yield "Each is usable alone: `Component(name, args, opts)`, with `args` as below.\n"
    yield ELSEWHERE if cloud == "aws" else ELSEWHERE_AZURE
    for name in names:
        module, _, called = name.partition(".")
        component = getattr(importlib.import_module(f"modelyard.{cloud}.{module}"), called)
        yield f"## {component.__name__}\n"
        yield f"`from {component.__module__} import {component.__name__}`\n"
        yield f"{_paragraphs(component.__doc__)}\n"
        for shape in _shapes(component):
            yield from _typed_dict(shape)
        yield from _outputs(component)


def _shapes(component: Any) -> list[Any]:
    """The TypedDict of a component's args, and those within; none where it takes an environment."""
    shapes: list[Any] = []
    waiting = [typing.get_type_hints(component.__init__, localns=_input_names()).get("args")]
    while waiting:
        kind = waiting.pop(0)
        if typing.is_typeddict(kind) and kind not in shapes:
            shapes.append(kind)
            waiting += typing.get_type_hints(kind, localns=_input_names()).values()
        else:
            waiting += typing.get_args(kind)
    return shapes


def _typed_dict(shape: Any) -> Iterator[str]:
    from modelyard.validation.attribute_docs import attribute_docs

    docs = attribute_docs(shape)
    yield f"### {shape.__name__}\n"
    yield "| argument | | what |"
    yield "| --- | --- | --- |"
    for name in typing.get_type_hints(shape, localns=_input_names()):
        needed = "needed" if name in shape.__required_keys__ else ""
        yield f"| `{name}` | {needed} | {_flat(docs.get(name, ''))} |"
    yield ""


def _input_names() -> dict[str, Any]:
    import pulumi

    return {"Output": pulumi.Output, "T": Any}


def _outputs(component: Any) -> Iterator[str]:
    from modelyard.validation.attribute_docs import attribute_docs

    docs = {name: text for name, text in attribute_docs(component).items() if not name.startswith("_")}
    yield "### Outputs\n"
    yield "| output | what |"
    yield "| --- | --- |"
    own = [name for name in vars(component).get("__annotations__", {}) if name in docs]
    for name in own:
        yield f"| `{name}` | {_flat(docs[name])} |"
    yield ""


def _sandbox() -> Iterator[str]:
    from modelyard_sandbox import accounts, invokes
    from modelyard_sandbox.aws.registry import handlers as aws_handlers
    from modelyard_sandbox.azure.registry import handlers as azure_handlers
    from modelyard_sandbox.gaps import NOT_CHECKED

    yield "# Sandbox\n"
    yield "What stands in for AWS and Azure on this machine: [for stacks](../how-to/rehearse-pulumi-up.md),"
    yield "[for jobs](../how-to/rehearse-jobs.md).\n"
    yield f"The account is {accounts.DEFAULT_ACCOUNT_ID} unless an environment names another.\n"
    yield "## What it does not check\n"
    yield "What it lets pass and the cloud would not.\n"
    yield "| subject | what |"
    yield "| --- | --- |"
    for gap in NOT_CHECKED:
        yield f"| {gap.subject} | {_flat(gap.what)} |"
    for cloud, handlers in (("AWS", aws_handlers()), ("Azure", azure_handlers())):
        yield f"\n## Types for {cloud}\n"
        yield "| type | inputs | a change of these replaces it |"
        yield "| --- | --- | --- |"
        for type_, handler in sorted(handlers.items()):
            yield f"| `{type_}` | {_names(handler.inputs)} | {_names(handler.replace_on) or 'none'} |"
    yield "\n## Data sources\n"
    yield from (f"- `{token}`" for token in invokes.tokens())


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _shown(default: Any) -> str:
    if default is None:
        return "none"
    if isinstance(default, Mapping):
        return "its defaults"
    return f"`{default}`"


def _flat(text: Any) -> str:
    return " ".join(str(text or "").split()).replace("|", "\\|")


def _paragraphs(text: str | None) -> str:
    import inspect

    return inspect.cleandoc(text or "")


if __name__ == "__main__":
    main()
