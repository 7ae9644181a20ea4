"""A probe for tests: answers asks as a script of JSON says, so that the window can be tried without a network.

Usage: ``python scripted_probe.py SCRIPT.json``. The script is an object:
    hello      false: say nothing at the start
    first      raw text lines played right after the hello (``{id}`` stays as it is)
    answers    watch name -> list of steps played when it is asked; ``NAME SUBJECT`` goes first, where the subject is
               the ask's first group, its group or its address; ``all`` for a run that is not only passive
    stderr     lines said on stderr at the start
    exit       end with that code right after the start
    log        a file to which each ask and stop is appended
A step is an object: ``{"batch": [...]}``, ``{"problem": {...}}`` or ``{"end": true}`` (the id is added), one of these
with ``"repeat": n``; ``{"raw": "text"}`` (``{id}`` is replaced); ``{"size": n}`` (a line of n bytes without meaning);
``{"exit": code}``; or ``{"after_stop": step}``, played when the watch is stopped. A
watch that is asked to finish plays its ``{"after_finish": step}``, and ends.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def play(step: dict[str, Any], identity: int) -> None:
    if "exit" in step:
        os._exit(step["exit"])
    if "raw" in step:
        say(step["raw"].replace("{id}", str(identity)))
    elif "size" in step:
        say("x" * step["size"])
    else:
        repeat = step.get("repeat", 1)
        line = json.dumps({"id": identity, **{key: value for key, value in step.items() if key != "repeat"}})
        sys.stdout.write((line + "\n") * repeat)
        sys.stdout.flush()


def steps_for(ask: dict[str, Any], answers: dict[str, Any], watches: dict[int, str]) -> list[dict[str, Any]]:
    """The steps of the watch that is asked or stopped, which ``watches`` remembers by its id."""
    if ask.get("watch"):
        wanted = ask.get("with", {})
        subject = next(iter(wanted.get("groups", ())), None) or wanted.get("group") or wanted.get("address")
        subject = subject or ("all" if wanted.get("passive") is False else None)
        exact = f"{ask['watch']} {subject}"
        watches[ask["id"]] = exact if exact in answers else ask["watch"]
    steps: list[dict[str, Any]] = answers.get(watches.get(ask["id"], ""), [])
    return steps


def answer(ask: dict[str, Any], steps: list[dict[str, Any]]) -> None:
    later = {"after_stop": ask.get("stop"), "after_finish": ask.get("finish")}
    for step in steps:
        for name, wanted in later.items():
            if wanted and name in step:
                play(step[name], ask["id"])
        if ask.get("watch") and not later.keys() & step.keys():
            play(step, ask["id"])
    if ask.get("finish"):
        play({"end": True}, ask["id"])


def main() -> None:
    script = json.loads(Path(sys.argv[1]).read_text())
    log = Path(script["log"]).open("a") if "log" in script else None  # noqa: SIM115 - open until the end
    for line in script.get("stderr", []):
        sys.stderr.write(line + "\n")
    sys.stderr.flush()
    if script.get("hello", True):
        hello = {"version": "0", "system": "linux", "host": "alpha", "user": "me", "root": False, "pid": os.getpid()}
        say(json.dumps({"id": 0, "hello": hello}))
    for line in script.get("first", []):
        say(line)
    if "exit" in script:
        sys.exit(script["exit"])
    watches: dict[int, str] = {}
    for line in sys.stdin:
        ask = json.loads(line)
        if log is not None:
            log.write(line)
            log.flush()
        answer(ask, steps_for(ask, script.get("answers", {}), watches))


if __name__ == "__main__":
    main()
