"""The addresses of the page: screens, their parts, deeds, files, and the stream of changes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from slack_sandbox.errors import NotVisible
from slack_sandbox.page import answers, attachments, deeds, parts, refusals, screens
from slack_sandbox.page.completions import completions
from slack_sandbox.page.drawing import draw
from slack_sandbox.page.live import Broadcast
from slack_sandbox.page.reading import ReadMarks
from slack_sandbox.page.story import Story
from slack_sandbox.page.visitor import Visitor, visitor

if TYPE_CHECKING:
    from slack_sandbox import Sandbox

_STATIC = Path(__file__).parent / "static"


class Site:
    """The page of one sandbox."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._marks = ReadMarks(sandbox.workspace)
        self._story = Story(sandbox)
        self._broadcast = Broadcast(sandbox)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.front),
            Route("/channel/{channel}", self.channel_screen),
            Route("/home", self.home_screen),
            Route("/part/{part}", self.part),
            Route("/do/{deed}", self.do, methods=["POST"]),
            Route("/attach", self.attach, methods=["POST"]),
            Route("/file/{file}", self.file),
            # The addresses that files carry in the Web API, for links in messages.
            Route("/files/{file}", self.file),
            Route("/files/{file}/{name:path}", self.file),
            Route("/completions", self.completions),
            Route("/live", self.live),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ]

    def front(self, request: Request) -> Response:
        person = self._visitor(request)
        return RedirectResponse(f"/channel/{person.first_channel().id}?as={person.user.name}")

    def channel_screen(self, request: Request) -> Response:
        person = self._visitor(request)
        with self._sandbox.workspace.lock:
            try:
                channel = person.channel(request.path_params["channel"])
            except NotVisible:
                return self.front(request)
            facts = screens.conversation(person, channel, request.query_params.get("at", ""))
            return self._screen(person, request, "channel.html", channel.id, facts)

    def home_screen(self, request: Request) -> Response:
        person = self._visitor(request)
        if not request.query_params.get("quietly"):
            person.person.opens_home()
        with self._sandbox.workspace.lock:
            facts = screens.view(self._sandbox.workspace.homes.get(person.user.id))
            facts |= {"app": screens.app(person), "channel": person.direct_message()}
            return self._screen(person, request, "home.html", "home", facts)

    def part(self, request: Request) -> Response:
        person = self._visitor(request)
        part = parts.PARTS.get(request.path_params["part"])
        if part is None:
            return answers.html("There is no such part.", 404)
        with self._sandbox.workspace.lock:
            try:
                return answers.html(part(person, request.query_params))
            except refusals.REFUSALS as refusal:
                return answers.nothing(refusals.sentence(refusal))

    async def do(self, request: Request) -> Response:
        deed = deeds.DEEDS.get(request.path_params["deed"])
        if deed is None or answers.is_from_elsewhere(request):
            return answers.json({"error": "The page does not do that."}, 403)
        body = await request.json()
        try:
            outcome = await run_in_threadpool(deed, self._visitor(request), body)
        except refusals.REFUSALS as refusal:
            return answers.json({"error": refusals.sentence(refusal)})
        return answers.json(outcome or {})

    async def attach(self, request: Request) -> Response:
        if answers.is_from_elsewhere(request):
            return answers.json({"error": "The page does not do that."}, 403)
        person, form = self._visitor(request), await request.form()
        for file in form.getlist("file"):
            if not isinstance(file, str):
                content = await file.read()
                await run_in_threadpool(
                    person.person.uploads,
                    str(form["channel"]),
                    file.filename or "file",
                    content,
                    thread_ts=str(form.get("thread") or "") or None,
                )
        return answers.json({})

    def file(self, request: Request) -> Response:
        person = self._visitor(request)
        try:
            file = attachments.visible_file(self._sandbox.workspace, request.path_params["file"], person.user)
        except LookupError:
            return answers.html("There is no such file.", 404)
        shown = "download" not in request.query_params and attachments.is_image(file)
        return Response(
            file.content,
            media_type=attachments.media_type(file),
            headers=answers.HEADERS | {"Content-Disposition": attachments.disposition(file, shown)},
        )

    def completions(self, request: Request) -> Response:
        with self._sandbox.workspace.lock:
            return answers.json(completions(self._visitor(request)))

    async def live(self, request: Request) -> Response:
        events: AsyncIterator[str] = self._broadcast.stream(self._visitor(request))
        return StreamingResponse(events, media_type="text/event-stream", headers=answers.HEADERS)

    def _visitor(self, request: Request) -> Visitor:
        return visitor(self._sandbox, self._marks, self._story, request.query_params.get("as"))

    def _screen(self, person: Visitor, request: Request, main: str, current: str, facts: Any) -> Response:
        """The whole page, or only its main part when the page asks for it."""
        if "main" in request.query_params:
            return answers.html(draw(main, person.reader(), **facts))
        facts = screens.frame(person, current) | facts
        return answers.html(draw("page.html", person.reader(), main=main, **facts))
