"""What is said where the worker ends, or cannot begin."""

from __future__ import annotations

ENDED = "The part that runs networks stopped unexpectedly and is starting again; your work is safe."
KILLED = "The work did not stop by itself, so the part that runs networks was restarted; your work is safe."
CARD_LOST = "The graphics card stopped answering, so networks run on the CPU from now on; your work is safe."
DOWN = "The part that runs networks cannot be started; your work is safe. Save it, try again, or see the log."
SHARED = "/dev/shm"  # noqa: S108  (nothing is written there by this name)
"""Where Linux keeps the memory that processes share; a container may have none."""
NOT_SHARED = (
    f"The part that runs networks needs {SHARED}, which is missing here or can only be read; your work is safe. "
    "Have it mounted as a tmpfs, in a container with --tmpfs /dev/shm, and try again."
)


def down(error: BaseException) -> str:
    """What is said where `error` kept the worker from being started, several times."""
    shared = isinstance(error, OSError) and str(error.filename or "").startswith(SHARED)
    return NOT_SHARED if shared else DOWN
