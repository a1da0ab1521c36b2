"""Deskbot: a small app with one of everything an app can show, for trying the page."""

import re
from collections.abc import Callable
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from tests.browser import deskbot_views as views

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Deskbot"},
    "features": {
        "bot_user": {"display_name": "deskbot", "always_online": True},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/ticket", "description": "Open a ticket", "usage_hint": "[kit | quiet | report]"},
            {"command": "/tidy", "description": "Put the desk in order"},
        ],
        "shortcuts": [
            {"type": "global", "callback_id": "new_ticket", "name": "New ticket", "description": "Open a ticket"},
            {
                "type": "message",
                "callback_id": "ticket_from_message",
                "name": "Make a ticket of this",
                "description": "Its words become the title",
            },
        ],
    },
    "oauth_config": {"scopes": {"bot": ["*"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "message.channels", "message.im"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def connect(sandbox: Any) -> SocketModeHandler:
    """Start Deskbot in this sandbox; the caller closes it."""
    client = WebClient(token=sandbox.bot_token, base_url=f"{sandbox.url}/api/", retry_handlers=[])
    app = App(client=client, token_verification_enabled=False)
    _listen(app)
    handler = SocketModeHandler(app, sandbox.app_token)
    handler.connect()
    return handler


def _listen(app: App) -> None:
    app.command("/ticket")(run_command)
    app.command("/tidy")(lambda ack: None)
    app.shortcut("new_ticket")(open_form)
    app.shortcut("ticket_from_message")(open_form_of_message)
    app.view("ticket")(file_ticket)
    app.view("details")(lambda ack: ack(response_action="clear"))
    app.action("more")(push_details)
    app.action("kind")(tell_kind)
    app.action("claim")(claim)
    app.action("close")(close)
    app.action(re.compile(r".*"))(lambda ack: ack())
    app.event("app_home_opened")(publish_home)
    app.event("message")(lambda: None)


def run_command(ack: Callable[..., None], command: Json, client: WebClient) -> None:
    match command["text"]:
        case "kit":
            ack()
            client.chat_postMessage(channel=command["channel_id"], text="The kit", blocks=views.kit())
        case "quiet":
            ack("Nobody else sees *this*.")
        case "report":
            ack()
            send_report(client, command["user_id"])
        case _:
            client.views_open(trigger_id=command["trigger_id"], view=views.form(command["channel_id"]))
            ack()


def send_report(client: WebClient, user_id: str) -> None:
    channel = client.conversations_open(users=user_id)["channel"]["id"]
    client.files_upload_v2(channel=channel, filename="report.md", title="Report", content=views.REPORT)


def open_form(ack: Callable[..., None], shortcut: Json, client: WebClient) -> None:
    client.views_open(trigger_id=shortcut["trigger_id"], view=views.form("C0INCIDENTS"))
    ack()


def open_form_of_message(ack: Callable[..., None], shortcut: Json, client: WebClient) -> None:
    form = views.form(shortcut["channel"]["id"], title=shortcut["message"]["text"])
    client.views_open(trigger_id=shortcut["trigger_id"], view=form)
    ack()


def push_details(ack: Callable[..., None], body: Json, client: WebClient) -> None:
    client.views_push(trigger_id=body["trigger_id"], view=views.details())
    ack()


def tell_kind(ack: Callable[..., None], body: Json, client: WebClient) -> None:
    """Show a line about the chosen kind in the open form."""
    kind = body["actions"][0]["selected_option"]["text"]["text"]
    form = views.form(body["view"]["private_metadata"], hint=f"Questions for {kind}")
    client.views_update(view_id=body["view"]["id"], view=form)
    ack()


def file_ticket(ack: Callable[..., None], view: Json, body: Json, client: WebClient) -> None:
    values = view["state"]["values"]
    title = values["title"]["title"]["value"]
    if "!" in title:
        ack(response_action="errors", errors={"title": "Please say it calmly, without “!”."})
        return
    ack()
    client.chat_postMessage(
        channel=view["private_metadata"], text=title, blocks=views.ticket(title, body["user"]["id"])
    )


def claim(ack: Callable[..., None], body: Json, client: WebClient) -> None:
    ack()
    message = body["message"]
    blocks = views.ticket(message["text"], body["user"]["id"], claimed_by=body["user"]["id"])
    client.chat_update(channel=body["channel"]["id"], ts=message["ts"], text=message["text"], blocks=blocks)


def close(ack: Callable[..., None], body: Json, client: WebClient) -> None:
    ack()
    client.chat_update(
        channel=body["channel"]["id"], ts=body["message"]["ts"], text="Closed", blocks=views.closed()
    )


def publish_home(event: Json, client: WebClient) -> None:
    client.views_publish(user_id=event["user"], view=views.home())
