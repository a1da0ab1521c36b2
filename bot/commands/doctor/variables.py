"""Check of the names of settings: a misspelt one would be ignored without a word."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from bot.commands.doctor.findings import Finding, missing
from bot.config import settings as settings_of
from bot.config.floor import Floor
from bot.config.yaml_file import did_you_mean

# A letter or two of a name of this length.
NEAR = 0.85
REMEDY = "README.md lists the settings; the bot ignores this one."


def check(environment: Mapping[str, str], floor: Floor | None) -> Iterator[Finding]:
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
