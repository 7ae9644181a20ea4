"""The work tree around a folder, read from what git itself wrote there, and from what is none."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from net.ports.repository import WorkTree, work_tree

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *words: str) -> str:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", *settings, *words], cwd=folder, check=True, capture_output=True, text=True, env=environment
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "server" / "static").mkdir(parents=True)
    git(folder, "init")
    git(folder, "commit", "--allow-empty", "-m", "one")
    return folder


@needs_git
def test_a_folder_deep_inside_names_root_and_branch(repository: Path) -> None:
    git(repository, "checkout", "-b", "feature/airplay")
    assert work_tree(str(repository / "server" / "static")) == WorkTree(str(repository), "feature/airplay")


@needs_git
def test_a_detached_head_is_the_beginning_of_the_commit(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "--detach")
    assert work_tree(str(repository)) == WorkTree(str(repository), commit[:12])


@needs_git
def test_a_linked_work_tree_has_its_own_branch(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-b", "side", str(tmp_path / "beside"))
    assert work_tree(str(tmp_path / "beside")) == WorkTree(str(tmp_path / "beside"), "side")


def test_no_work_tree(tmp_path: Path) -> None:
    assert work_tree(str(tmp_path)) is None
    assert work_tree(str(tmp_path / "vanished (deleted)")) is None
    assert work_tree("/") is None


def test_an_empty_folder_of_that_name_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/outer\n")
    (tmp_path / "inner" / ".git").mkdir(parents=True)
    assert work_tree(str(tmp_path / "inner")) == WorkTree(str(tmp_path), "outer")


@pytest.mark.parametrize(
    ("head", "branch"),
    [(b"", None), (b"ref: refs/heads/a\xff\x1b[31m\n", "a⟨0xFF⟩␛[31m"), (b"x" * 100_000, "x" * 12)],
)
def test_a_head_that_git_did_not_write_is_made_visible(tmp_path: Path, head: bytes, branch: str | None) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_bytes(head)
    assert work_tree(str(tmp_path)) == WorkTree(str(tmp_path), branch)


def test_a_pipe_in_place_of_a_file_stops_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".git")
    inner = tmp_path / "inner"
    (inner / ".git").mkdir(parents=True)
    os.mkfifo(inner / ".git" / "HEAD")
    assert work_tree(str(inner)) == WorkTree(str(inner), None)
    assert work_tree(str(tmp_path)) is None
