"""The cost table, and all that isn't in it."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from modelyard_preview.cost.charges import POOL
from modelyard_preview.cost.model import FIGURES, Amounts, Cost
from modelyard_preview.report.names import amount

_PERIODS = {"USD/hour": "/h", "USD/month": "", "USD/GB-month": "/GB", "USD/GB": "/GB"}


def cost(estimate: Cost) -> Iterator[RenderableType]:
    """Lines and totals in the three cases, then what has no price."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_footer=True)
    total = estimate.usd
    table.add_column("US dollars a month", footer="at least" if estimate.unpriced else "in all", ratio=1)
    table.add_column("price", justify="right", style="dim", no_wrap=True)
    for figure in FIGURES:
        style = "bold red" if estimate.budget and figure in estimate.budget.over else "bold"
        footer = Text(amount(total.of(figure)), style=style)
        table.add_column(figure, justify="right", footer=footer, no_wrap=True)
    for item in estimate.items:
        price = f"{item.price.value:g}{_PERIODS.get(item.price.unit, item.price.unit)}"
        table.add_row(item.what, price, *_cells(item.usd))
    yield Padding(table, (0, 0, 0, 2))
    yield Text("  list prices, before tax and discounts; spot prices move", style="dim")
    yield from _budget(estimate)
    yield from _unpriced(estimate)


def _cells(usd: Amounts) -> tuple[str, str, str]:
    return amount(usd.idle), amount(usd.expected), amount(usd.maximum)


def _budget(estimate: Cost) -> Iterator[RenderableType]:
    if estimate.budget is None:
        return
    limit = f"{estimate.budget.monthly_usd:,} dollars a month"
    over = estimate.budget.over
    if over:
        yield Text(f"  over the budget of {limit}: {', '.join(over)}", style="bold red")
    else:
        what = "what is priced is" if estimate.unpriced else "all of it is"
        yield Text(f"  {what} within the budget of {limit} in all three cases")


def _unpriced(estimate: Cost) -> Iterator[RenderableType]:
    if not estimate.unpriced:
        return
    pools = [entry.what for entry in estimate.unpriced if entry.what.startswith(POOL)]
    if pools:
        yield Text("  these of pools have no price, and may be most of the cost:", style="bold yellow")
        for what in pools:
            yield Text(f"    {what}", style="yellow")
    yield Text("  not in these figures:")
    table = Table.grid(padding=(0, 2))
    for entry in estimate.unpriced:
        table.add_row(entry.what, Text(entry.reason, style="dim"))
    yield Padding(table, (0, 0, 0, 4))
