"""
Write the catalogue of figures from the docstrings of `crmkit.metrics`.

    python docs/catalogue.py

A test holds that the page is what this makes.
"""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import crmkit.metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE = Path(__file__).parent / "reference" / "figures.md"
GROUPS = {
    "Profitability": ("profitability", "profit_tables", "loss_sources", "margin_tables", "payback", "productivity"),
    "Selling": ("selling", "selling_tables", "opportunity_tables", "pipeline_tables", "commissions"),
    "Marketing": ("marketing", "marketing_tables", "attribution"),
    "Service": ("service_tables", "service_times", "satisfaction"),
    "Retention": ("retention", "cohort_tables", "repeat_purchases"),
    "Forecast and offers": ("forecasting", "baskets"),
    "All of them": ("kpis",),
}
PARTS = ("Definition", "Unit", "Undefined when", "Source")
HEAD = """# Catalogue of figures

Made from the docstrings by `python docs/catalogue.py`. Arguments, columns and an example of each stand in [crmkit.metrics](metrics.md),
the reasons behind the definitions in [how the figures are defined](../explanation/definitions.md). Ratios are ratios: 0.25 is 25 %.
Undefined is an `UndefinedMetricError` from single values and null in tables.
"""


def figures() -> dict[str, Callable[..., object]]:
    """Every public function of `crmkit.metrics` by its name."""
    shown = {name: getattr(crmkit.metrics, name) for name in crmkit.metrics.__all__}
    return {name: thing for name, thing in shown.items() if inspect.isfunction(thing)}


def parts(figure: Callable[..., object]) -> dict[str, str]:
    """Summary, definition, unit, undefined case and source, each as one line."""
    text = inspect.getdoc(figure) or ""
    found = {"Summary": text.splitlines()[0]}
    for part in PARTS:
        match = re.search(rf"^{part}: (.+(?:\n +.+)*)", text, re.MULTILINE)
        found[part] = re.sub(r"\s+", " ", match[1]) if match else ""
    return found


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield HEAD
    known = figures()
    for group, modules in GROUPS.items():
        yield f"## {group}\n"
        for module in modules:
            source = importlib.import_module(f"crmkit.metrics.{module}")
            for name in [name for name in vars(source) if name in known and known[name].__module__ == source.__name__]:
                told = parts(known.pop(name))
                yield f"### `{name}`\n\n{told['Summary']}\n"
                yield "\n".join(f"- **{part}**: {told[part]}" for part in PARTS) + "\n"
    if known:
        message = f"figures without a group: {', '.join(known)}"
        raise SystemExit(message)


def page() -> str:
    """The whole page."""
    return "\n".join(lines()).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
