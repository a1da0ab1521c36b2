"""The routes that the bot serves."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import Route

from bot.web.events_endpoint import EventsEndpoint
from bot.web.health import Health


def site(health: Health, events_endpoint: EventsEndpoint | None, posts: Sequence[Route] = ()) -> Starlette:
    """`/healthz`, Slack's endpoint in HTTP mode, and the endpoints for other systems' rows."""
    routes = [Route("/healthz", health.answer), *posts]
    if events_endpoint is not None:
        routes.append(Route("/slack/events", events_endpoint.answer, methods=["POST"]))
    return Starlette(routes=routes)
