"""What checkov says of `prod` as a Terraform plan, beside what our rules say of it.

Run it with `python benchmarks/checkov_on_prod.py`. Each check that fails there is explained below; the exit code
is 1 if one is new.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from peers import installed
from policies import CHECKOV
from terraform.plan import TYPES, address_names, plan

from modelyard.account.load import load_stack
from modelyard_policies.engine import evaluate
from modelyard_policies.registry import all_rules
from modelyard_preview.environment import run_environment
from modelyard_preview.program import find_program

EXPLAINED = {
    "CKV2_AWS_18": "The file system is in a plan by its tag, which a selection takes; checkov looks for its ARN.",
    "CKV2_AWS_62": "Nobody waits for events of these buckets. Notifications aren't security.",
    "CKV_AWS_50": "The watcher runs every few minutes for seconds; its errors raise an alarm.",
    "CKV_AWS_116": "The watcher runs again by its schedule: an event that failed is of no use later.",
    "CKV_AWS_117": "The watcher calls AWS's own APIs only. In a VPC it would need an endpoint for each of them.",
    "CKV_AWS_144": "Access logs are kept where they arise. What jobs write is replicated.",
    "CKV_AWS_145": "S3 delivers access logs to SSE-S3 only (ST3 says so): with a key of ours they would vanish.",
    "CKV_AWS_272": "The watcher's code is in the program that is reviewed, not uploaded by somebody.",
}


def main() -> int:
    binaries = installed("checkov", CHECKOV)
    if binaries is None:
        return 0
    graph = run_environment(load_stack("prod"), program=find_program("prod")).graph
    report = evaluate(graph, all_rules())
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "plan.json")
        file.write_text(json.dumps(plan(graph.resources)))
        command = [str(binaries / "checkov"), "-f", str(file), "--framework", "terraform_plan"]
        command += ["--output", "json", "--quiet", "--compact", "--skip-download"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    results = json.loads(done.stdout)
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
