"""The addresses that the bot answers."""

from starlette.applications import Starlette
from starlette.routing import Route

from bot.web.events_endpoint import EventsEndpoint
from bot.web.health import Health


def site(health: Health, events_endpoint: EventsEndpoint | None) -> Starlette:
    """`/healthz`, and in HTTP mode Slack's door."""
    routes = [Route("/healthz", health.answer)]
    if events_endpoint is not None:
        routes.append(Route("/slack/events", events_endpoint.answer, methods=["POST"]))
    return Starlette(routes=routes)
