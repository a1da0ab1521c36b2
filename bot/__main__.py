"""`watchfloor`, and `python -m bot`."""

from bot.commands.cli import app


def main() -> None:
    """Run the command that was typed."""
    app(prog_name="watchfloor")


if __name__ == "__main__":
    main()
