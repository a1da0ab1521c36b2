"""`python -m bot.runtime.migrations`: upgrades the database whose address is on standard input."""

import sys

from bot.runtime import migrations
from bot.runtime.database import Database

migrations.upgrade(Database(sys.stdin.read()).engine)
