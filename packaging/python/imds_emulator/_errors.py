"""What can go wrong, as one error."""

from __future__ import annotations


class ImdsError(Exception):
    """The emulator could not be started, or refused what it was asked; its text says all that was wrong."""
