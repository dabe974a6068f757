"""Sizes that Fargate offers, as plain data: configuration checks them before any provider is imported."""

from collections.abc import Mapping

MEMORY_MIB_BY_CPU: Mapping[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}
"""Memory sizes, MiB, that Fargate offers for each cpu size, in units of 1/1024 vCPU.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
"""


DISK_GIB = (21, 200)
"""Smallest and largest disk of a task that may be asked for, GiB.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html
"""


def disk_problem(gib: int | None) -> str | None:
    """Return why Fargate would refuse a disk of `gib` GiB, or None."""
    low, high = DISK_GIB
    return None if gib is None or low <= gib <= high else f"given ephemeral_gib {gib}, allowed {low} to {high}"


def size_problem(cpu: int, memory_mib: int) -> str | None:
    """Return why Fargate would refuse this size, or None; both numbers as in `TaskArgs`."""
    if cpu not in MEMORY_MIB_BY_CPU:
        return f"given cpu {cpu}, allowed {', '.join(map(str, MEMORY_MIB_BY_CPU))}"
    allowed = MEMORY_MIB_BY_CPU[cpu]
    if memory_mib in allowed:
        return None
    step = allowed[1] - allowed[0] if len(allowed) > 3 else None
    sizes = f"{allowed[0]} to {allowed[-1]} in steps of {step}" if step else ", ".join(map(str, allowed))
    return f"given memory_mib {memory_mib}, allowed with cpu {cpu}: {sizes}"
