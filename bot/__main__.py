"""`watchfloor`, and `python -m bot`."""

import os
import sys

from bot.commands.cli import app

# A file of a million rows keeps a core busy for a quarter of a minute: people who click meanwhile come first. Not
# the lowest: while SQLite is written to, the bot's writers wait until the import has had its turn on the core.
NICENESS = 5


def main() -> None:
    """Run the command that was typed."""
    if "import" in sys.argv[2:3]:
        os.nice(NICENESS)
    app(prog_name="watchfloor")


if __name__ == "__main__":
    main()
