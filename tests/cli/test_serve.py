"""``entraide serve`` leaves no process behind, whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer

import pytest

from entraide.cli.commands.serve import _watch


class Children:
    """Children that sleep: what was started, to look at afterwards."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[bytes]] = []

    def sleeping(self) -> subprocess.Popen[bytes]:
        return self._started("import time; time.sleep(60)")

    def failing(self) -> subprocess.Popen[bytes]:
        return self._started("raise SystemExit(3)")

    def _started(self, program: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
        self.started.append(child)
        return child

    @property
    def are_gone(self) -> bool:
        return all(child.poll() is not None for child in self.started)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_that_was_started(number: signal.Signals) -> None:
    children, before = Children(), signal.getsignal(number)
    timer = Timer(0.3, os.kill, (os.getpid(), number))
    timer.start()
    assert _watch(children.sleeping, children.sleeping) == 0
    timer.join()
    assert len(children.started) == 2
    assert children.are_gone
    assert signal.getsignal(number) is before


def test_a_signal_while_they_start_ends_them_too() -> None:
    children = Children()

    def interrupted() -> subprocess.Popen[bytes]:
        os.kill(os.getpid(), signal.SIGINT)
        return children.sleeping()

    assert _watch(interrupted, children.sleeping) == 0
    assert children.are_gone


def test_a_child_that_ends_by_itself_ends_the_others() -> None:
    children = Children()
    assert _watch(children.sleeping, children.failing) == 1
    assert children.are_gone


def test_a_killed_worker_is_started_again_and_the_others_stay() -> None:
    children = Children()

    def interrupt_then_end() -> None:
        children.started[1].kill()
        time.sleep(0.8)
        os.kill(os.getpid(), signal.SIGTERM)

    timer = Timer(0.5, interrupt_then_end)
    timer.start()
    assert _watch(children.sleeping, restarted=(children.sleeping,)) == 0
    timer.join()
    assert len(children.started) == 3
    assert children.are_gone


def test_a_worker_that_cannot_stay_alive_ends_the_office() -> None:
    children = Children()
    assert _watch(children.sleeping, restarted=(children.failing,)) == 1
    assert len(children.started) == 4
    assert children.are_gone


def test_a_child_that_does_not_start_leaves_none_behind() -> None:
    children = Children()

    def missing() -> subprocess.Popen[bytes]:
        raise FileNotFoundError

    with pytest.raises(FileNotFoundError):
        _watch(children.sleeping, missing)
    assert children.are_gone


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a promise of Linux only")
def test_a_killed_parent_leaves_no_child_behind() -> None:
    program = """
import os, subprocess, sys, time
from entraide.cli.commands.serve import end_with
child = subprocess.Popen(["sleep", "60"], start_new_session=True, preexec_fn=end_with(os.getpid()))
print(child.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _is_running(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 10
    while _is_running(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_running(child)


def _is_running(process: int) -> bool:
    """Whether a process lives; one that only waits to be buried does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
