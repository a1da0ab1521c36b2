"""The sandbox: an installation behind a web server, in a thread of this process."""

from slack_sandbox.installation import Installation
from slack_sandbox.router import Router


class Sandbox(Installation):
    """A local Slack workspace with one installed app, and the server through which the app reaches it."""

    def start(self) -> None:
        """Serve in a background thread; returns once connections are accepted."""
        self.serve(Router(self))
