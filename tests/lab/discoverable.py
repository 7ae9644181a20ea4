"""A program of the lab that is a device: it answers searches of SSDP, or probes of WS-Discovery, until stdin closes.

python -m tests.lab.discoverable ssdp DEVICE UUID
python -m tests.lab.discoverable wsd DEVICE UUID

It answers in both families and says ``ready`` first. A line on its stdin: ``hello`` announces, ``bye`` ends it all.
"""

from __future__ import annotations

import re
import select
import socket
import struct
import sys

GROUPS = ("239.255.255.250", "ff02::c")
PORTS = {"ssdp": 1900, "wsd": 3702}
SSDP_ANSWER = (
    "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: http://{address}:49152/description.xml\r\n"
    "SERVER: Linux/6.1 UPnP/1.1 LabDevice/1.0\r\nST: {target}\r\nUSN: uuid:{uuid}{suffix}\r\n\r\n"
)
SSDP_NOTICE = (
    "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\n"
    "LOCATION: http://{address}:49152/description.xml\r\nSERVER: Linux/6.1 UPnP/1.1 LabDevice/1.0\r\n"
    "NT: {target}\r\nNTS: ssdp:{what}\r\nUSN: uuid:{uuid}{suffix}\r\n\r\n"
)
SSDP_TARGETS = ("upnp:rootdevice", "urn:schemas-upnp-org:device:MediaServer:1")
WSD = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:p="http://schemas.microsoft.com/windows/pub/2005/07"><s:Header>'
    "<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>"
    "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/{action}</a:Action>"
    "<a:MessageID>urn:uuid:0a6dc791-2be6-4991-9af1-454778a1917a</a:MessageID><a:RelatesTo>{relates}</a:RelatesTo>"
    "</s:Header><s:Body>{opening}<a:EndpointReference><a:Address>urn:uuid:{uuid}</a:Address></a:EndpointReference>"
    "<d:Types>p:Computer</d:Types><d:Scopes>onvif://www.onvif.org/hardware/LabCam onvif://www.onvif.org/name/Hall%20cam"
    "</d:Scopes><d:XAddrs>http://{address}:5357/{uuid}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
    "{closing}</s:Body></s:Envelope>"
)


def joined(kind: str, device: str) -> list[socket.socket]:
    """One socket a family, which hears the group and answers from its port."""
    index = socket.if_nametoindex(device)
    made = []
    for family, group in zip((socket.AF_INET, socket.AF_INET6), GROUPS, strict=True):
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET:
            sock.bind(("", PORTS[kind]))
            membership = struct.pack("=4s4si", socket.inet_aton(group), bytes(4), index)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("=4s4si", bytes(4), bytes(4), index))
        else:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind(("::", PORTS[kind]))
            packed = socket.inet_pton(family, group) + struct.pack("=I", index)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, packed)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        made.append(sock)
    return made


def answers(kind: str, payload: bytes, uuid: str) -> list[str]:
    """What a search or probe is answered with."""
    text = payload.decode()
    if kind == "ssdp":
        suffixes = [(target, f"::{target}") for target in SSDP_TARGETS] if text.startswith("M-SEARCH") else []
        return [SSDP_ANSWER.format(address="192.0.2.1", target=t, uuid=uuid, suffix=s) for t, s in suffixes]
    message = re.search(r"MessageID>([^<]*)<", text)
    if "2005/04/discovery/Probe<" not in text or message is None:
        return []
    opening, closing = "<d:ProbeMatches><d:ProbeMatch>", "</d:ProbeMatch></d:ProbeMatches>"
    facts = {"relates": message[1], "uuid": uuid, "address": "192.0.2.1"}
    return [WSD.format(action="ProbeMatches", opening=opening, closing=closing, **facts)]


def notices(kind: str, what: str, uuid: str) -> list[str]:
    """What is told to the group on ``hello`` and ``bye``."""
    if kind == "ssdp":
        nts = "alive" if what == "hello" else "byebye"
        facts = {"address": "192.0.2.1", "what": nts, "uuid": uuid}
        return [SSDP_NOTICE.format(target=target, suffix=f"::{target}", **facts) for target in SSDP_TARGETS]
    tag = what.capitalize()
    facts = {"relates": "", "uuid": uuid, "address": "192.0.2.1"}
    return [WSD.format(action=tag, opening=f"<d:{tag}>", closing=f"</d:{tag}>", **facts)]


def main(kind: str, device: str, uuid: str) -> None:
    """Serve until stdin closes."""
    socks = joined(kind, device)
    index = socket.if_nametoindex(device)
    away = False
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([sys.stdin, *socks], [], [])
        if sys.stdin in readable:
            line = sys.stdin.readline()
            if not line:
                return
            away = line.strip() == "bye"
            for text in notices(kind, line.strip(), uuid):
                for each, group in zip(socks, GROUPS, strict=True):
                    scope = (0, index) if ":" in group else ()
                    each.sendto(text.encode(), (group, PORTS[kind], *scope))
        for sock in (each for each in socks if each in readable):
            payload, source = sock.recvfrom(65535)
            for text in () if away else answers(kind, payload, uuid):
                sock.sendto(text.encode(), source)


if __name__ == "__main__":
    main(*sys.argv[1:])
