"""Turns a recorded table of lsof into the field output lsof -F prints of the same files."""

from __future__ import annotations


def as_fields(table: str) -> str:
    """COMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME (STATE), names given as -n prints them."""
    printed = []
    for line in table.splitlines():
        words = line.split()
        if not words or words[0] == "COMMAND":
            continue
        command, pid, user, descriptor, family, device, _, protocol, name = words[:9]
        name = name.replace("localhost:", "127.0.0.1:")
        file = [f"f{descriptor.rstrip('urw')}", f"t{family}", f"d{device}", f"P{protocol}", f"n{name}"]
        if len(words) > 9:
            file.append(f"TST={words[9].strip('()')}")
        printed.append(f"p{pid}\0c{command}\0L{user}\0\n" + "\0".join(file) + "\0\n")
    return "".join(printed)
