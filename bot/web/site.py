"""The addresses that the bot answers."""

from starlette.applications import Starlette
from starlette.routing import Route

from bot.web.events_endpoint import Door
from bot.web.health import Health


def site(health: Health, door: Door | None) -> Starlette:
    """`/healthz`, and in HTTP mode Slack's door."""
    routes = [Route("/healthz", health.answer)]
    if door is not None:
        routes.append(Route("/slack/events", door.answer, methods=["POST"]))
    return Starlette(routes=routes)
