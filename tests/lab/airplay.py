"""A program of the lab: answers like AirPlay Receiver of macOS, 403 without a body, on the addresses it is given.

python -m tests.lab.airplay PORT ADDRESS...
"""

from __future__ import annotations

import socket
import sys
import threading

ANSWER = (
    b"HTTP/1.1 403 Forbidden\r\n"
    b"Content-Length: 0\r\n"
    b"Server: AirTunes/860.7.1\r\n"
    b"X-Apple-ProcessingTime: 1\r\n"
    b"X-Apple-RequestReceivedTimestamp: 1515800386\r\n\r\n"
)
"""As recorded of a Mac by curl -i localhost:5000."""


def serve(server: socket.socket) -> None:
    """Answer whatever comes, one after the other."""
    while True:
        connection, _ = server.accept()
        with connection:
            if connection.recv(4096):
                connection.sendall(ANSWER)


def main() -> None:
    """Serve until killed."""
    port, *addresses = sys.argv[1:]
    threads = []
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        server = socket.create_server((address, int(port)), family=family)
        threads.append(threading.Thread(target=serve, args=(server,)))
    for thread in threads:
        thread.start()
    print("listening", flush=True)
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
