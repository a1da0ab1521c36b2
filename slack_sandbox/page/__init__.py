"""The sandbox's page: the workspace in a browser, for anyone."""

from starlette.routing import BaseRoute

from slack_sandbox.installation import Installation
from slack_sandbox.page.site import Site


def routes(sandbox: Installation) -> list[BaseRoute]:
    """The page's routes, mounted beside the Web API in the same process."""
    return Site(sandbox).routes()
