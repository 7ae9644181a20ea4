"""What a ticket must not tell goes, whatever it is hidden in; what explains the trouble stays."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from probe.messages import Hello
from tests.ui.pages.ports.scene import LISTENERS, listener
from ui.pages.ports.redaction import Redactor
from ui.pages.ports.ticket import ticket

HELLO = Hello(version="1.2", system="macos", host="mias-air.example.org", user="mia", root=False, pid=1)


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("app --password=hunter2 --port 80", "app --password=[secret] --port 80"),
        ("app --password hunter2 -v", "app --password [secret] -v"),
        ("app --db-password 'two words' -v", "app --db-password [secret] -v"),
        ("API_KEY=abc123 node x.js", "API_KEY=[secret] node x.js"),
        ("curl -H Authorization: Bearer abcdef123456", "curl -H Authorization: Bearer [secret]"),
        ("psql postgres://bob:pw@127.0.0.1/x", "psql postgres://bob:[secret]@127.0.0.1/x"),
        ("mysqld_safe -psesame --port 3306", "mysqld_safe -p[secret] --port 3306"),
        ("x ghp_abcdefghijklmnopqrstuvwx0123", "x [secret]"),
        ("x AKIAIOSFODNN7EXAMPLE", "x [secret]"),
        ("x 0123456789abcdef0123456789abcdef01", "x [secret]"),
        ("run http://h/?token=abc&x=1", "run http://h/?token=[secret]&x=1"),
        ("vim /Users/mia/a.txt /home/joe/b C:\\Users\\Ann\\c", "vim ~/a.txt ~/b ~\\c"),
        ("sync mia joe", "sync user-1 user-2"),
        ("nc 8.8.8.8 53", "nc public-address-1 53"),
        ("nc 2606:4700::1111 53", "nc public-address-1 53"),
        ("curl https://shop.example.com/x", "curl https://host-1/x"),
        ("ssh deploy@build.example.com", "ssh deploy@host-1"),
    ],
)
def test_secrets_names_homes_and_public_addresses_go(qapp: QApplication, command: str, left: str) -> None:
    redactor = Redactor(("mia", "joe", "root"), ())
    assert redactor.text(command) == left


@pytest.mark.parametrize(
    "command",
    [
        "node /opt/homebrew/bin/vite --port 5000 --host 127.0.0.1",
        "postgres -D /var/lib/postgresql/16/main",
        "python3.12 -m http.server 9000 --bind 192.168.1.23",
        "nginx: master process /usr/sbin/nginx -g daemon on;",
        "/System/Library/CoreServices/ControlCenter.app/Contents/MacOS/ControlCenter",
        "java -Xmx512m -jar app.jar --server.port=8080",
        "x http://localhost:80/ http://10.0.0.1:80/ fe80::1%en0 ::1 [::]:22",
    ],
)
def test_what_explains_the_trouble_stays(qapp: QApplication, command: str) -> None:
    assert Redactor(("mia",), ("mias-air",)).text(command) == command


def test_the_same_name_becomes_the_same_word_and_all_is_counted(qapp: QApplication) -> None:
    redactor = Redactor(("mia", "joe"), ("alpha.example.org",))
    assert redactor.text("joe mia joe") == "user-2 user-1 user-2"
    assert redactor.text("alpha") != "alpha"
    assert redactor.said() == "Redacted, by place: 3 user names, 1 host name."
    assert Redactor((), ()).said() == "Redacted, by place: nothing."


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
