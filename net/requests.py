"""What can be asked of this host's network: the parameters of the watches, validated where they enter."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all requests."""


class Nothing(Request, frozen=True, kw_only=True):
    """A question without parameters."""


class InterfaceRequest(Request, frozen=True, kw_only=True):
    """``interfaces`` restricts to those names; empty means all. ``follow``: go on with what changes."""

    interfaces: tuple[str, ...] = ()
    follow: bool = True


class RouteRequest(Request, frozen=True, kw_only=True):
    """The address whose way out is asked; ``follow``: ask again after each change of the network."""

    address: str
    follow: bool = False


class ListenRequest(Request, frozen=True, kw_only=True):
    """Join ``groups`` (texts GROUP:PORT or [GROUP]:PORT) on each of ``interfaces``; empty: where the kernel would.

    ``count``: end after so many datagrams; ``keep``: hand on at most the newest so many per batch and count the rest
    (None: all). ``buffer_bytes`` is the receive buffer asked for.
    """

    groups: tuple[str, ...]
    interfaces: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    count: int | None = None
    keep: int | None = None
    buffer_bytes: int = 4 * 1024 * 1024


class SendRequest(Request, frozen=True, kw_only=True):
    """Send ``count`` datagrams to ``group`` (GROUP:PORT) from ``interface``, one each ``interval_ms``.

    The payload is ``text``, or ``hex``, or (both None) numbered and padded to ``size`` bytes.
    """

    group: str
    interface: str | None = None
    count: Annotated[int, msgspec.Meta(ge=1)] = 1
    interval_ms: Annotated[float, msgspec.Meta(ge=0)] = 1000
    ttl: Annotated[int, msgspec.Meta(ge=0, le=255)] = 1
    loop: bool = True
    size: Annotated[int, msgspec.Meta(ge=0, le=65507)] | None = None
    text: str | None = None
    hex: str | None = None


class PortsRequest(Request, frozen=True, kw_only=True):
    """Listeners of one ``port``, or of all; ``follow``: go on with what changes."""

    port: Port | None = None
    protocol: Literal["tcp", "udp"] | None = None
    follow: bool = True
