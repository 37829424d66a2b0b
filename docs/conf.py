"""How Sphinx builds the documentation: `nox -s docs`."""

from __future__ import annotations

import importlib.metadata
import logging
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "crmkit"
author = "crmkit contributors"
project_copyright = "2026, crmkit contributors"
release = importlib.metadata.version("crmkit")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"crmkit {release}"
html_copy_source = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints_format = "short"
default_role = "code"
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # the fields of a class in its text: autodoc lists the members already

nitpicky = True
nitpick_ignore = [("py:class", "crmkit.desks.workplace.Workplace")]  # only Crm makes desks
nitpick_ignore_regex = [
    (r"py:.*", r"(?!crmkit\.).*"),  # names of other projects; no inventory is fetched to build
    (r"py:class", r"crmkit\..*\.[A-Z]"),  # type variables
]

PART_OF_A_DEFINITION = re.compile(r"^(Definition|Unit|Undefined when|Source): ")


def list_parts(_app: Sphinx, _what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Show definition, unit, undefined case and source of a figure as a list of fields."""
    lines[:] = [PART_OF_A_DEFINITION.sub(r":\1: ", line) for line in lines]


def setup(app: Sphinx) -> None:
    """Register what this project adds to Sphinx."""
    logging.getLogger("alembic").setLevel(logging.WARNING)  # a theme's dependency makes every logger speak
    app.connect("autodoc-process-docstring", list_parts)
