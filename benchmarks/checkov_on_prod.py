"""What checkov says of `prod` as a Terraform plan, beside what our rules say of it.

Run it with `python benchmarks/checkov_on_prod.py`. Each check that fails there is explained below; the
exit code is 1 if one is new.
"""

from __future__ import annotations

import sys
from collections import defaultdict

from peers import CHECKOV, checkov_on
from terraform.plan import TYPES, address_names, plan

from modelyard.account.load import load_stack
from modelyard_policies.engine import evaluate
from modelyard_policies.registry import all_rules
from modelyard_preview.environment import run_environment
from modelyard_preview.program import find_program

EXPLAINED = {
    "CKV2_AWS_18": "A backup plan takes the file system by its tag; checkov looks for its ARN.",
    "CKV2_AWS_62": "Nobody waits for events of these buckets. Notifications aren't security.",
    "CKV_AWS_50": "The watcher runs every few minutes for seconds; its errors raise an alarm.",
    "CKV_AWS_116": "The watcher runs again by its schedule: an event that failed is of no use later.",
    "CKV_AWS_117": "The watcher calls AWS's own APIs only; in a VPC it would need an endpoint each.",
    "CKV_AWS_144": "Access logs are kept where they arise. What jobs write is replicated.",
    "CKV_AWS_145": "S3 delivers access logs to SSE-S3 only (see ST3): with a key they would vanish.",
    "CKV_AWS_272": "The watcher's code is in the program that is reviewed; nobody uploads it.",
}


def main() -> int:
    graph = run_environment(load_stack("prod"), program=find_program("prod")).graph
    run = checkov_on(plan(graph.resources))
    if run is None:
        return 0
    results = run.said
    report = evaluate(graph, all_rules())
    left_out = sorted({node.type for node in graph.resources if node.custom} - TYPES.keys())
    sys.stdout.write(
        f"prod: {len(graph.resources)} resources, {results['summary']['resource_count']} of them in the plan "
        f"(not {', '.join(left_out)})\n"
        f"checkov {CHECKOV}: {results['summary']['passed']} passed, {results['summary']['failed']} failed; "
        f"modelyard: {report.tallies}\n\n"
    )
    ours = {name: rule for rule in all_rules() for name in rule.maps_to.get("checkov", ())}
    names = address_names(graph.resources)
    failed: dict[str, list[str]] = defaultdict(list)
    for check in results["results"]["failed_checks"]:
        failed[check["check_id"]].append(names[check["resource"]].name)
    sys.stdout.write("| checkov | our rule, its verdict | resources | why |\n| --- | --- | --- | --- |\n")
    for check in sorted(failed):
        rule = ours.get(check)
        verdict = f"{rule.code} {report.rules[rule.id].value}" if rule else "none"
        why = EXPLAINED.get(check, "NOT EXPLAINED")
        sys.stdout.write(f"| {check} | {verdict} | {', '.join(failed[check])} | {why} |\n")
    return 1 if failed.keys() - EXPLAINED.keys() else 0


if __name__ == "__main__":
    sys.exit(main())
