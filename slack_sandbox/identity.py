"""The app's credentials in this workspace."""

import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """The tokens of the installed app and the secret that signs requests to it."""

    bot_token: str
    app_token: str
    signing_secret: str


def new_identity() -> Identity:
    return Identity(
        bot_token="xoxb-sandbox-" + secrets.token_hex(12),
        app_token="xapp-sandbox-" + secrets.token_hex(12),
        signing_secret=secrets.token_hex(16),
    )
