"""What all-reduces say of the network and of the nodes: a judgement over the rounds."""

from __future__ import annotations

from modelyard_node.preflight.findings import COMMON, NODE, Finding, failed, passed, ranks_text, unknown
from modelyard_node.preflight.rounds import Measured, Rounds

_NODE_MEND = "end its instance, so that the job gets another (preflight.end_bad_nodes has that done)"

_COMMON_MEND = (
    "see that all nodes are in one zone and placement group, that their security group lets everything "
    "through between them, and which network NCCL takes (efa_used)"
)


def judge_all_reduce(rounds: Rounds) -> list[Finding]:
    """Whether nodes reach each other as fast as they should, and who is at fault if not."""
    if rounds.unstarted:
        return [_unstarted(rank, error) for rank, error in sorted(rounds.unstarted.items())]
    broken = [each for each in rounds.alone.values() if not each.is_well(None)]
    if broken:
        return [_broken(each) for each in broken]
    whole = rounds.whole
    if whole is None:
        return [unknown("all_reduce", f"not measured: {rounds.why_not}")] if len(rounds.alone) != 1 else []
    if whole.is_well(rounds.least_gbps):
        return [passed("all_reduce", _speed(rounds, whole), wanted(rounds))]
    return _blamed(rounds, whole)


def wanted(rounds: Rounds) -> str:
    """What an all-reduce has to reach."""
    least = rounds.least_gbps
    return "the right sums" if least is None else f"{gbps_text(least)} at least"


def gbps_text(gbps: float | None) -> str:
    """A bandwidth for people: in Gbit/s, as networks are named, and in GB/s, as NCCL's tests tell it."""
    value = gbps or 0.0
    return f"{_three_digits(value)} Gbit/s ({_three_digits(value / 8)} GB/s)"


def _three_digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _speed(rounds: Rounds, measured: Measured) -> str:
    processes = len(measured.nodes) * max(rounds.gpus, 1)
    what = "GPUs by NCCL" if rounds.gpus else "processes by Gloo"
    return f"{gbps_text(measured.gbps)} between {processes} {what}"


def _outcome(rounds: Rounds, measured: Measured) -> str:
    return measured.error or _speed(rounds, measured)


def _broken(alone: Measured) -> Finding:
    (rank,) = alone.nodes
    found = f"its own GPUs can't do it together: {alone.error}"
    return failed("all_reduce", found, "the right sums", _NODE_MEND, NODE)._replace(rank=rank)


def _unstarted(rank: int, error: str) -> Finding:
    mend = f"see that it starts in the image; if it does on other nodes, {_NODE_MEND}"
    return failed("all_reduce", f"its processes don't start: {error}", "the right sums", mend, NODE)._replace(
        rank=rank
    )


def _blamed(rounds: Rounds, whole: Measured) -> list[Finding]:
    conclusion = rounds.conclusion
    if conclusion.bad:
        return [_bad(rounds, rank) for rank in conclusion.bad]
    found = _outcome(rounds, whole)
    if len(whole.nodes) == 2:
        found += "; which of two nodes it is can't be told"
    elif not rounds.pairs:
        found += f"; the node wasn't looked for: {rounds.why_not}"
    elif conclusion.unsettled:
        found += f"; no node is faster with another ({ranks_text(list(conclusion.unsettled))})"
    else:
        slowest = min(each.gbps or 0 for each in rounds.pairs)
        found += f"; yet each pair of nodes reaches {gbps_text(slowest)}"
    mend = _COMMON_MEND
    if len(whole.nodes) == 2:
        mend = f"check three nodes or more: they tell which one it is; {mend}"
    return [failed("all_reduce", found, wanted(rounds), mend, COMMON)]


def _bad(rounds: Rounds, rank: int) -> Finding:
    least = rounds.least_gbps
    with_it = [each for each in rounds.pairs if rank in each.nodes and not each.is_well(least)]
    well = [each.gbps or 0 for each in rounds.pairs if each.is_well(least)]
    best = max(with_it, key=lambda each: each.gbps or -1)
    others = " and ".join(str(node) for each in with_it for node in each.nodes if node != rank)
    whom = f"with rank{'s' if len(with_it) > 1 else ''} {others}"
    errors = [text for each in with_it for who, text in each.errors if who == rank]
    errors += [text for each in with_it for _, text in each.errors]
    what = f"{gbps_text(best.gbps)} at most {whom}" if best.gbps is not None else f"{errors[0]} ({whom})"
    found = f"{what}, where others reach {gbps_text(min(well))}"
    return failed("all_reduce", found, wanted(rounds), _NODE_MEND, NODE)._replace(rank=rank)
