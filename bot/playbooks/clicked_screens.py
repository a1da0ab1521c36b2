"""After a click, refresh the screen it was made on: a list, an offer or the home tab."""

from functools import partial

from bot.incidents import parse
from bot.incidents.home import publish_home
from bot.incidents.parse import Payload
from bot.playbooks import ids, step_screens
from bot.services import Services
from bot.slack.blocks import Block, context, section
from bot.slack.messages import Posted
from bot.slack.text import mention

HOME = "home"


def refresh_clicked(services: Services, body: Payload) -> None:
    """Refresh the clicked screen in the background. Messages are re-rendered by the outbox."""
    view = body.get("view") or {}
    if view.get("type") == HOME:
        _refresh_home(services, body)
    elif view.get("callback_id") == ids.ALL_STEPS:
        _refresh_list(services, body, view["id"], parse.private_metadata(body))
    elif (body.get("container") or {}).get("is_ephemeral"):
        refresh = partial(step_screens.refresh_my_steps, services, body["response_url"], parse.user_id(body))
        services.background.submit(f"steps:{body['response_url']}", refresh)


def refresh_underlying(services: Services, body: Payload) -> None:
    """Refresh the screen from which a submitted form was opened: the list it covered, or the home tab."""
    _, _, origin = parse.private_metadata(body).partition(" ")
    if origin == HOME:
        _refresh_home(services, body)
    elif origin:
        _refresh_list(services, body, body["view"]["root_view_id"], origin)


def open_form(services: Services, body: Payload, form: Block) -> None:
    """Open a form over the current screen, which is recorded in the form's metadata."""
    view = body.get("view") or {}
    origin = HOME if view.get("type") == HOME else str(view.get("private_metadata") or "")
    view_with_origin = form | {"private_metadata": f"{form['private_metadata']} {origin}".strip()}
    open_view = services.slack.push_view if view.get("type") == "modal" else services.slack.open_view
    open_view(body["trigger_id"], view_with_origin)


def step_in_form(body: Payload) -> int:
    return parse.parse_number(parse.private_metadata(body).partition(" ")[0])


def close_offer(services: Services, body: Payload, outcome: str) -> None:
    """Replace an accepted offer's buttons with a line about who accepted it."""
    text, posted = body["message"]["text"], Posted(body["channel"]["id"], body["message"]["ts"])
    blocks = [section(text), context(f"{mention(parse.user_id(body))} {outcome}.")]
    services.background.submit(f"message:{posted.ts}", partial(services.slack.update, posted, text, blocks))


def _refresh_home(services: Services, body: Payload) -> None:
    user_id = parse.user_id(body)
    services.background.submit(f"home:{user_id}", partial(publish_home, services, user_id))


def _refresh_list(services: Services, body: Payload, view_id: str, run: str) -> None:
    refresh = partial(
        step_screens.refresh_all_steps, services, view_id, parse.parse_number(run), parse.user_id(body)
    )
    services.background.submit(f"view:{view_id}", refresh)
