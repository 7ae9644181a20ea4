"""The Bonjour page with a real probe looks at real responders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.lab import Advertised, Avahi, Lab, peers
from ui.interfaces import InterfaceBook
from ui.link import Link
from ui.pages.base import PageContext
from ui.pages.bonjour.page import BonjourPage
from ui.pages.bonjour.rows import Mark, ServiceRow, State, TypeRow
from ui.settings import Settings
from ui.widgets.empty_panel import Why

PRINTER = Advertised(
    name="Drucker · Büro 日本", type="_ipp._tcp", port=631, subtypes=("_universal",), txt=("rp=ipp/print", "note=oben")
)
WEB = Advertised(name="<b>web</b>", type="_http._tcp", port=8080, txt=("path=/fotos/",))
SPEAKER = Advertised(name="Speaker", type="_airplay._tcp", port=7000, txt=("model=AudioAccessory5,1",))
PATIENCE_MS = 15_000


@pytest.fixture
def page(fresh_lab: Lab, qapp: QApplication, tmp_path: Path) -> Iterator[BonjourPage]:
    """Looks from alpha; nobody has shown it yet."""
    link = Link(f"netns:{fresh_lab.alpha.netns}")
    settings = Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    book = InterfaceBook(link)
    page = BonjourPage(PageContext(link, settings, book))
    book.ask()
    link.start()
    yield page
    page.hidden()
    page.close_page()
    link.close()
    page.views.details.deleteLater()
    page.deleteLater()


def services(page: BonjourPage) -> dict[str, ServiceRow]:
    """The rows shown, by name."""
    return {line.service.name: line for line in page.proxy.shown_items() if isinstance(line, ServiceRow)}


def heard_on(page: BonjourPage) -> dict[str, tuple[str, ...]]:
    return {name: row.service.interfaces for name, row in services(page).items()}


def complete(page: BonjourPage, *names: str) -> bool:
    found = services(page)
    return set(names) <= found.keys() and all(found[name].service.addresses for name in names)


def test_real_services_come_change_and_go_under_the_interface_they_were_heard_on(
    fresh_lab: Lab, page: BonjourPage, qtbot: QtBot
) -> None:
    lab = fresh_lab
    with Avahi(lab, lab.beta, [PRINTER, WEB]) as beta, Avahi(lab, lab.delta, [SPEAKER]):
        page.shown()
        qtbot.waitUntil(lambda: complete(page, PRINTER.name, WEB.name, SPEAKER.name), timeout=PATIENCE_MS)
        assert heard_on(page) == {PRINTER.name: ("en0",), WEB.name: ("en0",), SPEAKER.name: ("en5",)}
        heads = [line.head.title for line in page.proxy.shown_items() if isinstance(line, TypeRow)]
        assert heads == ["AirPlay receiver", "Printer (IPP)", "Web page (HTTP)"]
        printer = services(page)[PRINTER.name].service
        assert (printer.host, printer.port, printer.txt) == ("beta.local.", 631, {"rp": "ipp/print", "note": "oben"})
        assert lab.beta.v4[0] in printer.addresses
        assert page.facts()[:2] == ("3 services of 2 hosts", "3 types")

        page.book.tick(page.book.rows[printer.key()].since + 60)
        beta.put(Advertised(name=PRINTER.name, type=PRINTER.type, port=632, txt=("rp=ipp/print", "note=unten")))
        qtbot.waitUntil(lambda: services(page)[PRINTER.name].mark is Mark.CHANGED, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: services(page)[PRINTER.name].service.port == 632, timeout=PATIENCE_MS)
        assert {"port", "txt:note"} <= set(services(page)[PRINTER.name].changes)

        beta.withdraw(WEB.name)
        qtbot.waitUntil(lambda: services(page)[WEB.name].state is State.GONE, timeout=PATIENCE_MS)
        assert page.badge.text == "2"
        qtbot.waitUntil(lambda: services(page)[WEB.name].ended == "goodbye", timeout=PATIENCE_MS)

        page.hidden()
        page.shown()
        page.model.flush()
        assert services(page)[SPEAKER.name].state is State.ASKED
        qtbot.waitUntil(lambda: services(page)[SPEAKER.name].state is State.ALIVE, timeout=PATIENCE_MS)
        assert services(page)[WEB.name].state is State.GONE


def test_with_an_interface_chosen_nothing_of_the_other_lan_is_ever_shown(
    fresh_lab: Lab, page: BonjourPage, qtbot: QtBot
) -> None:
    lab = fresh_lab
    seen: set[str] = set()
    page.model.changed.connect(lambda: seen.update(services(page)))
    with ExitStack() as stack:
        stack.enter_context(peers.foreign_joiner(lab.alpha, "224.0.0.251", 5353, "en0", "en5"))
        beta = stack.enter_context(Avahi(lab, lab.beta, [PRINTER]))
        delta = stack.enter_context(Avahi(lab, lab.delta, [SPEAKER]))
        qtbot.waitUntil(lambda: "en5" in page.context.interfaces.by_name, timeout=PATIENCE_MS)
        interfaces = page.context.interfaces.by_name
        page.set_interface(interfaces["en0"])
        page.shown()
        qtbot.waitUntil(lambda: complete(page, PRINTER.name), timeout=PATIENCE_MS)
        delta.put(Advertised(name="Late", type="_http._tcp", port=80))
        beta.put(WEB)
        qtbot.waitUntil(lambda: complete(page, WEB.name), timeout=PATIENCE_MS)
        assert seen == {PRINTER.name, WEB.name}

        page.set_interface(interfaces["en5"])
        assert services(page) == {}
        seen.clear()
        qtbot.waitUntil(lambda: complete(page, SPEAKER.name, "Late"), timeout=PATIENCE_MS)
        assert seen == {SPEAKER.name, "Late"}

        page.set_interface(interfaces["ipsec0"])
        assert page.empty.emptiness is not None
        assert page.empty.emptiness.why is Why.CANNOT_WORK
        assert page.empty.emptiness.title.startswith("Bonjour skips ipsec0 by design")


def test_a_typed_subtype_is_browsed_and_a_wrong_type_is_refused_by_the_probe(
    fresh_lab: Lab, page: BonjourPage, qtbot: QtBot
) -> None:
    with Avahi(fresh_lab, fresh_lab.beta, [PRINTER, WEB]):
        page.shown()
        page.typed.browse("_universal._sub._ipp._tcp")
        qtbot.waitUntil(lambda: page.book.claims("_universal._sub._ipp._tcp") == 1, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: complete(page, PRINTER.name, WEB.name), timeout=PATIENCE_MS)
        page.typed.browse("ipp")
        qtbot.waitUntil(lambda: page.strip.field.refusal.text() != "", timeout=PATIENCE_MS)
        assert "RFC 6763" in page.strip.field.refusal.text()
        assert page.strip.types() == ("_universal._sub._ipp._tcp",)
        assert page.banners.notices() == []


def test_the_records_of_a_service_and_the_matrix_tell_where_it_was_heard(
    fresh_lab: Lab, page: BonjourPage, qtbot: QtBot
) -> None:
    lab = fresh_lab
    with Avahi(lab, lab.beta, [PRINTER]), Avahi(lab, lab.delta, [SPEAKER]):
        page.shown()
        qtbot.waitUntil(lambda: complete(page, PRINTER.name, SPEAKER.name), timeout=PATIENCE_MS)
        page.service_views.switch.choose("matrix")
        row = services(page)[PRINTER.name]
        assert page.service_views.select_key(row.key)
        wanted = {"PTR", "SRV", "TXT", "A"}
        qtbot.waitUntil(lambda: wanted <= {record.type for record in page.records_pane.records}, timeout=PATIENCE_MS)
        sightings = [each for record in page.records_pane.records for each in record.sightings]
        assert {each.interface for each in sightings} == {"en0"}
        assert {
            each.ttl for record in page.records_pane.records if record.type == "SRV" for each in record.sightings
        } == {120}
        names = page.service_views.matrix.names
        assert names[:2] == ("en0", "en5")
        assert "ipsec0" in names
        cells = page.front().rows_as_text(selected=True)
        heard = dict(zip(cells[0], cells[1], strict=True))
        assert heard["en0"] == "heard"
        assert heard["en5"].startswith("silent")
        assert heard["ipsec0"].startswith("skipped: ")


def test_a_quiet_page_knows_what_hosts_announce(fresh_lab: Lab, page: BonjourPage, qtbot: QtBot) -> None:
    page.strip.quiet.setChecked(True)
    page.shown()
    qtbot.waitUntil(lambda: "en0" in page._states, timeout=PATIENCE_MS)
    with Avahi(fresh_lab, fresh_lab.beta, [PRINTER]):
        qtbot.waitUntil(lambda: PRINTER.name in services(page), timeout=PATIENCE_MS)
        assert heard_on(page)[PRINTER.name] == ("en0",)
