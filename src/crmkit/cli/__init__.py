"""The command line: `crmkit report` over files of sales, and `crmkit demo`."""

from __future__ import annotations

import gc
import os
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
    except OSError as error:  # a full disk, for example; a broken pipe click ends by itself
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would try again to write the rest, and fail again
        sys.stderr.write(f"Error: {error.filename or 'the result cannot be written'}: {error.strerror}\n")
        raise SystemExit(1) from None
    finally:
        gc.freeze()  # at its end Python would look through everything once more
