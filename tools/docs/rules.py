"""The reference of the policy rules: an index, and a page for each rule."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from modelyard_policies.rule import Rule

ROOT: Final = Path(__file__).parents[2]

FAMILIES: Final = {
    "ST": "Storage",
    "NW": "Network",
    "EN": "Encryption",
    "CO": "Compute",
    "IA": "Identity",
    "BK": "Backup",
    "LM": "Logging and monitoring",
    "CE": "Cost and energy",
    "TG": "Tags",
    "CT": "Containers",
}
"""Families by the letters of their rules' codes."""

HEAD = """\
# Policies

{count} rules for data centers on AWS and Azure. A rule answers for each resource of its types: pass, fail,
unknown (what it asks isn't known before the deployment) or not applicable.

- Under Pulumi, rules of severity critical and high stop an update; the others advise. Each is a policy of its
  own under its id, to be turned off, down or up by `--policy-pack-config`; the policy `unknown-verdicts` has
  the level of what is unknown. Rules with a remedy mend a resource at the level `remediate`.
- A rule is asked *early*, before the resource is made, if it needs nothing but the resource; the others are
  asked of the whole stack.
- A tag can spare a resource a rule (`stage`, `data-classification`): what says nothing is held to what
  production and restricted data are ([why](../decisions/0020-a-tag-can-only-spare.md)).
- The tag `residency` says where data may be: jurisdictions, as `eu` or `us`, or names of regions, parted by
  spaces; `unrestricted` for anywhere. Resources of modelyard's carry that of their environment. By it
  [data-residency](policies/data-residency.md) holds what has the tag, with its copies and keys, to those
  regions; what lacks the tag is held only to the option `regions`.
- Rules for what an account has once apply to the stack that says it is the account's: our component
  `Account`, or the tag `modelyard:scope` with the value `account` on any resource of the cloud whose account
  it is. What is set by region has to be set in each that the stack uses
  ([why](../decisions/0026-settings-of-accounts.md)).
"""


def pages() -> Iterator[tuple[str, str]]:
    """The index, then the page of each rule; names are relative to the reference's folder."""
    from modelyard_policies.registry import all_rules

    rules = sorted(all_rules(), key=lambda rule: (list(FAMILIES).index(rule.code[:2]), int(rule.code[2:])))
    yield "policies.md", "\n".join(_index(rules)) + "\n"
    for rule in rules:
        yield f"policies/{rule.id}.md", "\n".join(_page(rule)) + "\n"


def _index(rules: Iterable[Rule]) -> Iterator[str]:
    by_family: dict[str, list[Rule]] = {}
    for rule in rules:
        by_family.setdefault(rule.code[:2], []).append(rule)
    yield HEAD.format(count=sum(map(len, by_family.values())))
    for letters, members in by_family.items():
        yield f"## {FAMILIES[letters]}\n"
        yield "| code | rule | clouds | severity | asked | remedy |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for rule in members:
            cells = (
                rule.code,
                f"[{_flat(rule.title)}](policies/{rule.id}.md)",
                _clouds(rule),
                rule.severity.value,
                "of the stack" if rule.reads else "early",
                "yes" if rule.has_remedy else "",
            )
            yield f"| {' | '.join(cells)} |"
        yield ""
    yield "## What snippets use\n"
    yield "The snippet on a rule's page stands in a program that imports `pulumi`, `json`,"
    yield "`pulumi_aws as aws` and `pulumi_azure_native as azure`, and has what the snippet names of these:\n"
    yield "| name | made by |"
    yield "| --- | --- |"
    for name, source in _prelude().items():
        yield f"| `{name}` | `{source.partition(' = ')[2].partition('(')[0]}` |"


def _page(rule: Rule) -> Iterator[str]:
    from modelyard_policies.rule import ELSEWHERE

    yield f"# {_flat(rule.title)}\n"
    level = "stops an update" if rule.severity.value in ("critical", "high") else "advises"
    severity = f"severity {rule.severity.value}: {level} under Pulumi"
    yield f"`{rule.id}` · {rule.code} · {_clouds(rule)} · {severity}\n"
    yield f"**Why.** {_flat(rule.why)}\n"
    yield f"**Mend.** {_flat(rule.mend)}\n"
    yield f"```python\n{rule.snippet.strip()}\n```\n"
    if rule.has_remedy:
        yield f'At the level `remediate` the rule does that itself: `{{"{rule.id}": "remediate"}}`.\n'
    if rule.options is not None:
        yield "| option | what | unset |"
        yield "| --- | --- | --- |"
        for name, schema in rule.options.schema().items():
            yield f"| `{name}` | {_flat(schema['description'])} | `{schema['default']}` |"
        yield ""
    if rule.maps_to:
        yield "| elsewhere | ids |"
        yield "| --- | --- |"
        for source, ids in rule.maps_to.items():
            yield f"| {ELSEWHERE[source]} | {', '.join(ids)} |"
        yield ""
    yield f"Judges {_types(rule.resources)}."
    if rule.reads:
        yield f"Looks at {_types(rule.reads)} as well."


def _types(tokens: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{token}`" for token in tokens[:20])
    return shown if len(tokens) <= 20 else f"{shown} and {len(tokens) - 20} more"


def _clouds(rule: Rule) -> str:
    starts = {token.partition(":")[0] for token in (*rule.resources, *rule.reads)}
    names = [name for start, name in (("aws", "AWS"), ("azure-native", "Azure")) if start in starts]
    return ", ".join(names)


def _prelude() -> dict[str, str]:
    """The names that snippets may use, from the file that their test has."""
    spec = importlib.util.spec_from_file_location("prelude", ROOT / "tests" / "policies" / "prelude.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("tests/policies/prelude.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.NAMES


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
