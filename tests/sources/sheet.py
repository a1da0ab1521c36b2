"""A sheet that is published as CSV."""

from starlette.requests import Request
from starlette.responses import Response

from tests.sources.stand_in import StandIn


class SheetStandIn(StandIn):
    """One sheet at one address."""

    content, media_type = b"Queue,Offered\nBilling,3\n", "text/csv"

    async def handle(self, request: Request, fault: str) -> Response:
        if fault == "elsewhere":
            return Response(status_code=307, headers={"location": "https://169.254.169.254/"})
        return Response(self.content, media_type=self.media_type)
