"""An incident's links to the outside: bookmarks on its channel, a pager."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from bot.config.floor.reading import Emoji, FloorPart, Name, VariableName, matching


class Bookmark(FloorPart):
    """A link added to every incident's channel."""

    title: Name = Field(max_length=60)
    url: Annotated[str, AfterValidator(matching(r"https://.+", "`https://wiki.example.com`"))]
    emoji: Emoji = ":link:"


class Pager(FloorPart):
    """Where pages are sent besides Slack: an HTTPS address, and the variable with the signing secret."""

    url: str
    secret_env: VariableName
    # For a gateway in the floor's own network: it may be reached without TLS and at a private address.
    allow_private: bool = False

    @model_validator(mode="after")
    def _is_safe(self) -> "Pager":
        schemes = ("https://", "http://") if self.allow_private else ("https://",)
        if not self.url.startswith(schemes):
            raise ValueError(f"url: {self.url!r} is not safe; it must begin with `https://`")
        return self
