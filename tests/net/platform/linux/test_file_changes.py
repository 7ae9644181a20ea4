"""A file that is written, replaced, removed and made anew is heard of each time; its neighbours are not."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest

from net.platform.linux.file_changes import changes


async def heard(watching: AsyncGenerator[None, None]) -> None:
    async with asyncio.timeout(5):
        await anext(watching)


async def until(watching: AsyncGenerator[None, None], file: Path, text: str) -> None:
    """As often as it takes: a folder and what is in it may be heard of apart."""
    while True:
        await heard(watching)
        if text_of(file) == text:
            return


def text_of(file: Path) -> str | None:
    return file.read_text() if file.exists() else None


async def test_each_change_of_the_file_is_heard(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    async with aclosing(changes((file, tmp_path / "absent" / "resolv.conf"))) as watching:
        await heard(watching)
        file.write_text("made")
        await heard(watching)
        file.write_text("written")
        await heard(watching)
        other = tmp_path / "new"
        other.write_text("replaced")
        other.rename(file)
        await heard(watching)
        file.unlink()
        await heard(watching)


async def test_a_neighbour_in_the_folder_is_not_heard(tmp_path: Path) -> None:
    async with aclosing(changes((tmp_path / "resolv.conf",))) as watching:
        await heard(watching)
        (tmp_path / "hosts").write_text("127.0.0.1 localhost")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(watching), 0.1)


async def test_the_target_of_a_link_is_heard_wherever_it_appears(tmp_path: Path) -> None:
    file, target = tmp_path / "etc" / "resolv.conf", tmp_path / "run" / "resolved" / "resolv.conf"
    file.parent.mkdir()
    file.write_text("own")
    async with aclosing(changes((file,))) as watching:
        await heard(watching)
        new = tmp_path / "etc" / "new"
        new.symlink_to("../run/resolved/resolv.conf")
        new.rename(file)
        await heard(watching)
        target.parent.mkdir(parents=True)
        await heard(watching)
        target.write_text("appeared")
        await until(watching, file, "appeared")
        target.write_text("again")
        await until(watching, file, "again")


async def test_a_folder_that_is_removed_and_made_anew_is_watched_on(tmp_path: Path) -> None:
    folder = tmp_path / "run" / "resolved"
    file, target = tmp_path / "resolv.conf", folder / "resolv.conf"
    folder.mkdir(parents=True)
    target.write_text("first")
    file.symlink_to(target)
    async with aclosing(changes((file,))) as watching:
        await heard(watching)
        for number in ("second", "third"):
            shutil.rmtree(folder.parent)
            await heard(watching)
            folder.mkdir(parents=True)
            target.write_text(number)
            await until(watching, file, number)
            target.write_text(f"{number} written")
            await until(watching, file, f"{number} written")


async def test_a_folder_that_is_a_link_leads_to_another(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "resolv.conf").write_text(name)
    (tmp_path / "current").symlink_to("one")
    (tmp_path / "next").symlink_to("two")
    file = tmp_path / "current" / "resolv.conf"
    async with aclosing(changes((file,))) as watching:
        await heard(watching)
        (tmp_path / "next").rename(tmp_path / "current")
        await heard(watching)
        (tmp_path / "two" / "resolv.conf").write_text("written")
        await heard(watching)


async def test_links_in_a_circle_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    async with aclosing(changes((tmp_path / "a",))) as watching:
        await heard(watching)
        (tmp_path / "b").unlink()
        await heard(watching)
