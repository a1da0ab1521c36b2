"""Files: receiving them and sharing them in conversations."""

from urllib.parse import quote

from slack_sandbox.events import channel_type
from slack_sandbox.model import TEAM_DOMAIN, Channel, File, Json, Message, User
from slack_sandbox.posting import compose, post
from slack_sandbox.workspace import Workspace


def new_file(workspace: Workspace, user: User, name: str, size: int, title: str = "") -> File:
    with workspace.lock:
        created = int(workspace.clock.now())
        file = File(workspace.new_id("F"), name, title or name, user.id, created, size)
        workspace.files[file.id] = file
        return file


def keep_for_form(workspace: Workspace, user: User, name: str, content: bytes) -> File:
    """Keep a file that was chosen in a form: it is shared nowhere, but the app may read it."""
    file = new_file(workspace, user, name, len(content))
    file.content, file.complete = content, True
    return file


def share(
    workspace: Workspace,
    user: User,
    files: list[File],
    channel: Channel,
    text: str = "",
    thread_ts: str = "",
) -> Message:
    """Post the files as one message and deliver `file_shared` for each."""
    with workspace.lock:
        message = compose(workspace, channel, user, text, subtype="file_share", thread_ts=thread_ts)
        for file in files:
            file.complete = True
            file.shares.setdefault(channel.id, []).append(message.ts)
        message.files = [file_as_slack(workspace, file) for file in files]
        post(workspace, channel, message)
        for file in files:
            _announce(workspace, channel, file)
        return message


def remove(workspace: Workspace, file: File) -> None:
    """Delete a file; the messages that shared it stay without it."""
    with workspace.lock:
        del workspace.files[file.id]
        for channel_id, message_times in file.shares.items():
            channel = workspace.channels.get(channel_id)
            for ts in message_times if channel else ():
                if channel and (message := channel.messages.get(ts)):
                    message.files = [shared for shared in message.files if shared["id"] != file.id]
                    workspace.touch("message", channel=channel_id, ts=ts)


def file_as_slack(workspace: Workspace, file: File) -> Json:
    base = workspace.response_urls.base
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": mimetype(file.name),
        "filetype": file.name.rpartition(".")[2],
        "pretty_type": file.name.rpartition(".")[2].upper(),
        "user": file.user,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(file.shares),
        "url_private": f"{base}/files/{file.id}/{quote(file.name)}",
        "url_private_download": f"{base}/files/{file.id}/download/{quote(file.name)}",
        "permalink": f"https://{TEAM_DOMAIN}.example/files/{file.user}/{file.id}/{file.name.lower()}",
        **_conversations(workspace, file),
        "shares": _shares(workspace, file),
        "file_access": "visible",
    }


def _conversations(workspace: Workspace, file: File) -> Json:
    """The conversations in which it is shared, by kind."""
    kinds: Json = {"channels": [], "groups": [], "ims": []}
    for channel_id in file.shares:
        kind = channel_type(workspace.channels[channel_id]) if channel_id in workspace.channels else "channel"
        kinds[{"channel": "channels", "im": "ims"}.get(kind, "groups")].append(channel_id)
    return kinds


def mimetype(name: str) -> str:
    known = {"md": "text/markdown", "txt": "text/plain", "csv": "text/csv", "json": "application/json"}
    known |= {"html": "text/html", "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml"}
    return known.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def _shares(workspace: Workspace, file: File) -> Json:
    shares: Json = {}
    for channel_id, times in file.shares.items():
        channel = workspace.channels.get(channel_id)
        kind = "private" if channel is None or channel.is_private or channel.is_im else "public"
        name = channel.name if channel else ""
        shares.setdefault(kind, {})[channel_id] = [
            {"ts": ts, "channel_name": name, "reply_users": [], "reply_count": 0} for ts in times
        ]
    return shares


def _announce(workspace: Workspace, channel: Channel, file: File) -> None:
    event: Json = {
        "type": "file_shared",
        "file_id": file.id,
        "user_id": file.user,
        "file": {"id": file.id},
        "channel_id": channel.id,
        "event_ts": workspace.clock.ts(),
    }
    workspace.announce(event, channel)
