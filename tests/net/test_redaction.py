"""What a ticket must not tell goes, whatever it is hidden in; what explains the trouble stays."""

from __future__ import annotations

import pytest

from net.redaction import Redactor


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
        ("heard from Miras-MacBook.local at 10.0.0.1", "heard from host-1.local at 10.0.0.1"),
        ("Living\\ Room._airplay._tcp.local", "service-1._airplay._tcp.local"),
        ("ether a4:83:e7:01:02:03 and A4-83-E7-01-02-03", "ether mac-1 and mac-1"),
        ("fe80::a683:e7ff:fe01:203%en0", "fe80::(mac-1)%en0"),
        ("fd66:1::a683:e7ff:fe01:203/64", "fd66:1::(mac-1)/64"),
    ],
)
def test_secrets_names_homes_and_public_addresses_go(command: str, left: str) -> None:
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
        "_airplay._tcp.local and _services._dns-sd._udp.local to 224.0.0.251",
        "01:00:5e:00:00:fb 33:33:00:00:00:fb ff:ff:ff:ff:ff:ff fe80::1%en0",
        "x http://localhost:80/ http://10.0.0.1:80/ fe80::1%en0 ::1 [::]:22",
    ],
)
def test_what_explains_the_trouble_stays(command: str) -> None:
    assert Redactor(("mia",), ("mias-air",)).text(command) == command


def test_the_same_name_becomes_the_same_word_and_all_is_counted() -> None:
    redactor = Redactor(("mia", "joe"), ("alpha.example.org",))
    assert redactor.text("joe mia joe") == "user-2 user-1 user-2"
    assert redactor.text("alpha") != "alpha"
    assert redactor.said() == "Redacted, by place: 3 user names, 1 host name."
    assert Redactor((), ()).said() == "Redacted, by place: nothing."
