"""The addresses that the bot answers."""

from starlette.applications import Starlette
from starlette.routing import Route

from bot.web.events_endpoint import EventsEndpoint
from bot.web.figures_endpoint import FiguresAddress
from bot.web.health import Health


def site(
    health: Health, events_endpoint: EventsEndpoint | None, figures: FiguresAddress | None = None
) -> Starlette:
    """`/healthz`, in HTTP mode Slack's door, and where a secret is set the one for figures."""
    routes = [Route("/healthz", health.answer)]
    if events_endpoint is not None:
        routes.append(Route("/slack/events", events_endpoint.answer, methods=["POST"]))
    if figures is not None:
        routes.append(Route("/figures", figures.answer, methods=["POST"]))
    return Starlette(routes=routes)
