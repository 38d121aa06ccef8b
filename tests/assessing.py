"""Findings, suppressions and assessments for the tests of verdicts and of reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from modelyard_policies.assessment import Assessment, assess
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_policies.policy import Policy
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.report import Finding, Verdict
from modelyard_policies.rule import Rule, Severity
from modelyard_policies.settings import Source
from modelyard_policies.suppressions.entry import Suppression

TODAY = date(2026, 11, 26)
BUCKET = "aws:s3/bucket:Bucket"
SECRET_TEXT = "hunter2"


def node(name: str, source: str | None = None, **properties: Any) -> Node:
    """A bucket, made where its name says unless told otherwise."""
    return Node(
        f"urn:pulumi:prod::shop::{BUCKET}::{name}",
        BUCKET,
        name,
        properties=properties,
        source=source or f"stacks/__main__.py:{len(name)}",
    )


def rule(code: str, severity: Severity = Severity.HIGH, **fields: Any) -> Rule:
    """A rule that fails what a property named after its code lists: of each item, its text is the message.
    `break` in the list breaks it.
    """
    made = Rule(
        id=f"rule-{code.lower()}",
        code=code,
        title=f"Title of {code}",
        severity=severity,
        resources=(BUCKET,),
        why="Why it matters.",
        mend="What to change.",
        maps_to={"checkov": [f"CKV_{code}"]},
        snippet=f'aws.s3.Bucket("{code}")',
        **fields,
    )

    @made.check
    def check(resource: Resource, graph: GraphView) -> Iterator[Failure]:
        for place, said in enumerate(resource.strings(code)):
            if said == "break":
                raise ValueError(SECRET_TEXT)
            yield resource.failure(f"{code}[{place}]", said)

    return made


RULES = (
    rule("ST1", Severity.CRITICAL),
    rule("ST4"),
    rule("NW2", Severity.MEDIUM),
    rule("CE1", Severity.LOW),
)


def suppressions(*entries: str) -> Source:
    """A file with these entries, each written as `rule resource expires`, and a property if there is a fourth."""
    lines = ["schema: modelyard.suppressions/1", "suppressions:"]
    for entry in entries:
        code, resource, expires, *path = entry.split(" ")
        lines += [f"  - rule: {code}", f"    resource: '{resource}'", f"    expires: {expires}"]
        lines += [f"    property: '{path[0]}'"] if path else []
        lines += ["    owner: data-platform", "    reason: It is made again within an hour."]
    return Source("\n".join(lines) if entries else lines[0], "modelyard.suppressions.yaml")


def configuration(**policies: str) -> Source:
    """A file that says a level of each rule, by its name with `_` for `-`."""
    lines = ["schema: modelyard.policies/1", "policies:"]
    lines += [f"  {name.replace('_', '-')}: {level}" for name, level in policies.items()]
    return Source("\n".join(lines), "modelyard.policies.yaml")


def assessed(
    *nodes: Node,
    suppressed: Sequence[str] = (),
    configured: dict[str, str] | None = None,
    rules: Sequence[Rule] = RULES,
    **more: Any,
) -> Assessment:
    """The assessment of some buckets."""
    if "policy" not in more:
        config = configuration(**configured) if configured else None
        more["policy"] = Policy.read(rules, suppressions=suppressions(*suppressed), config=config)
    return assess(Graph(nodes), rules, **{"name": "prod", "today": TODAY, **more})


# What a program, or whoever writes a suppression, may call things.
HOSTILE = (
    "a|b",
    "<img src=x onerror=alert(1)>",
    "@octocat",
    "`code`",
    "``` ~~~",
    "![x](https://evil.example/x.png)",
    "[click](https://evil.example)",
    "https://evil.example www.evil.example",
    "</summary></details>",
    "<!-- modelyard:check:prod -->",
    "-->",
    "# heading",
    "line\nbreak\r\n- item",
    "\u202egnp.exe",
    "\x1b[31mred",
    "&lt;b&gt; &#64;octocat",
    "{0} $& %s",
    "\ud800",
    "]]>",
    "\\|",
)

texts = st.sampled_from(HOSTILE) | st.text(max_size=40) | st.lists(st.sampled_from(HOSTILE)).map("".join)

findings = st.builds(
    Finding,
    rule=st.sampled_from(("rule-st1", "rule-st4", "rule-nw2")),
    code=st.just("X1"),
    severity=st.sampled_from(Severity),
    verdict=st.sampled_from((Verdict.FAIL, Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR)),
    urn=st.sampled_from(("urn:pulumi:prod::shop::t::a", "urn:pulumi:prod::shop::t::b")),
    property=st.sampled_from(("", "p", "q.r", "list[0].p", "list[1].p", "list[2].p")),
    message=st.sampled_from(("is wrong", "opens port 22", "opens port 3389", "list[1] is wrong")),
    remediation=st.just("mend"),
    source=st.sampled_from((None, "main.py:1", "main.py:2")),
)


def entry(**fields: Any) -> Suppression:
    """A suppression of rule-st4 on every bucket, or what `fields` say."""
    defaults = {
        "rule": "rule-st4",
        "resource": "*",
        "path": "",
        "reason": "r",
        "owner": "o",
        "expires": TODAY,
    }
    return Suppression(**{**defaults, "file": "f.yaml", "line": 1, **fields})


def unknown(name: str, *codes: str) -> Node:
    """A bucket of which rules can't tell: ST4 unless others are named."""
    return node(name, **dict.fromkeys(codes or ("ST4",), UNKNOWN))
