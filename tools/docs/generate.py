"""Writes docs/reference from what the code says of itself.

    python tools/docs/generate.py

Environments, accounts and jobs come from their JSON Schemas, components and checks from their docstrings,
policies from their rules.
"""

from __future__ import annotations

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

Schema = Mapping[str, Any]


def pages() -> dict[str, str]:
    """Every page of the reference, by file name."""
    return {
        "environment.md": NOTE + "\n".join(_environment_page()) + "\n",
        "account.md": NOTE + "\n".join(_account_page()) + "\n",
        "job.md": NOTE + "\n".join(_job_page()) + "\n",
        "components.md": NOTE + "\n".join(_components()) + "\n",
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


def _environment_page() -> Iterator[str]:
    from modelyard.environment.checks import CHECKS
    from modelyard.environment.schema import environment_schema

    yield from _schema_page("Environment", environment_schema())
    yield "\n## Across fields\n"
    yield "What no field can see alone. Each is told with its line, what is allowed and how to mend it.\n"
    for check in CHECKS:
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


def _components() -> Iterator[str]:
    from modelyard.aws.account import Account
    from modelyard.aws.backup import Backup, BackupArgs
    from modelyard.aws.data_center import DataCenter
    from modelyard.aws.encryption import Encryption, EncryptionArgs
    from modelyard.aws.gpu_cluster import GpuCluster, GpuClusterArgs
    from modelyard.aws.network import Network, NetworkArgs
    from modelyard.aws.pool import PoolArgs
    from modelyard.aws.storage import BucketArgs, Storage, StorageArgs
    from modelyard.azure import encryption as azure

    yield "# Components\n"
    yield "Each is usable alone: `Component(name, args, opts)`, with `args` as below.\n"
    yield ELSEWHERE
    shapes = {
        Encryption: (EncryptionArgs,),
        Network: (NetworkArgs,),
        Storage: (StorageArgs, BucketArgs),
        GpuCluster: (GpuClusterArgs, PoolArgs),
        Backup: (BackupArgs,),
        DataCenter: (),
        Account: (),
        azure.Encryption: (azure.EncryptionArgs,),
    }
    for component, arguments in shapes.items():
        cloud = " for Azure" if component is azure.Encryption else ""
        yield f"## {component.__name__}{cloud}\n"
        yield f"`from {component.__module__} import {component.__name__}`\n"
        yield f"{_paragraphs(component.__doc__)}\n"
        for shape in arguments:
            yield from _typed_dict(shape)
        yield from _outputs(component)


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
