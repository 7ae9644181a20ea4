from __future__ import annotations

from dataclasses import replace as with_fields

from PySide6.QtWidgets import QApplication

from tests.ui.pages.bonjour.scene import SERVICES, service
from ui.pages.bonjour.copying import export_table, what_to_copy
from ui.pages.bonjour.rows import State, new_row


def test_each_part_of_a_service_can_be_copied(qapp: QApplication) -> None:
    copies = {key: text for key, _, text in what_to_copy(new_row(SERVICES[0], 0.0))}
    assert copies == {
        "name": "Familienfotos · Büro",
        "host": "beta.local",
        "endpoint": "192.168.1.20:8080",
        "url": "http://beta.local:8080/fotos/",
        "txt": "path=/fotos/\nu=gast\n",
        "all": "",
    }


def test_nothing_is_offered_that_is_not_known(qapp: QApplication) -> None:
    bare = service("x", "_nobody-knows._tcp", host=None, port=None, addresses=())
    assert [key for key, _, _ in what_to_copy(new_row(bare, 0.0))] == ["name", "all"]


def test_what_is_copied_hides_nothing(qapp: QApplication) -> None:
    hostile = service("a\u202eb\x1b[31m", txt={"k": "v\r\nrm -rf /"})
    copies = {key: text for key, _, text in what_to_copy(new_row(hostile, 0.0))}
    assert copies["name"] == "a⟨U+202E⟩b␛[31m"
    assert copies["txt"] == "k=v␍␊rm -rf /\n"


def test_a_table_has_every_fact_in_a_column_of_its_own(qapp: QApplication) -> None:
    rows = [new_row(SERVICES[2], 0.0), with_fields(new_row(service("x", "_xyz._tcp"), 0.0), state=State.GONE)]
    titles, printer, gone = export_table(rows)
    assert titles == ("Name", "Type", "Kind", "Host", "Port", "Addresses", "Heard on", "TXT", "State")
    assert printer[:5] == ("Drucker im Flur", "_ipp._tcp", "Printer (IPP)", "printer.local", "631")
    assert printer[6] == "en0"
    assert "ty=Laser 3000" in printer[7]
    assert (gone[2], gone[8]) == ("", "gone")
