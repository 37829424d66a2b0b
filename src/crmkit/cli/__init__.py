"""The command line: `crmkit report` over files of sales, and `crmkit demo`."""

from __future__ import annotations

import gc
import sys

from crmkit.errors import MissingExtraError

__all__ = ["main"]


def main() -> None:
    """Run the command that was typed."""
    try:
        from crmkit.cli.commands import commands  # noqa: PLC0415  an extra: without it this says which
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.stderr.write(f"Error: {MissingExtraError('cli', 'click')}\n")
        raise SystemExit(2) from None
    gc.disable()  # a command is over before collecting its garbage pays
    try:
        commands(prog_name="crmkit")
    finally:
        gc.freeze()  # at its end Python would look through everything once more
