"""A program of the lab: a DNS server with a fault, on UDP and TCP port 53 of one address.

python -m tests.lab.dns_server FAULT ADDRESS IPV4 [OTHER]

It knows one answer: IPV4, for every name. FAULT: none; every_second (of the questions for addresses by UDP), garbage,
wrong_id, wrong_question, cut (TC by UDP, and TCP is refused), refuses (REFUSED), other_source (answers by UDP
from the address OTHER), no_edns (drops what has an OPT record), closes (TCP connections are closed at once).
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Faulty:
    """What the server makes of a question; None: nothing is sent."""

    def __init__(self, fault: str, address: str) -> None:
        self.fault = fault
        self.address = address
        self.questions = 0

    def answer(self, wire: bytes, *, udp: bool) -> bytes | None:
        question = dns.message.from_wire(wire)
        if (
            self.fault == "silent"
            or (self.fault == "no_edns" and question.edns >= 0)
            or (udp and self._skips(question))
        ):
            return None
        if self.fault == "garbage":
            return os.urandom(7)
        response = dns.message.make_response(question)
        asked = question.question[0]
        if self.fault == "refuses":
            response.set_rcode(dns.rcode.REFUSED)
        elif self.fault == "cut" and udp:
            response.flags |= dns.flags.TC
        elif asked.rdtype == dns.rdatatype.A:
            response.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "A", self.address))
        if self.fault == "wrong_id":
            response.id = question.id ^ 1
        if self.fault == "wrong_question":
            response.question = [dns.rrset.from_text("other.test.", 0, "IN", "A")]
        return response.to_wire()

    def _skips(self, question: dns.message.Message) -> bool:
        if self.fault != "every_second" or question.question[0].rdtype != dns.rdatatype.A:
            return False
        self.questions += 1
        return self.questions % 2 == 0


def serve_udp(server: Faulty, sock: socket.socket, out: socket.socket) -> None:
    while True:
        wire, source = sock.recvfrom(65535)
        answer = server.answer(wire, udp=True)
        if answer is not None:
            out.sendto(answer, source)


def serve_tcp(server: Faulty, listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        with connection:
            if server.fault == "closes":
                continue
            (length,) = struct.unpack("!H", connection.recv(2, socket.MSG_WAITALL))
            answer = server.answer(connection.recv(length, socket.MSG_WAITALL), udp=False)
            if answer is not None:
                connection.sendall(struct.pack("!H", len(answer)) + answer)


def main() -> None:
    """Serve until killed."""
    fault, address, known, *other = sys.argv[1:]
    server = Faulty(fault, known)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.bind((address, 53))
    out = sock
    if other:
        out = socket.socket(family, socket.SOCK_DGRAM)
        out.bind((other[0], 53))
    if fault != "cut":
        listener = socket.create_server((address, 53), family=family)
        threading.Thread(target=serve_tcp, args=(server, listener), daemon=True).start()
    print("serving", flush=True)
    serve_udp(server, sock, out)


if __name__ == "__main__":
    main()
