"""A file that is written, replaced, removed and made anew is heard of each time; its neighbours are not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest

from net.platform.linux.file_changes import changes


async def heard(watching: AsyncGenerator[None, None]) -> None:
    async with asyncio.timeout(5):
        await anext(watching)


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
