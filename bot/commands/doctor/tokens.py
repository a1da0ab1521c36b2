"""Checks of the settings: whether the tokens are set and of the right type, and whether a name is misspelt."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from bot.commands.doctor.findings import Finding, missing, note
from bot.config import settings as settings_of
from bot.config.floor import Floor
from bot.config.settings import Settings, TokensIncomplete, check_tokens
from bot.config.yaml_validation import did_you_mean

INSTALL_PAGE = "https://api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token."
SOCKET_PAGE = (
    "https://api.slack.com/apps → your app → Basic Information → App-Level Tokens → Generate, "
    "with the scope connections:write."
)
SIGNING_PAGE = "https://api.slack.com/apps → your app → Basic Information → Signing Secret."
# A letter or two of a name of this length.
NEAR = 0.85
REMEDY = "README.md lists the settings; the bot ignores this one."


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


def check_names(environment: Mapping[str, str], floor: Floor | None) -> Iterator[Finding]:
    """Yield the variables that look like settings and are none. `floor.yaml` may name further ones, for secrets."""
    known = settings_of.names()
    secrets = _secrets_of(floor) if floor else set()
    for name in sorted(set(environment) - known - secrets):
        # Other programs have variables that begin with SLACK, too.
        is_misspelt = name.startswith("SLACK_") and get_close_matches(name, known, n=1, cutoff=NEAR)
        if name.startswith(settings_of.PREFIX) or is_misspelt:
            yield missing(f"{name} is no setting.{did_you_mean(name, known)}", REMEDY)


def _secrets_of(floor: Floor) -> set[str]:
    secrets = [alert_source.secret for alert_source in floor.alerts.values()]
    secrets += [webhook.secret for webhook in floor.webhooks.values()]
    secrets += [source.secret for source in floor.sources.values()]
    return set(secrets) | ({floor.pager.secret_env} if floor.pager else set())
