"""One path for every public name, and a sentence about it."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections import Counter

import pytest

from tests.architecture.sources import Source, sources

# Where users import from. Everything else is the inside of one of these.
SHOP_WINDOWS = [
    "crmkit",
    "crmkit.classification",
    "crmkit.conditions",
    "crmkit.desks",
    "crmkit.duplicates",
    "crmkit.entities",
    "crmkit.errors",
    "crmkit.exchange",
    "crmkit.facts",
    "crmkit.history",
    "crmkit.metrics",
    "crmkit.persistence",
    "crmkit.persistence.sql",
    "crmkit.records",
    "crmkit.reporting",
    "crmkit.scheduling",
    "crmkit.store",
    "crmkit.testing",
    "crmkit.testing.contracts",
    "crmkit.testing.strategies",
]


def declared(source: Source) -> list[str]:
    """The names in `__all__`, as written."""
    for node in source.shows.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            return list(ast.literal_eval(node.value))
    return []


def defined(source: Source) -> set[str]:
    """The public names that a module makes; in a package's `__init__` also those it shows."""
    names: set[str] = set()
    for node in source.shows.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.ImportFrom(names=aliases) if source.path.stem == "__init__" and is_own(node):
                names |= {alias.asname or alias.name for alias in aliases}
    return {name for name in names if not name.startswith("_") and not is_type_variable(source, name)}


def is_own(node: ast.ImportFrom) -> bool:
    return node.level > 0 or (node.module or "").startswith("crmkit")


def is_type_variable(source: Source, name: str) -> bool:
    return any(
        isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == name
        and ast.unparse(node.value).startswith(("TypeVar(", "ParamSpec("))
        for node in source.tree.body
    )


@pytest.mark.parametrize("module", SHOP_WINDOWS)
def test_all_names_what_the_module_shows(module: str) -> None:
    (source,) = (source for source in sources() if source.module == module)

    assert sorted(declared(source)) == sorted(defined(source))


@pytest.mark.parametrize("module", SHOP_WINDOWS)
def test_every_public_name_exists(module: str) -> None:
    shown = importlib.import_module(module)

    assert [name for name in shown.__all__ if not hasattr(shown, name)] == []


@pytest.mark.parametrize("module", SHOP_WINDOWS)
def test_every_public_name_is_documented(module: str) -> None:
    shown = importlib.import_module(module)
    things = {name: getattr(shown, name) for name in shown.__all__}
    described = {name: thing for name, thing in things.items() if inspect.isclass(thing) or inspect.isroutine(thing)}

    assert shown.__doc__
    assert [name for name, thing in described.items() if not (thing.__doc__ or "").strip()] == []


@pytest.mark.parametrize("module", SHOP_WINDOWS)
def test_every_public_method_is_documented(module: str) -> None:
    shown = importlib.import_module(module)
    classes = [thing for name in shown.__all__ if inspect.isclass(thing := getattr(shown, name)) and thing.__module__.startswith("crmkit")]

    assert [
        f"{kind.__name__}.{name}"
        for kind in classes
        for name, member in vars(kind).items()
        if not name.startswith("_") and (inspect.isroutine(member) or isinstance(member, (property, classmethod, staticmethod)))
        if not (member.__doc__ or "").strip()
    ] == []


def test_every_public_name_has_one_path() -> None:
    shown = {module: importlib.import_module(module).__all__ for module in SHOP_WINDOWS}
    del shown["crmkit.testing.strategies"]  # a strategy is named after what it makes
    # A module may define what `crmkit` shows: then the short path is the one that is documented.
    paths = Counter(name for module, names in shown.items() for name in names if is_package(module) or name not in shown["crmkit"])

    assert [name for name, count in paths.items() if count > 1] == []


def is_package(module: str) -> bool:
    return hasattr(importlib.import_module(module), "__path__")
