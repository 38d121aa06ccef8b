"""The operations that the sandbox adds to moto, or answers in its place: found, not listed.

Run as a program it writes them as JSON: what it loads and changes stays in a process of its own.
"""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from importlib import import_module
from typing import Any

OURS = "modelyard_sandbox."
BOTOCORE = {"awslambda": "lambda", "resourcegroups": "resource-groups", "servicequotas": "service-quotas"}
"""botocore's name of services that moto calls otherwise."""
# One method of moto's for three operations on tags: the method of the request tells them apart.
SHARED_METHODS = {("batch", "tags"): ("ListTagsForResource", "TagResource", "UntagResource")}


def added_operations() -> set[tuple[str, str]]:
    """Service and operation, as botocore's models name them."""
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True)
    return {(service, operation) for service, operation in json.loads(done.stdout)}


def operations_of(service: str, response_class: Any, model: Any) -> set[str]:
    """The operations of a service whose answers come from our code; a mere check before moto's own answer
    leaves the answer moto's.
    """
    by_method = {operation.lower(): operation for operation in model.operation_names}
    found: set[str] = set()
    for method, function in inspect.getmembers(response_class, inspect.isfunction):
        if inspect.unwrap(function).__module__.startswith(OURS):
            found |= set(SHARED_METHODS.get((service, method), ()))
            found |= {by_method[name] for name in [method.replace("_", "")] if name in by_method}
    return found


def main() -> None:
    """Install all extensions, and write what they answer."""
    from moto.core.responses import BaseResponse
    from moto.core.utils import get_service_model

    from modelyard_sandbox import moto_extensions

    moto_extensions.configure()
    found: list[tuple[str, str]] = []
    for service, modules in moto_extensions.EXTENSIONS.items():
        for module in modules:
            import_module(f"{moto_extensions.__name__}.{module}").install()
        responses = import_module(f"moto.{service}.responses")
        for _, class_ in inspect.getmembers(responses, inspect.isclass):
            if issubclass(class_, BaseResponse) and class_.__module__.startswith(f"moto.{service}."):
                name = BOTOCORE.get(service, service)
                operations = operations_of(service, class_, get_service_model(name))
                found += [(name, operation) for operation in operations]
    sys.stdout.write(json.dumps(sorted(set(found))))


if __name__ == "__main__":
    main()
