"""What torch can compute on here."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path

import torch

from explorer.maths.records import Device
from explorer.maths.sentences import Refusal

WITHOUT_DOUBLE = {"mps"}
"""Kinds of devices that have no float64."""


class DeviceError(Refusal):
    """A device was asked for that is not here."""


@cache
def devices() -> tuple[Device, ...]:
    """The devices there are, the one used by default first: CUDA (and ROCm), then Apple's MPS, then the CPU."""
    found = []
    if torch.cuda.is_available():
        for i in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(i)
            found.append(Device(f"cuda:{i}", properties.name, properties.total_memory))
    if torch.backends.mps.is_available():
        found.append(Device("mps", "Apple GPU", torch.mps.recommended_max_memory()))
    return *found, Device("cpu", _processor(), _memory())


def checked(id: str) -> str:
    """`id`, which is one of the devices here. Raises DeviceError."""
    ids = [device.id for device in devices()]
    if id not in ids:
        raise DeviceError(f"There is no device “{id[:40]}” here: choose {' or '.join(ids)}.")
    return id


def doubled(x: torch.Tensor) -> torch.Tensor:
    """These numbers as float64: on their device, or where it has none, beside the processor."""
    return (x if has_double(x.device) else x.cpu()).double()


def has_double(device: torch.device) -> bool:
    """Whether a device computes with float64."""
    return device.type not in WITHOUT_DOUBLE


def free_memory(device: torch.device) -> int | None:
    """Bytes that can still be taken on a device; None where the system does not say."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)  # torch's own stock
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        for line in meminfo.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return min([int(line.split()[1]) * 1024, *_left_to_us()])
    return None


def _left_to_us(root: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> list[int]:
    """Bytes that the control groups this process is in leave it, as containers and batch systems set them."""
    found = []
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return []
    for line in lines:
        _, _, rest = line.partition(":")
        kinds, colon, path = rest.partition(":")
        v2 = bool(colon) and not kinds
        if not v2 and "memory" not in kinds.split(","):
            continue
        most, used = ("memory.max", "memory.current") if v2 else ("memory.limit_in_bytes", "memory.usage_in_bytes")
        top = root if v2 else root / "memory"
        place = top / path.lstrip("/")
        for folder in (place, *place.parents):
            try:
                limit, taken = ((folder / name).read_text().strip() for name in (most, used))
                cache = _statistic(folder / "memory.stat", "inactive_file")  # given back when it is needed
                if limit != "max" and int(limit) < 1 << 60:  # the old kind writes a huge number for none
                    found.append(max(0, int(limit) - int(taken) + cache))
            except (OSError, ValueError):
                pass
            if folder == top:
                break
    return found


def _statistic(file: Path, name: str) -> int:
    for line in file.read_text().splitlines():
        if line.startswith(f"{name} "):
            return int(line.split()[1])
    return 0


def use_threads(count: int | None = None) -> None:
    """Let torch compute with so many threads; by default one core is left to the window and the camera."""
    torch.set_num_threads(count or max(1, _cores() - 1))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or "CPU"


def _memory() -> int:
    """Bytes of main memory, 0 where the system does not say."""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if os.name == "nt":
        import ctypes

        kilobytes = ctypes.c_ulonglong()
        ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))  # type: ignore[attr-defined,unused-ignore]
        return kilobytes.value * 1024
    return 0
