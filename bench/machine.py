"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rag.adapters.onnx_embedder import available_cores

PACKAGES = ("onnxruntime", "faiss-cpu", "torch", "sentence-transformers", "langchain-core", "langchain-huggingface",
            "pypdfium2", "pypdf", "markitdown")  # fmt: skip


def describe_machine() -> str:
    """Return cores, memory, Python and versions in one line."""
    parts = [
        f"{available_cores()} cores ({_processor()})",
        f"{_memory_gib():.0f} GiB of memory",
        platform.system(),
        f"Python {platform.python_version()}",
        *(f"{package} {found}" for package in PACKAGES if (found := _version(package))),
    ]
    return ", ".join(parts)


class OtherWork:
    """How many cores were busy with the work of others while it was watched."""

    def __init__(self) -> None:
        self._began = (time.perf_counter(), _busy_s(), _own_s())

    def cores(self) -> float | None:
        """Return the mean since the watch began; None where the system does not tell (only Linux does)."""
        began, busy, own = self._began
        now_busy = _busy_s()
        if busy is None or now_busy is None:
            return None
        return max(0.0, (now_busy - busy - (_own_s() - own)) / (time.perf_counter() - began))


def _busy_s() -> float | None:
    """Return the seconds that all cores together were not idle, from proc_stat(5)."""
    try:
        times = Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()[1:]
    except OSError:
        return None
    user, nice, system, _, _, interrupt, soft_interrupt, stolen = map(int, times[:8])
    return (user + nice + system + interrupt + soft_interrupt + stolen) / os.sysconf("SC_CLK_TCK")


def _own_s() -> float:
    return sum(os.times()[:4])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
