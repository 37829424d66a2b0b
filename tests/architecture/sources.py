"""The installed source of crmkit, parsed once."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import attrs

import crmkit

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(crmkit.__file__).parent


@attrs.frozen(slots=False)
class Source:
    path: Path
    text: str
    tree: ast.Module

    @functools.cached_property
    def shows(self) -> ast.Module:
        """What users see of it: its stub where names are loaded when asked for (decision 0008), else itself."""
        stub = self.path.with_suffix(".pyi")
        return ast.parse(stub.read_text("utf-8")) if stub.exists() else self.tree

    @property
    def name(self) -> str:
        """Its path in the package, as `entities/parties.py`."""
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def module(self) -> str:
        parts = ["crmkit", *self.path.relative_to(PACKAGE).with_suffix("").parts]
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def sources() -> tuple[Source, ...]:
    return tuple(Source(path, text := path.read_text("utf-8"), ast.parse(text)) for path in sorted(PACKAGE.rglob("*.py")))


def dotted(node: ast.expr) -> str:
    """The text of a name or an attribute, `datetime.now`; of anything else only what follows its last dot."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr}".lstrip(".")
    return ""
