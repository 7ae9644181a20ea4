"""Opens listeners in many processes of its own and holds them until stdin closes: holders.py PROCESSES EACH."""

from __future__ import annotations

import os
import socket
import sys


def main(processes: int, each: int) -> None:
    """Print a line when all listen; every process ends when stdin, which they share, closes."""
    told, tell = os.pipe()
    children = []
    for _ in range(processes):
        child = os.fork()
        if not child:
            sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(each)]
            os.write(tell, b".")
            sys.stdin.read()
            os._exit(len(sockets) != each)
        children.append(child)
    ready = 0
    while ready < processes:
        ready += len(os.read(told, 4096))
    print("ready", flush=True)
    sys.stdin.read()
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
