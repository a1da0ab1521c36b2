"""Files: uploaded to Slack, then shared in a conversation."""

from collections.abc import Sequence
from http.client import HTTPException, HTTPResponse
from string import punctuation
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import Request

from bot.slack.calls import CALL_TIMEOUT_S, ApiClient
from bot.slack.errors import OutcomeUnknown, SlackRefused
from bot.slack.refusals import Meaning

LARGEST_FILE = 25_000_000
MOST_OWN_FILES = 1000
GONE = (401, 403, 404, 410)
HTML = "text/html"


def _refuse_page(method: str, answer: HTTPResponse) -> None:
    """Raise `OutcomeUnknown` if a proxy's page, or Slack's sign-in page, came instead of what was asked for."""
    if answer.headers.get_content_type() == HTML:
        raise OutcomeUnknown(method, "a page instead of an answer")


class Files(ApiClient):
    """Uploads, shares and downloads files."""

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file and return its id; it appears nowhere until it is shared."""
        upload_target = self.call("files.getUploadURLExternal", filename=name, length=len(content))
        request = Request(upload_target["upload_url"], data=content, method="POST")  # noqa: S310 - Slack gave the address
        try:
            with self.network.open(request, CALL_TIMEOUT_S) as answer:
                answer.read()
                _refuse_page("file upload", answer)
        except (OSError, HTTPException) as lost:
            raise OutcomeUnknown("file upload", type(lost).__name__) from lost
        return str(upload_target["file_id"])

    def share_files(
        self, files: Sequence[tuple[str, str]], channel_id: str, comment: str, thread_ts: str | None = None
    ) -> None:
        """Share uploaded files (their ids and titles) together in a conversation, with a few words."""
        self.call(
            "files.completeUploadExternal",
            files=[{"id": file_id, "title": title} for file_id, title in files],
            channel_id=channel_id,
            initial_comment=comment,
            thread_ts=thread_ts,
        )

    def delete_own_files(self, channel_id: str) -> None:
        """Delete the bot's own files in a channel. Safe to repeat."""
        own_id = self.user_id()
        for file in self.call("files.list", channel=channel_id, user=own_id, count=MOST_OWN_FILES)["files"]:
            self.delete_file(file["id"])

    def delete_file(self, file_id: str) -> None:
        """Delete one of the bot's own files wherever it is shared; no error if it is not there."""
        self.call("files.delete", file=file_id)

    def download(self, file_id: str) -> bytes:
        """The content of a file in Slack. Raises `SlackRefused` if it is gone, too large or kept elsewhere."""
        file = self.call("files.info", file=file_id)["file"]
        url = str(file.get("url_private_download") or file.get("url_private") or "")
        if file.get("size", 0) > LARGEST_FILE:
            raise SlackRefused("files.info", "file_too_large")
        if not self._is_slack_url(url):
            # The token opens the workspace, so it is sent nowhere else.
            raise SlackRefused("files.info", "file_kept_elsewhere")
        # File names contain spaces and accents, which a URL must not.
        request = Request(quote(url, safe=punctuation))  # noqa: S310 - checked above
        # The token is not sent along when Slack redirects us.
        request.add_unredirected_header("Authorization", f"Bearer {self._client.token}")
        try:
            with self.network.open(request, CALL_TIMEOUT_S) as answer:
                if file.get("mimetype") != HTML:
                    _refuse_page("file download", answer)
                return bytes(answer.read(LARGEST_FILE))
        except HTTPError as refused:
            if refused.code in GONE and refused.headers.get_content_type() != HTML:
                raise SlackRefused("file download", f"http_{refused.code}") from refused
            raise OutcomeUnknown("file download", str(refused.code)) from refused
        except (OSError, HTTPException) as lost:
            raise OutcomeUnknown("file download", type(lost).__name__) from lost

    def _is_slack_url(self, url: str) -> bool:
        """True for a URL of the workspace that the token is for."""
        workspace_url, file_url = urlsplit(self._client.base_url), urlsplit(url)
        home = (workspace_url.hostname or "").removeprefix("www.")
        host = file_url.hostname or ""
        return file_url.scheme == workspace_url.scheme and (host == home or host.endswith(f".{home}"))

    def file_url(self, file_id: str, name: str, owner_id: str | None = None) -> str:
        """The URL that opens a file in Slack, built without a call, because Slack's URLs follow this form."""
        return f"{self._auth_test()['url']}files/{owner_id or self.user_id()}/{file_id}/{quote(name.lower())}"

    def is_shared(self, file_id: str, channel_id: str) -> bool:
        try:
            file = self.call("files.info", file=file_id)["file"]
        except SlackRefused as refused:
            if refused.meaning is Meaning.GONE:
                return False
            raise
        conversations = [*file.get("channels", []), *file.get("groups", []), *file.get("ims", [])]
        return channel_id in conversations
