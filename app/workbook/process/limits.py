"""Limits on this process's memory and working time, for the reading process."""

import sys
from typing import Final

SMALL: Final = 700 * 1_000_000
"""Up to 100,000 rows."""
LARGE: Final = 1_500 * 1_000_000


class _MemoryLimit:
    """Sets the limit; `in_force` is the last one set, in bytes, beside the `body` of the file itself."""

    in_force: int = 0
    body: int = 0

    def __call__(self, limit: int, body: int | None = None) -> None:
        """Let this process have `limit` bytes and the file's own. Where the system has no such limit, none is set."""
        self.in_force = limit
        self.body = self.body if body is None else body
        if sys.platform == "win32":
            _limit_windows(limit + self.body)
        else:
            _limit_posix(limit + self.body)


def _limit_posix(limit: int) -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    # no picture of the memory, which holds people's data, is left when a library aborts
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _PROCESS_MEMORY = 0x100
    _DIE_ON_UNHANDLED_EXCEPTION = 0x400
    _EXTENDED_LIMITS = 9

    class _Basic(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _Extended(ctypes.Structure):
        _fields_ = (
            ("Basic", _Basic),
            ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    _job: list[int] = []

    def _limit_windows(limit: int) -> None:
        """Put this process into a job of its own (once) and limit what the job's processes may commit.

        Written from the documented interface; not run on the machines where this was made.
        """
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        kernel.SetInformationJobObject.argtypes = (
            wintypes.HANDLE,
            ctypes.c_int,
            ctypes.c_void_p,
            wintypes.DWORD,
        )
        kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
        if not _job:
            made = kernel.CreateJobObjectW(None, None)
            if not made or not kernel.AssignProcessToJobObject(made, kernel.GetCurrentProcess()):
                return  # an older Windows inside another job: the time limit and the gate remain
            _job.append(made)
        limits = _Extended()
        limits.Basic.LimitFlags = _PROCESS_MEMORY | _DIE_ON_UNHANDLED_EXCEPTION
        limits.ProcessMemoryLimit = limit
        kernel.SetInformationJobObject(_job[0], _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))


limit_memory: Final = _MemoryLimit()


def limit_time(seconds: int) -> None:
    """End this process when it has worked so long from now on. Waiting, also for a busy machine, is no work."""
    if sys.platform == "win32":
        return  # its parent's patience is the limit
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))
