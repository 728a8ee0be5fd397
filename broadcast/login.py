"""Who the system says runs this process; the environment is never asked, since anybody may set it."""

from __future__ import annotations

import os
import pwd


def login_of_process() -> str:
    """Return the login of the process's real user.

    The real user, not the effective one: a program that was lent another's rights is still run by its caller.
    """
    return login_of(os.getuid())


def login_of(uid: int) -> str:
    """Return the login of a user number, the number itself where the system has no name for it."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # a container may run under a number that its user list does not know
        return str(uid)
