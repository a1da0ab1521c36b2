"""The arguments of the command line. Every command imports what it needs itself, so that the bot starts fast."""

import typer

from bot.commands.cli import access, flows, imports, playbooks, records, running

app = typer.Typer(
    help="Runs major incidents in Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in (running, records, imports, access):
    app.add_typer(group.app)
app.add_typer(playbooks.app, name="playbooks")
app.add_typer(flows.app, name="flows")
