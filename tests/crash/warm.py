"""Loads and builds what every bot needs by running a whole incident before the first bot is forked.

Otherwise each forked bot would do so itself: the fonts of a chart, the mappings of the tables, the compiled SQL.
"""

import gc
import os
import sys
import tempfile
import threading
from pathlib import Path

from sqlalchemy.orm import configure_mappers

from bot.commands import cli
from bot.timeline import pictures
from bot.timeline.renderer import Renderer
from tests import disk, garbage, parsed_files, recovery, shared_folder, statements
from tests.crash import process
from tests.floor import TestFloor
from tests.floors import with_two_audiences
from tests.postgres import PostgresServer

assert cli
assert disk
assert parsed_files
assert process
assert recovery
assert statements

PLAYBOOKS = Path(__file__).parent / "playbooks"


# One process draws for every bot forked from here, however long it is idle.
SERVE = "import socket; from bot.timeline.render_process import serve; serve(socket.socket(fileno=0), idle_s=3600)"
pictures._renderer = Renderer((sys.executable, "-c", SERVE))


def run_an_incident(database_url: str = "") -> None:
    """Have a bot declare, update, resolve and close an incident."""
    with tempfile.TemporaryDirectory(prefix="watchfloor-warm-") as name:
        folder = Path(name)
        with TestFloor(
            folder, database_url=database_url, playbooks_dir=PLAYBOOKS, floor_file=with_two_audiences(folder)
        ) as floor:
            channel = floor.declares("S1 line 1 is down")
            floor.passes(minutes=31)
            floor.says("ana", "/incident resolve over", channel)
            floor.says("ana", "/incident close", channel)


def prepare_to_fork() -> None:
    """Run an incident on each kind of database."""
    configure_mappers()
    run_an_incident()
    server = PostgresServer(Path(os.environ[shared_folder.VARIABLE]))
    run_an_incident(server.prepared_database())
    server.close()
    # Threads do not survive a fork, and locks they held would stay locked for ever.
    assert threading.enumerate() == [threading.main_thread()], threading.enumerate()
    gc.collect()
    garbage.leave_alone_what_is_loaded()


prepare_to_fork()
