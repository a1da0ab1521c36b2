"""`files.*`: the three-step upload, and looking at a file."""

from slack_sandbox import canvases, file_sharing
from slack_sandbox.errors import Refused, invalid_arguments
from slack_sandbox.methods.registry import TIER_3, TIER_4, Request, method
from slack_sandbox.model import Channel, File, Json

FILE_SIZE = 1_000_000_000


@method("files.getUploadURLExternal", TIER_4, "files:write", required=("filename", "length"))
def get_upload_url(request: Request) -> Json:
    if request.args.text("length") == "0":
        raise Refused("missing_argument")
    size = request.args.number("length", 0, FILE_SIZE + 1)
    if size > FILE_SIZE:
        raise invalid_arguments("length must be less than 1 GB [json-pointer:/length]")
    file = file_sharing.new_file(request.workspace, request.bot, request.args.text("filename"), size)
    return {"upload_url": f"{request.workspace.response_urls.base}/upload/{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", TIER_4, "files:write", required=("files",))
def complete_upload(request: Request) -> Json:
    files = [_uploaded(request, entry) for entry in request.args.structure("files")]
    places = [request.args.text("channel_id"), *request.args.items("channels")]
    channels = [_destination(request, place) for place in places if place]
    _check_thread(request, channels)
    for file in files:
        file.complete = True
    # Slack shares the files after answering.
    request.workspace.afterwards(lambda: _share(request, channels, files))
    described = [file_sharing.file_as_slack(request.workspace, file) for file in files]
    return {"files": described}


@method("files.info", TIER_4, "files:read", required=("file",))
def file_info(request: Request) -> Json:
    file_id = request.args.text("file")
    if file_id in request.workspace.canvases:
        return {"file": _canvas(request, file_id), "comments": []}
    file = request.workspace.files.get(file_id)
    if file is None or not file.complete:
        raise Refused("file_not_found")
    return {"file": file_sharing.file_as_slack(request.workspace, file), "comments": []}


@method("files.list", TIER_3, "files:read")
def list_files(request: Request) -> Json:
    channel_id, user_id = request.args.text("channel"), request.args.text("user")
    count, page = request.args.number("count", 100, 1001), request.args.number("page", 1, 101)
    if channel_id:
        request.workspace.channel_for_app(channel_id)
    files = [
        file
        for file in request.workspace.files.values()
        if file.complete and channel_id in ("", *file.shares) and user_id in ("", file.user)
    ]
    described = [file_sharing.file_as_slack(request.workspace, file) for file in files]
    paging = {"count": count, "total": len(files), "page": page, "pages": -(-len(files) // max(count, 1))}
    return {"files": described[(page - 1) * count : page * count], "paging": paging}


@method("files.delete", TIER_3, "files:write", required=("file",))
def delete_file(request: Request) -> Json:
    file = request.workspace.files.get(request.args.text("file"))
    if file is None or not file.complete:
        raise Refused("file_not_found")
    if file.user != request.bot.id:
        raise Refused("cant_delete_file")
    file_sharing.remove(request.workspace, file)
    return {}


def _canvas(request: Request, canvas_id: str) -> Json:
    channel = canvases.channel_of(request.workspace, canvas_id)
    if channel is not None and channel.is_private and request.bot.id not in channel.members:
        raise Refused("file_not_found")
    return canvases.as_file(request.workspace, canvas_id)


def _uploaded(request: Request, entry: Json) -> File:
    file = request.workspace.files.get(str(entry.get("id")))
    if file is None or len(file.content) != file.size:
        raise Refused("file_not_found")
    if file.complete:
        raise Refused("file_already_completed")
    file.title = str(entry.get("title") or file.name)
    return file


def _destination(request: Request, name: str) -> Channel:
    """The conversation with that id; unlike `chat.postMessage`, this accepts no person's id."""
    channel = request.workspace.channel_for_app(name)
    if request.bot.id not in channel.members:
        raise Refused("not_in_channel")
    if channel.is_archived:
        raise Refused("is_archived")
    return channel


def _check_thread(request: Request, channels: list[Channel]) -> None:
    thread_ts = request.args.text("thread_ts")
    if thread_ts and any(thread_ts not in channel.messages for channel in channels):
        raise Refused("invalid_thread_ts")


def _share(request: Request, channels: list[Channel], files: list[File]) -> None:
    text, thread_ts = request.args.text("initial_comment"), request.args.text("thread_ts")
    for channel in channels:
        file_sharing.share(request.workspace, request.bot, files, channel, text, thread_ts)
