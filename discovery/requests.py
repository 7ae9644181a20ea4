"""What can be asked about other hosts: the parameters of the watches."""

from __future__ import annotations

from net.requests import Request


class BrowseRequest(Request, frozen=True, kw_only=True):
    """Browse ``types`` (``_http._tcp``, also ``_sub._sub._http._tcp``; empty: all) on ``interfaces`` (empty: all)."""

    types: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
