"""The page's routes: screens, partials, actions, files, and the stream of changes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from slack_sandbox import file_sharing
from slack_sandbox.errors import NotVisible
from slack_sandbox.installation import Installation
from slack_sandbox.page import actions, attachments, partials, refusals, responses, screens
from slack_sandbox.page.completions import completions
from slack_sandbox.page.demo import Demo
from slack_sandbox.page.live import Broadcast
from slack_sandbox.page.read_marks import ReadMarks
from slack_sandbox.page.rendering import render
from slack_sandbox.page.viewer import Viewer, viewer

_STATIC = Path(__file__).parent / "static"


class Site:
    """The page of one sandbox."""

    def __init__(self, sandbox: Installation) -> None:
        self._sandbox = sandbox
        self._marks = ReadMarks(sandbox.workspace)
        self._demo = Demo(sandbox)
        self._broadcast = Broadcast(sandbox)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.index),
            Route("/channel/{channel}", self.channel_screen),
            Route("/home", self.home_screen),
            Route("/part/{part}", self.part),
            Route("/do/{action}", self.submit, methods=["POST"]),
            Route("/attach", self.attach, methods=["POST"]),
            Route("/file/{file}", self.file),
            # The URLs of files in the Web API, for links in messages.
            Route("/files/{file}", self.file),
            Route("/files/{file}/{name:path}", self.file),
            Route("/completions", self.completions),
            Route("/live", self.live),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ]

    def index(self, request: Request) -> Response:
        person = self._visitor(request)
        return RedirectResponse(f"/channel/{person.first_channel().id}?as={person.user.name}")

    def channel_screen(self, request: Request) -> Response:
        person = self._visitor(request)
        with self._sandbox.workspace.lock:
            try:
                channel = person.channel(request.path_params["channel"])
            except NotVisible:
                return self.index(request)
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
        part = partials.PARTIALS.get(request.path_params["part"])
        if part is None:
            return responses.html("There is no such part.", 404)
        with self._sandbox.workspace.lock:
            try:
                return responses.html(part(person, request.query_params))
            except refusals.REFUSALS as refusal:
                return responses.no_content(refusals.sentence(refusal))

    async def submit(self, request: Request) -> Response:
        action = actions.ACTIONS.get(request.path_params["action"])
        if action is None or responses.is_cross_site(request):
            return responses.json({"error": "The page does not do that."}, 403)
        body = await request.json()
        try:
            outcome = await run_in_threadpool(action, self._visitor(request), body)
        except refusals.REFUSALS as refusal:
            return responses.json({"error": refusals.sentence(refusal)})
        return responses.json(outcome or {})

    async def attach(self, request: Request) -> Response:
        if responses.is_cross_site(request):
            return responses.json({"error": "The page does not do that."}, 403)
        person, form = self._visitor(request), await request.form()
        uploaded = []
        for file in form.getlist("file"):
            if not isinstance(file, str):
                content, name = await file.read(), file.filename or "file"
                uploaded.append(await run_in_threadpool(self._upload, person, form, name, content))
        return responses.json({"files": uploaded})

    def _upload(self, person: Viewer, form: FormData, name: str, content: bytes) -> str:
        """Upload a file as a message in a channel; without one, keep it for the form in which it was chosen."""
        channel, thread = str(form["channel"]), str(form.get("thread") or "") or None
        if channel:
            return person.person.uploads(channel, name, content, thread_ts=thread).id
        return file_sharing.keep_for_form(self._sandbox.workspace, person.user, name, content).id

    def file(self, request: Request) -> Response:
        person = self._visitor(request)
        try:
            file = attachments.visible_file(self._sandbox.workspace, request.path_params["file"], person.user)
        except LookupError:
            return responses.html("There is no such file.", 404)
        shown = "download" not in request.query_params and attachments.is_image(file)
        return Response(
            file.content,
            media_type=attachments.media_type(file),
            headers=responses.HEADERS | {"Content-Disposition": attachments.disposition(file, shown)},
        )

    def completions(self, request: Request) -> Response:
        with self._sandbox.workspace.lock:
            return responses.json(completions(self._visitor(request)))

    async def live(self, request: Request) -> Response:
        events: AsyncIterator[str] = self._broadcast.stream(self._visitor(request))
        return StreamingResponse(events, media_type="text/event-stream", headers=responses.HEADERS)

    def _visitor(self, request: Request) -> Viewer:
        return viewer(self._sandbox, self._marks, self._demo, request.query_params.get("as"))

    def _screen(self, person: Viewer, request: Request, main: str, current: str, facts: Any) -> Response:
        """The whole page, or only its main part if the page asks for that."""
        if "main" in request.query_params:
            return responses.html(render(main, person.reader(), **facts))
        facts = screens.frame(person, current) | facts
        return responses.html(render("page.html", person.reader(), main=main, **facts))
