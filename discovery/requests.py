"""What can be asked about other hosts: the parameters of the watches."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from net.requests import Request

Seconds = Annotated[float, msgspec.Meta(ge=0, le=86400)]
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class BrowseRequest(Request, frozen=True, kw_only=True):
    """Browse ``types`` (``_http._tcp``, also ``_sub._sub._http._tcp``; empty: all) on ``interfaces`` (empty: all).

    ``ledger``: hand on every record with its sightings too. ``quiet``: send nothing, know only what is heard.
    """

    types: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    ledger: bool = False
    quiet: bool = False


class HearRequest(Request, frozen=True, kw_only=True):
    """Hear every mDNS packet on ``interfaces`` (empty: all that carry Bonjour), sending nothing.

    ``packets``: hand on each MdnsPacket, with its sections as text where ``sections``; ``lint``: LintFindings,
    HostScores and Asked. ``pcapng`` is a file, where the probe runs, that gets every packet.
    """

    interfaces: tuple[str, ...] = ()
    packets: bool = True
    sections: bool = False
    lint: bool = False
    pcapng: str | None = None


class AskRequest(Request, frozen=True, kw_only=True):
    """Ask for the records of ``type`` of ``name`` (text with escapes) on ``interfaces``, and hear who answers.

    An empty ``type`` is PTR for a type of service, ANY for an instance or a host (``questions.usual_type``).
    ``qm``: answers by multicast; ``qu``: answers by unicast wanted; ``legacy``: from a port other than 5353, as a
    simple resolver does (RFC 6762 sections 5.4, 6.7).
    """

    name: str
    type: str = ""
    mode: Literal["qm", "qu", "legacy"] = "qm"
    interfaces: tuple[str, ...] = ()
    seconds: Seconds = 2.0


class VerifyRequest(Request, frozen=True, kw_only=True):
    """Ask again for a record that is held true, as RFC 6762 section 10.4 says, on ``interfaces``."""

    name: str
    type: str
    data: str | None = None
    interfaces: tuple[str, ...] = ()


class PublishRequest(Request, frozen=True, kw_only=True):
    """Announce ``name`` of ``type`` (``_http._tcp``) at ``port`` on ``interfaces`` until closed.

    ``host`` (without ``.local``) and ``addresses`` make it a proxy for another host. ``txt`` are the strings of the TXT
    record, ``key=value`` or ``key``; ``txt_hex`` its bytes as they are. ``point_to_point``: also on tunnels, AWDL.
    """

    name: str
    type: str
    port: Port
    host: str | None = None
    addresses: tuple[str, ...] = ()
    subtypes: tuple[str, ...] = ()
    txt: tuple[str, ...] = ()
    txt_hex: str | None = None
    interfaces: tuple[str, ...] = ()
    point_to_point: bool = False
    rename: bool = True


class SystemRequest(Request, frozen=True, kw_only=True):
    """Ask the system's own responder for ``types`` (empty: all) and set its answers beside what is heard here."""

    types: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()


class LadderRequest(Request, frozen=True, kw_only=True):
    """Find out, step by step, why nothing is found on ``interfaces`` (empty: all that carry Bonjour)."""

    interfaces: tuple[str, ...] = ()
    host: str | None = None
    seconds: Seconds = 2.0


class DevicesRequest(Request, frozen=True, kw_only=True):
    """Which devices are on ``interfaces`` (empty: all that carry Bonjour)? ``quiet``: send nothing, only listen."""

    interfaces: tuple[str, ...] = ()
    quiet: bool = False
