"""The sandbox's page: the workspace in a browser, for anyone."""

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from slack_sandbox.page.site import Site

if TYPE_CHECKING:
    from slack_sandbox import Sandbox


def routes(sandbox: "Sandbox") -> list[BaseRoute]:
    """The page's routes, mounted beside the Web API in the same process."""
    return Site(sandbox).routes()
