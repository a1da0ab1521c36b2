"""`auth.test` and `team.info`."""

from slack_sandbox.methods.registry import SPECIAL, TIER_3, Request, method
from slack_sandbox.model import TEAM_DOMAIN, TEAM_ID, TEAM_NAME, Json


@method("auth.test", SPECIAL)
def test_auth(request: Request) -> Json:
    bot = request.bot
    return {
        "url": f"https://{TEAM_DOMAIN}.example/",
        "team": TEAM_NAME,
        "user": bot.name,
        "team_id": TEAM_ID,
        "user_id": bot.id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
        **({"enterprise_id": enterprise_id} if (enterprise_id := request.workspace.enterprise_id) else {}),
    }


@method("team.info", TIER_3, "team:read")
def team_info(request: Request) -> Json:
    team: Json = {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN, "email_domain": "", "icon": {}}
    return {"team": team}
