"""Commands give their words, or an error that names them."""

from __future__ import annotations

import errno
import sys

import pytest

from net.platform.commands import CommandError, output, run


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_is_what_the_command_printed() -> None:
    assert output(python("print('en0')")) == "en0\n"


def test_the_command_speaks_the_c_locale_and_reads_nothing() -> None:
    assert output(python("import os, sys; print(os.environ['LC_ALL'], sys.stdin.read())")) == "C \n"


def test_a_failure_names_the_command_and_keeps_its_words() -> None:
    with pytest.raises(CommandError) as caught:
        output(python("import sys; sys.stderr.write('bad address'); sys.exit(68)"))
    assert caught.value.errno == errno.EIO
    assert "bad address" in str(caught.value)
    assert sys.executable in str(caught.value)
    assert caught.value.outcome.status == 68


def test_run_leaves_the_status_to_the_caller() -> None:
    outcome = run(python("import sys; print('out'); sys.stderr.write('not in table'); sys.exit(1)"))
    assert (outcome.stdout, outcome.stderr, outcome.status) == ("out\n", "not in table", 1)


def test_a_missing_command_is_named() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        output(["no-such-command-here", "-a"])
    assert caught.value.filename == "no-such-command-here"


def test_a_hanging_command_ends_in_a_timeout_that_names_it() -> None:
    with pytest.raises(TimeoutError, match=r"signal\.pause"):
        output(python("import signal; signal.pause()"), timeout=0.3)


def test_bytes_that_are_no_text_do_not_stop_the_reading() -> None:
    assert output(python(r"import sys; sys.stdout.buffer.write(b'a\xffb')")) == "a�b"
