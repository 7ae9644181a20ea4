from __future__ import annotations

from dataclasses import replace as with_fields

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from discovery.records import BrowseState, Claimant
from tests.ui.pages.bonjour.scene import SERVICES, STATES, records_of, service
from tests.ui.scenes import INTERFACES
from ui.pages.bonjour.details import Surroundings, describe_host, describe_service, describe_type, txt_text
from ui.pages.bonjour.rows import HostRow, Mark, State, TypeRow, head_of, host_key, new_row
from ui.pages.bonjour.txt_details import MOST_KEYS
from ui.widgets.details_form import Details, Fact

PRINTER = SERVICES[2]
AROUND = Surroundings({interface.name: interface for interface in INTERFACES})


def details(record: object = PRINTER, now: float = 0.0, around: Surroundings = AROUND, **more: object) -> Details:
    row = with_fields(new_row(record, 0.0), **more)  # type: ignore[arg-type]
    return describe_service(row, around, now, ())


def facts(shown: Details) -> dict[str, Fact]:
    return {fact.label: fact for section in shown.sections for fact in section.facts}


def paragraphs(shown: Details) -> str:
    return "\n".join(section.text for section in shown.sections if section.text)


def test_all_facts_of_a_service_are_told(qapp: QApplication) -> None:
    shown = details()
    values = {label: fact.value for label, fact in facts(shown).items()}
    assert shown.title == "Drucker im Flur"
    assert values["Kind"] == "Printer (IPP)"
    assert values["Type"] == "_ipp._tcp"
    assert (values["Host"], values["Port"], values["SRV TTL"]) == ("printer.local", "631", "120 s")
    assert values["Subtypes"] == "_print\n_universal"
    assert values["IPv4"] == "192.168.1.40"
    assert values["IPv6 local"] == "fd66:1::40"
    assert values["IPv6 link-local"] == "fe80::ba27:ebff:fe12:3456%en0"
    assert values["en0"] == "heard · Wi-Fi"
    assert '"host": "printer.local."' in shown.raw


@pytest.mark.parametrize(("where", "said"), [("en5", "on another link"), ("en0", "Two hosts claim this name")])
def test_another_host_of_the_same_name_is_told_with_what_that_means(qapp: QApplication, where: str, said: str) -> None:
    other = Claimant(host="printb.local.", port=9999, interfaces=(where,))
    shown = facts(details(replace(PRINTER, also=(other,))))["Same name"]
    assert shown.value == f"also printb.local:9999 on {where}"
    assert said in shown.note


def test_txt_is_a_table_with_the_meaning_of_known_keys(qapp: QApplication) -> None:
    shown = facts(details())
    assert shown["rp"].value == "ipp/print"
    assert "resource path" in shown["rp"].note
    odd = facts(details(service("x", txt={"nobody": "1", "flag": None, "empty": "", "raw": "hex:00ff10"})))
    assert (odd["nobody"].value, odd["nobody"].note) == ("1", "")
    assert odd["flag"].value == "(no value)"
    assert odd["empty"].value == "(empty)"
    assert (odd["raw"].value, odd["raw"].fixed) == ("hex 00 ff 10", True)


def test_the_type_is_explained_with_its_source_and_what_is_unverified_says_so(qapp: QApplication) -> None:
    assert "Used by" in paragraphs(details())
    assert "Source: " in paragraphs(details())
    assert "Unverified" not in paragraphs(details())
    assert "Unverified" in paragraphs(details(service("x", "_osc._udp")))
    assert "does not have it" in paragraphs(details(service("x", "_nobody-knows._tcp")))


def test_what_is_not_heard_yet_is_said(qapp: QApplication) -> None:
    shown = details(service("x", host=None, port=None, addresses=(), ttl=None, interfaces=()))
    values = {label: fact.value for label, fact in facts(shown).items()}
    assert values["Host"] == values["Port"] == "not heard yet"
    assert values["Address"] == "none heard yet"
    assert values["Heard on"] == "no interface now"
    assert facts(details(service("x", port=0)))["Port"].value.startswith("0: a name only")


@pytest.mark.parametrize(
    ("state", "mark", "said"),
    [
        (State.ALIVE, Mark.NONE, "alive · for 42 s"),
        (State.ALIVE, Mark.CHANGED, "~ changed: port"),
        (State.GONE, Mark.NONE, "gone 0:42 ago · withdrawn or expired"),
    ],
)
def test_its_state_is_one_line(qapp: QApplication, state: State, mark: Mark, said: str) -> None:
    assert details(now=42.0, state=state, mark=mark, changes=("port",)).state == said


def test_hostile_text_is_shown_on_one_line_and_a_long_value_is_capped_but_copied_whole(qapp: QApplication) -> None:
    hostile = service(
        "evil\u202egnp", host="ho\nst.local.", subtypes=("_a\nb",), txt={"k\u202e" * 30: "v\n<b>", "long": "z" * 9_000}
    )
    shown = details(hostile)
    for label, fact in facts(shown).items():
        assert "\u202e" not in label
        assert len(label) <= 24
        assert "\u202e" not in fact.value
    assert facts(shown)["Host"].value == "ho␊st.local"
    assert facts(shown)["long"].cap < 1000
    assert "z" * 9_000 in shown.as_text()
    assert "z" * 9_000 in txt_text(hostile)
    assert "v␊<b>" in txt_text(hostile)
    assert "\\u202e" in shown.raw


def test_of_very_many_keys_the_rest_is_counted(qapp: QApplication) -> None:
    many = service("x", txt={f"k{number}": "v" for number in range(200)})
    shown = facts(details(many))
    assert shown["…"].value == f"{200 - MOST_KEYS} more keys, in Copy TXT"
    assert txt_text(many).count("\n") == 200


def test_a_type_tells_its_services_hosts_and_keys(qapp: QApplication) -> None:
    rows = [new_row(record, 0.0) for record in (PRINTER, replace(PRINTER, name="Zweiter", host="other.local."))]
    shown = describe_type(TypeRow(head_of("_ipp._tcp"), alive=2, gone=1, interfaces=("en0",)), rows)
    values = {label: fact.value for label, fact in facts(shown).items()}
    assert (shown.title, shown.state) == ("Printer (IPP)", "_ipp._tcp")
    assert (values["Services"], values["Gone lately"]) == ("2", "1")
    assert values["Hosts"] == "other.local\nprinter.local"
    assert "resource path" in values["rp"]


def test_each_address_says_where_its_record_was_heard(qapp: QApplication) -> None:
    around = with_fields(AROUND, records=records_of(replace(PRINTER, interfaces=("en0", "en5")), at=1000.0))
    assert facts(details(around=around))["IPv4"].value == "192.168.1.40  en0 en5"
    assert facts(details(around=around))["IPv6 link-local"].value == "fe80::ba27:ebff:fe12:3456%en0"
    gone = with_fields(AROUND, records=records_of(PRINTER, at=1000.0, ended="expired"))
    assert facts(details(around=gone))["IPv4"].value == "192.168.1.40"


def test_each_interface_says_what_came_of_listening_there(qapp: QApplication) -> None:
    states = {state.interface: state for state in (*STATES, BrowseState(interface="en5", since=0.0))}
    values = {label: fact.value for label, fact in facts(details(around=with_fields(AROUND, states=states))).items()}
    assert values["en0"] == "heard · Wi-Fi"
    assert values["en5"] == "silent: listened to, this service was not heard"
    assert values["en4"] == "join failed · ENODEV 19: No such device"
    assert values["utun3"] == "skipped: a tunnel"


def test_a_host_tells_its_addresses_and_what_it_offers(qapp: QApplication) -> None:
    rows = [new_row(PRINTER, 0.0), with_fields(new_row(replace(PRINTER, name="Alt"), 0.0), state=State.GONE)]
    row = HostRow(host_key("printer.local."), "printer.local.", 1, 1, PRINTER.addresses, ("en0",))
    shown = describe_host(row, rows)
    values = {label: fact.value for label, fact in facts(shown).items()}
    assert (shown.title, shown.state) == ("printer.local", "offers services")
    assert values["Printer (IPP)"] == "Drucker im Flur · 631"
    assert (values["Services"], values["Gone lately"], values["Heard on"]) == ("1", "1", "en0")
    assert values["IPv4"] == "192.168.1.40"
    assert describe_host(HostRow(host_key(None), None), ()).title == "Host not heard yet"
