"""Tells whether a living process still writes a file: the system drops a lock when its holder dies, however it dies."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import msvcrt

    _FAR_BEYOND = 1 << 40  # Windows locks are mandatory: lock a byte that no journal ever reaches

    def try_lock(descriptor: int, *, without_locks: bool = False) -> bool:  # noqa: ARG001 - those of Windows all do
        """Lock the open file for this process without waiting; False when another process holds it."""
        position = os.lseek(descriptor, 0, os.SEEK_CUR)
        try:
            os.lseek(descriptor, _FAR_BEYOND, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, position, os.SEEK_SET)
        return True

else:
    import fcntl

    def try_lock(descriptor: int, *, without_locks: bool = False) -> bool:
        """Lock the open file for this process without waiting; False when another process holds it.

        ``without_locks`` is the answer where the file system knows no locks and nobody can tell; by default the file is
        left alone.
        """
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return without_locks
        return True
