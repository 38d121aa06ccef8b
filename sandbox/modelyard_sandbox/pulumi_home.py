"""A Pulumi home of the sandbox's own: the real `pulumi` command works in it against the sandbox.

The user's own home, login and plugins are never read or written: everything lies in the sandbox's directory.
"""

from __future__ import annotations

import importlib.metadata
import shlex
import sys
from contextlib import suppress
from pathlib import Path

from modelyard_sandbox.clouds import Account
from modelyard_sandbox.provider.packages import PACKAGES, version_of
from modelyard_sandbox.pulumi_stacks import STATE_DIRECTORY
from modelyard_sandbox.sandbox import DIRECTORY_VARIABLE, Sandbox

PASSPHRASE = "modelyard-sandbox"  # noqa: S105  (it guards states of a sandbox, which hold no real secret)
PLUGIN_MODULE = "modelyard_sandbox.provider.plugin"


def pulumi_environment(sandbox: Sandbox, account_id: str, region: str) -> dict[str, str]:
    """Variables with which `pulumi` works against a sandbox whose server runs, as an account in a region.

    The provider plugins are put into the home, each for the version of the SDK that is installed. Give the
    variables over a copy of the environment.

    Raises:
        SurroundingsError: no server runs.
    """
    return environment_of(sandbox, Account("aws", account_id, region))


def environment_of(sandbox: Sandbox, account: Account) -> dict[str, str]:
    """As `pulumi_environment`, as an account of AWS or a subscription of Azure; raises as it."""
    variables = sandbox.variables_of(account)
    home, state = sandbox.directory / "pulumi-home", sandbox.directory / STATE_DIRECTORY
    for directory in (home, state):
        directory.mkdir(mode=0o700, exist_ok=True)
    for package in PACKAGES:
        # Of a cloud whose SDK isn't installed no program can ask for anything.
        with suppress(importlib.metadata.PackageNotFoundError):
            install_plugin(home, package, version_of(package))
    return {
        **variables,
        DIRECTORY_VARIABLE: str(sandbox.directory.resolve()),
        "PULUMI_BACKEND_URL": state.resolve().as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        # The sandbox reads the stacks as well (see `pulumi_stacks`).
        "PULUMI_DIY_BACKEND_GZIP": "false",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(home.resolve()),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def install_plugin(home: Path, package: str, version: str) -> Path:
    """Put the plugin of a package's version into a Pulumi home; the executable's path."""
    plugin = home / "plugins" / f"resource-{package}-v{version}" / f"pulumi-resource-{package}"
    plugin.parent.mkdir(parents=True, exist_ok=True)
    # Isolated (-I): neither the program's directory nor PYTHONPATH decides what this process imports.
    command = shlex.join([sys.executable, "-I", "-m", PLUGIN_MODULE, package])
    plugin.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    plugin.chmod(0o755)
    return plugin
