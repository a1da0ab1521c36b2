"""Check of the tokens: whether they are set and of the right type."""

from collections.abc import Iterator

from bot.commands.doctor.findings import Finding, missing, note
from bot.config.settings import Settings, TokensIncomplete, check_tokens

INSTALL_PAGE = "https://api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token."
SOCKET_PAGE = (
    "https://api.slack.com/apps → your app → Basic Information → App-Level Tokens → Generate, "
    "with the scope connections:write."
)
SIGNING_PAGE = "https://api.slack.com/apps → your app → Basic Information → Signing Secret."


def check(settings: Settings) -> Iterator[Finding]:
    """Check the tokens from the environment and `.env`."""
    bot_token = settings.slack_bot_token.get_secret_value()
    app_token = settings.slack_app_token.get_secret_value()
    try:
        check_tokens(settings)
    except TokensIncomplete as incomplete:
        problem = str(incomplete.facts["problem"])
        is_bot_token = not bot_token or problem.startswith("SLACK_BOT_TOKEN holds")
        yield missing(problem, INSTALL_PAGE if is_bot_token else f"{SOCKET_PAGE} Or: {SIGNING_PAGE}")
        return
    if not settings.has_slack:
        yield note(
            "There are no tokens: `watchfloor run` brings a workspace of its own.",
            "For yours, paste what `watchfloor manifest` prints at https://api.slack.com/apps and set "
            "SLACK_BOT_TOKEN and SLACK_APP_TOKEN.",
        )
        return
    if not bot_token.startswith("xoxb-"):
        yield missing("SLACK_BOT_TOKEN is not the token of a bot: those begin with xoxb-.", INSTALL_PAGE)
    if not settings.speaks_http and not app_token.startswith("xapp-"):
        yield missing("SLACK_APP_TOKEN is not an app-level token: those begin with xapp-.", SOCKET_PAGE)
