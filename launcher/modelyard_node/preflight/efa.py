"""EFA as libfabric sees it: `fi_info -p efa`.

Source: libfabric, util/info.c and prov/efa (2026-08): each interface has one domain, `rdmap79s0-rdm`, which
is listed once for the fabric `efa` and once for `efa-direct`; without any, fi_info writes the error's number
and name and exits with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from modelyard_node.preflight.findings import NODE, Finding, failed, many, passed, unknown
from modelyard_node.preflight.programs import Answer, ask, find_program

_ALSO = ("opt/amazon/efa/bin", "usr/bin")

MEND = (
    "the image needs libfabric with its efa provider (the EFA installer puts it into /opt/amazon/efa), and "
    "the container the devices /dev/infiniband/uverbs*"
)


class Efa(NamedTuple):
    """What libfabric tells; without fi_info, why not."""

    interfaces: tuple[str, ...] = ()
    fabrics: tuple[str, ...] = ()
    libfabric: str | None = None
    driver: str | None = None
    """Version of the kernel's module."""
    trouble: str | None = None
    is_there: bool = True
    """Whether there is an fi_info."""


def look_at_efa(root: Path, variables: Mapping[str, str], seconds: float) -> Efa:
    """What fi_info tells of this node."""
    driver = _driver(root)
    program = find_program("fi_info", variables, [root / place for place in _ALSO])
    if program is None:
        return Efa(driver=driver, trouble="there is no fi_info", is_there=False)
    found = read_efa(ask([program, "-p", "efa", "-t", "FI_EP_RDM"], variables, seconds))
    version = read_version(ask([program, "--version"], variables, seconds))
    return found._replace(driver=driver, libfabric=version)


def read_efa(answer: Answer) -> Efa:
    """What an answer of fi_info says."""
    if answer.exit_code is None:
        return Efa(trouble=answer.err)
    if answer.exit_code:
        said = answer.err.strip().splitlines() or answer.out.strip().splitlines()
        return Efa(trouble=said[-1] if said else f"exit code {answer.exit_code}")
    domains = re.findall(r"^\s*domain: (\S+?)(?:-rdm|-dgrm)?$", answer.out, re.MULTILINE)
    fabrics = re.findall(r"^\s*fabric: (\S+)$", answer.out, re.MULTILINE)
    return Efa(tuple(dict.fromkeys(domains)), tuple(dict.fromkeys(fabrics)))


def read_version(answer: Answer) -> str | None:
    """The version of libfabric, as fi_info says it."""
    found = re.search(r"^libfabric: (\S+)$", answer.out, re.MULTILINE)
    return found[1] if found else None


def judge_efa(found: Efa, expected: int) -> list[Finding]:
    """Whether libfabric sees every interface; nothing is said where none are expected."""
    if not expected:
        return []
    if not found.is_there:
        return [unknown("efa", "there is no fi_info in the image: only its devices were counted")]
    wanted = many(expected, "EFA interface")
    if found.trouble is not None:
        return [failed("efa", f"fi_info -p efa: {found.trouble}", wanted, MEND, NODE)]
    seen = many(len(found.interfaces), "EFA interface")
    if len(found.interfaces) < expected:
        return [failed("efa", f"libfabric sees {seen}", wanted, MEND, NODE)]
    return [passed("efa", seen, wanted)]


def _driver(root: Path) -> str | None:
    try:
        return (root / "sys/module/efa/version").read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None
