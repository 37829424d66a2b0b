"""`python -m crmkit.cli` is `crmkit`."""

from crmkit.cli import main

main()
