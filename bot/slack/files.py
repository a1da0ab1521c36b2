"""Files: sent to Slack, then shared in a conversation."""

from http.client import HTTPException
from urllib.request import Request, urlopen

from bot.slack.calls import CALL_TIMEOUT_S, Calls
from bot.slack.outcomes import OutcomeUnknown, SlackRefused


class Files(Calls):
    """What the bot hands over as a file."""

    def upload(self, name: str, content: bytes) -> str:
        """Send a file to Slack; it appears nowhere until it is shared. Gives back its id."""
        place = self.call("files.getUploadURLExternal", filename=name, length=len(content))
        request = Request(place["upload_url"], data=content, method="POST")  # noqa: S310 - Slack gave the address
        try:
            with urlopen(request, timeout=CALL_TIMEOUT_S) as answer:  # noqa: S310
                answer.read()
        except (OSError, HTTPException) as lost:
            raise OutcomeUnknown("file upload", type(lost).__name__) from lost
        return str(place["file_id"])

    def share_file(self, file_id: str, title: str, channel_id: str, words: str) -> None:
        """Show an uploaded file in a conversation, with a few words."""
        self.call(
            "files.completeUploadExternal",
            files=[{"id": file_id, "title": title}],
            channel_id=channel_id,
            initial_comment=words,
        )

    def is_shared(self, file_id: str, channel_id: str) -> bool:
        """Is the file shown in that conversation?"""
        try:
            file = self.call("files.info", file=file_id)["file"]
        except SlackRefused as refused:
            if refused.error == "file_not_found":
                return False
            raise
        shown_in = [*file.get("channels", []), *file.get("groups", []), *file.get("ims", [])]
        return channel_id in shown_in
