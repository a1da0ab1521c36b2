"""`watchfloor`, and `python -m bot`."""

import os
import sys

from bot.commands.cli import app

# Importing a million rows keeps a core busy for a quarter of a minute, and clicks come first. The priority is not
# the lowest: while the import writes to SQLite, the bot's writers wait until it has had its turn on the core.
NICENESS = 5


def main() -> None:
    """Run the command that was typed."""
    if "import" in sys.argv[2:3]:
        os.nice(NICENESS)
    app(prog_name="watchfloor")


if __name__ == "__main__":
    main()
