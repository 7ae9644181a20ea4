"""A ticket tells the sockets, redacted, and says so."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from probe.messages import Hello
from tests.ui.pages.ports.scene import LISTENERS, listener
from ui.pages.ports.ticket import ticket

HELLO = Hello(version="1.2", system="macos", host="mias-air.example.org", user="mia", root=False, pid=1)


def test_a_ticket_tells_the_sockets_but_not_whose_they_are(qapp: QApplication) -> None:
    public = listener(81, "app", 7, "8.8.4.4", command="app --token=hunter2 /Users/mia/x", user="mia")
    text = ticket([*LISTENERS, public], ["Port 5000 is held by node."], HELLO)
    for private in ("mia", "8.8.4.4", "hunter2", "mias-air", "/Users/"):
        assert private not in text, private
    for telling in (
        "tcp [::]:5000 dual  ControlCenter  PID 431",
        "udp 0.0.0.0:5353",
        "_mdnsresponder",
        "hidden: needs root",
    ):
        assert telling in text, telling
    assert text.splitlines()[-1].startswith("Redacted, by place: ")
    assert "1 public address, 1 secret." in text
