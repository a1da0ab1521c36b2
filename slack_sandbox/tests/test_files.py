import urllib.request

from slack_sdk import WebClient

from slack_sandbox import Sandbox

from .conftest import refusal


def test_a_file_is_uploaded_in_three_steps_and_shared(sandbox: Sandbox, client: WebClient):
    dm = client.conversations_open(users="U0ANA")["channel"]["id"]

    client.files_upload_v2(channel=dm, filename="post-mortem.md", content="# IVR down", initial_comment="Draft")
    sandbox.wait_until_idle()

    (message,) = sandbox.person("ana").direct_messages()
    (shared,) = message.files
    assert (message.text, shared["name"], shared["size"]) == ("Draft", "post-mortem.md", 10)
    info = client.files_info(file=shared["id"])["file"]
    assert list(info["shares"]["private"]) == [dm]
    request = urllib.request.Request(info["url_private"], headers={"authorization": f"Bearer {sandbox.bot_token}"})
    assert urllib.request.urlopen(request).read() == b"# IVR down"


def test_an_upload_that_was_never_sent_cannot_be_completed(client: WebClient, incidents: str):
    ticket = client.files_getUploadURLExternal(filename="a.txt", length=3)

    unsent = [{"id": ticket["file_id"]}]
    assert refusal(client.files_completeUploadExternal, files=unsent, channel_id=incidents) == "file_not_found"
    assert refusal(client.files_info, file=ticket["file_id"]) == "file_not_found"


def test_a_file_is_shared_only_where_the_bot_is(client: WebClient):
    ticket = client.files_getUploadURLExternal(filename="a.txt", length=3)
    assert urllib.request.urlopen(ticket["upload_url"], b"abc").status == 200

    files = [{"id": ticket["file_id"]}]
    for channel, error in (("C0GENERAL", "not_in_channel"), ("G0LEADS", "channel_not_found")):
        assert refusal(client.files_completeUploadExternal, files=files, channel_id=channel) == error


def test_a_person_uploads_a_file(sandbox: Sandbox, client: WebClient):
    file = sandbox.person("ana").uploads("incidents", "screen.png", b"\x89PNG")

    assert client.files_info(file=file.id)["file"]["mimetype"] == "image/png"
    assert sandbox.person("ben").sees("incidents")[-1].files[0]["name"] == "screen.png"


def test_an_app_deletes_its_own_files_and_no_others(sandbox: Sandbox, client: WebClient) -> None:
    incidents = sandbox.workspace.channel("incidents").id
    client.files_upload_v2(channel=incidents, filename="a.md", content="# A", initial_comment="Draft")
    sandbox.wait_until_idle()
    (file,) = sandbox.workspace.files.values()

    listed = client.files_list(channel=incidents, user=sandbox.workspace.bot.id)
    assert [shared["id"] for shared in listed["files"]] == [file.id]
    assert client.files_list(channel=incidents, user="U0BEN")["files"] == []
    client.files_delete(file=file.id)

    assert sandbox.person("ben").sees("incidents")[-1].files == []
    assert refusal(client.files_info, file=file.id) == "file_not_found"
    assert refusal(client.files_delete, file=file.id) == "file_not_found"
    sandbox.person("ben").uploads("incidents", "screen.png", b"png")
    (others_file,) = sandbox.workspace.files.values()
    assert refusal(client.files_delete, file=others_file.id) == "cant_delete_file"
