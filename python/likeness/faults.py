"""Failures that end a command with one sentence."""

import sys


class Fault(Exception):
    """A failure that the user can understand; its text is one sentence."""


def run(main):
    """Runs a command; a fault ends it with its sentence on stderr and exit code 1."""
    try:
        main()
    except Fault as fault:
        sys.exit(f"{fault}")
    except KeyboardInterrupt:
        sys.exit(130)
