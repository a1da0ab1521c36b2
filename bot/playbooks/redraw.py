"""After a click, what the person looked at shows what came of it: a list, a reminder, an offer, the home tab."""

from functools import partial

from bot.incidents import parse
from bot.incidents.home import show_home
from bot.incidents.responses import Payload
from bot.playbooks import ids, step_screens
from bot.playbooks.views import reminded_of
from bot.services import Services
from bot.slack.blocks import Block, context, section
from bot.slack.messages import Posted
from bot.slack.text import mention

HOME = "home"


def show_again(services: Services, body: Payload) -> None:
    """Draw again what was clicked on, without anyone waiting. A run's own message is drawn with its incident."""
    view = body.get("view") or {}
    if view.get("type") == HOME:
        _show_home(services, body)
    elif view.get("callback_id") == ids.ALL_STEPS:
        _show_list(services, body, view["id"], parse.memory(body))
    elif step_ids := reminded_of(block["block_id"] for block in (body.get("message") or {}).get("blocks", [])):
        again = partial(step_screens.show_reminder_again, services, _posted(body), step_ids)
        services.soon.do(f"message:{body['message']['ts']}", again)
    elif (body.get("container") or {}).get("is_ephemeral"):
        again = partial(step_screens.show_my_steps_again, services, body["response_url"], parse.user(body))
        services.soon.do(f"steps:{body['response_url']}", again)


def show_below(services: Services, body: Payload) -> None:
    """Draw again what a submitted form was opened from: the list that it covered, or the home tab."""
    _, _, place = parse.memory(body).partition(" ")
    if place == HOME:
        _show_home(services, body)
    elif place:
        _show_list(services, body, body["view"]["root_view_id"], place)


def open_form(services: Services, body: Payload, form: Block) -> None:
    """Open a form over what is looked at; the form remembers what that was."""
    view = body.get("view") or {}
    place = HOME if view.get("type") == HOME else str(view.get("private_metadata") or "")
    remembering = form | {"private_metadata": f"{form['private_metadata']} {place}".strip()}
    show = services.slack.push_view if view.get("type") == "modal" else services.slack.open_view
    show(body["trigger_id"], remembering)


def step_in_form(body: Payload) -> int:
    """The step that a form was opened for."""
    return parse.number(parse.memory(body).partition(" ")[0])


def settle_offer(services: Services, body: Payload, what: str) -> None:
    """An offer that was taken offers nothing more: it says who took it."""
    words, posted = body["message"]["text"], _posted(body)
    blocks = [section(words), context(f"{mention(parse.user(body))} {what}.")]
    services.soon.do(f"message:{posted.ts}", partial(services.slack.update, posted, words, blocks))


def _show_home(services: Services, body: Payload) -> None:
    user_id = parse.user(body)
    services.soon.do(f"home:{user_id}", partial(show_home, services, user_id))


def _show_list(services: Services, body: Payload, view_id: str, run: str) -> None:
    again = partial(step_screens.show_all_steps_again, services, view_id, parse.number(run), parse.user(body))
    services.soon.do(f"view:{view_id}", again)


def _posted(body: Payload) -> Posted:
    return Posted(body["channel"]["id"], body["message"]["ts"])
