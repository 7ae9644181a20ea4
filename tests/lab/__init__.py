"""Hosts built from network namespaces, and the real programs that run in them."""

from __future__ import annotations

from tests.lab.avahi import Advertised, Avahi
from tests.lab.host import CommandFailedError, Host
from tests.lab.laboratory import Lab, LabError
from tests.lab.process import Background, JsonRecord, ProcessEndedError

__all__ = [
    "Advertised",
    "Avahi",
    "Background",
    "CommandFailedError",
    "Host",
    "JsonRecord",
    "Lab",
    "LabError",
    "ProcessEndedError",
]
