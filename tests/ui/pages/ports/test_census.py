from __future__ import annotations

import random

import msgspec

from tests.ui.pages.ports.scene import LISTENERS, NODE
from ui.pages.ports.census import Census
from ui.pages.ports.columns import ListenerRow, Mark


def census_of_scene() -> Census:
    census = Census()
    for each in LISTENERS:
        census.put(each.key().name, ListenerRow(each))
    return census


def test_it_counts_and_groups() -> None:
    census = census_of_scene()
    assert (census.total, census.processes, census.hidden) == (14, 9, 3)
    assert [each.address for each in census.on_port(5000)] == ["127.0.0.1", "::"]
    assert [each.port for each in census.of_process(431)] == [5000, 7000]
    assert census.of_process(None) == []
    assert census.elsewhere("en0") == 6
    assert census.elsewhere("lo0") == 2


def test_what_is_closed_or_gone_does_not_count() -> None:
    census = census_of_scene()
    census.put(NODE.key().name, ListenerRow(NODE, Mark.CLOSED))
    assert (census.total, census.processes) == (13, 8)
    census.put(NODE.key().name, ListenerRow(NODE))
    assert census.total == 14
    census.drop(NODE.key().name)
    census.drop(NODE.key().name)
    assert (census.total, len(census.on_port(5000))) == (13, 1)


def test_after_many_changes_it_counts_as_if_from_the_start() -> None:
    dice = random.Random(3)
    census = Census()
    kept: dict[str, ListenerRow] = {}
    for _ in range(2000):
        each = dice.choice(LISTENERS)
        key = each.key().name
        if dice.random() < 0.3:
            census.drop(key)
            kept.pop(key, None)
            continue
        now = msgspec.structs.replace(each, pid=dice.choice((None, 1, 2, 3)), owner=dice.choice(("proved", "hidden")))
        mark = dice.choice((Mark.NONE, Mark.NEW, Mark.CLOSED))
        census.put(key, ListenerRow(now, mark))
        kept[key] = ListenerRow(now, mark)
    present = [row.listener for row in kept.values() if row.mark is not Mark.CLOSED]
    assert census.total == len(present)
    assert census.processes == len({each.pid for each in present} - {None})
    assert census.hidden == sum(each.owner == "hidden" for each in present)
    assert census.elsewhere("lo0") == sum(each.scope != "all" and each.interface != "lo0" for each in present)
