from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.pages.bonjour.scene import service
from ui.pages.bonjour.name_parts import name_parts


@pytest.mark.parametrize(
    ("kind", "name", "parts"),
    [
        (
            "_sleep-proxy._udp",
            "70-35-60-63.1 Living Room",
            {"Called": "Living Room", "Intent": "70", "Portability": "35", "Marginal power": "60", "Total power": "63",
             "Features": "1"},
        ),
        (
            "_sleep-proxy._udp",
            "70-35-60-63 Old",
            {"Called": "Old", "Intent": "70", "Portability": "35", "Marginal power": "60", "Total power": "63"},
        ),
        ("_raop._tcp", "0266020000AB@Kitchen @ home", {"Called": "Kitchen @ home", "Device": "02:66:02:00:00:ab"}),
        (
            "_matter._tcp", "87E1B004E235A130-8FC7772401CD0696",
            {"Fabric": "87E1B004E235A130", "Node": "8FC7772401CD0696"},
        ),
        ("_raop._tcp", "no address@x", {}),
        ("_sleep-proxy._udp", "plain", {}),
        ("_matter._tcp", "plain", {}),
        ("_http._tcp", "0266020000AB@x", {}),
    ],
)  # fmt: skip
def test_names_made_by_a_rule_are_taken_apart(qapp: QApplication, kind: str, name: str, parts: dict[str, str]) -> None:
    assert {fact.label: fact.value for fact in name_parts(service(name, kind))} == parts
