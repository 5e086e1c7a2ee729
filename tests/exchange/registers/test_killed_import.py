"""A worker killed in the middle of a large import: nothing is written, and it is tried again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from entraide.bench.imports import MUTUAL, list_of_members
from entraide.bench.measures import scratch_base, scratch_environment

PERSONS = 6_000
WORKER = (sys.executable, "-m", "django", "db_worker", "--queue-name", "*", "--batch")
# As the page does: the file is sent and read, then asked for; answers where the import stands.
DESK = """
import json, os, sys, django
django.setup()
from django_scopes import scope
from django.utils import timezone
from entraide.apps.access.services import system_user
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual
from entraide.apps.takeover.models import ImportRun
from entraide.core.ids import uuid7
from entraide.exchange.registers.background import ask_for_import, is_interrupted
from entraide.exchange.registers.running import note_reading, prepare_import
mutual = Mutual.objects.get(code=sys.argv[2])
with scope(mutual=mutual):
    said = {"mutual": mutual, "actor": system_user(), "on": timezone.localdate()}
    if sys.argv[1] == "send":
        run = prepare_import(**said, idempotency_key=str(uuid7()), file_name="liste.csv", options={},
                             content=open(sys.argv[3], "rb").read(), profile="liste-de-membres")
        note_reading(run, actor=said["actor"], on=said["on"])
    run = ImportRun.objects.select_related("mutual").get()
    if sys.argv[1] != "look":
        ask_for_import(**said, idempotency_key=str(uuid7()), run=run)
        run.refresh_from_db()
    print(json.dumps({"uid": str(run.uid), "state": run.state, "gone": is_interrupted(run),
                      "families": Household.objects.filter(source="import").count()}))
"""


@pytest.mark.slow
def test_an_import_survives_the_death_of_its_worker(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    place = scratch_environment(tmp_path) | {"DJANGO_SETTINGS_MODULE": "entraide.config.settings"}
    scratch_base(place, 3)
    file = tmp_path / "membres.csv"
    file.write_text(list_of_members(PERSONS), encoding="utf-8")

    def desk(*words: str) -> dict[str, object]:
        said = subprocess.run(
            [sys.executable, "-c", DESK, *words], env=place, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
        answer: dict[str, object] = json.loads(said.stdout)
        return answer

    sent = desk("send", MUTUAL, str(file))
    assert (sent["state"], sent["families"]) == ("queued", 0)
    beat = Path(place["ENTRAIDE_DATA"]) / "imports" / f"{sent['uid']}.json"
    with subprocess.Popen(WORKER, env=place, stderr=subprocess.DEVNULL) as worker:
        _wait_until_written_to(beat)
        worker.send_signal(signal.SIGKILL)
    assert worker.returncode == -signal.SIGKILL
    silent = time.time() - 60  # as if the page were looked at a minute later
    os.utime(beat, (silent, silent))
    assert desk("look", MUTUAL) == {
        "uid": sent["uid"], "state": "running", "gone": True, "families": 0,
    }  # fmt: skip
    assert desk("again", MUTUAL)["state"] == "queued"
    subprocess.run(WORKER, env=place, check=True, stderr=subprocess.DEVNULL)
    done = desk("look", MUTUAL)
    assert (done["state"], done["gone"], done["families"]) == ("done", False, PERSONS // 5)
    verified = subprocess.run(
        [sys.executable, "-m", "entraide.cli.main", "verify", "--json"], env=place,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert json.loads(verified.stdout)["is_proven"] is True


def _wait_until_written_to(beat: Path) -> None:
    """Until some of the families are in the transaction, none of them yet in the registers."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if beat.exists():
            said = json.loads(beat.read_text())
            if said["step"] == "persons" and 0 < said["done"] < said["total"]:
                return
        time.sleep(0.02)
    raise AssertionError("the worker never began to write")
