"""A program of the lab: a web server on one address that serves one folder.

python -m tests.lab.web ADDRESS PORT FOLDER
"""

from __future__ import annotations

import functools
import socket
import socketserver
import sys
from http.server import HTTPServer, SimpleHTTPRequestHandler


class Server(HTTPServer):
    """Does not look up its own name: http.server does, and on a host without DNS that takes half a minute."""

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]


class ServerOfIPv6(Server):
    """The same for IPv6."""

    address_family = socket.AF_INET6


def main() -> None:
    """Serve until killed."""
    address, port, folder = sys.argv[1:]
    kind = ServerOfIPv6 if ":" in address else Server
    kind((address, int(port)), functools.partial(SimpleHTTPRequestHandler, directory=folder)).serve_forever()


if __name__ == "__main__":
    main()
