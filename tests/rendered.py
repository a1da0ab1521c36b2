"""The messages as a reader sees them: no raw markup, no token cut in two, no time twice, no unannounced form."""

import json
import re
from collections.abc import Iterator
from typing import Any

from slack_sandbox import Sandbox

TOKEN = re.compile(r"<!date\^\d{9,11}\^[^<>|^]*\{[a-z_]+\}[^<>|]*\|[^<>|]+>")
CUT = re.compile(r"<[!@#][^<>]*(?:$|<)")
NEXT_UPDATE = re.compile(r"next update|próxima actualización", re.IGNORECASE)
# Texts that show several updates in one message, or list what is due.
LISTS = ("📣", "Updates of incident", "Changed: the next update", "Cambio: la próxima actualización")


def problems_for_readers(sandbox: Sandbox) -> list[str]:
    """Return a line for each text of the bot that a reader would not see as it was meant."""
    with sandbox.workspace.lock:
        calls = [(call.method, dict(call.args)) for call in sandbox.journal.calls if not call.is_refusal]
        files = list(sandbox.workspace.files.values())
    problems = [f"{method}: {problem}" for method, args in calls for problem in _of_call(args)]
    problems += [f"file {file.name}: raw date" for file in files if file.user and b"<!date" in file.content]
    problems += _unannounced_forms(sandbox)
    return list(dict.fromkeys(problems))


def _unannounced_forms(sandbox: Sandbox) -> Iterator[str]:
    """Buttons that ask for more before anything happens, and do not end in an ellipsis."""
    payloads = [envelope.payload for envelope in list(sandbox.envelopes)]
    labels = {
        payload["trigger_id"]: action["text"]["text"]
        for payload in payloads
        for action in payload.get("actions") or []
        if action["type"] == "button"
    }
    for method in ("views.open", "views.push"):
        for call in sandbox.calls_of(method):
            label, view = labels.get(call.args.get("trigger_id", "")), call.args.get("view") or {}
            if label and "submit" in view and not label.endswith("…"):
                yield f"the button {label!r} opens a form ({view['callback_id']}): let it end in …"


def _of_call(args: dict[str, Any]) -> Iterator[str]:
    texts_shown = list(_texts(args))
    for is_formatted, text in texts_shown:
        if is_formatted:
            yield from _of_formatted(text)
        elif "<!date" in text or "&lt;!date" in text:
            yield f"raw date in plain text: {text[:300]}"
    # The fallback text is not checked here: it is shown only where there are no blocks.
    # Below a divider comes another language, or news of another incident.
    for part in _parts(args.get("blocks") or []):
        texts = [text for is_formatted, text in _texts({"blocks": part}) if is_formatted]
        if not any(mark in text for mark in LISTS for text in texts):
            yield from _of_message(texts)


def _parts(blocks: list[Any]) -> list[list[Any]]:
    parts: list[list[Any]] = [[]]
    for block in blocks:
        if block["type"] == "divider":
            parts.append([])
        else:
            parts[-1].append(block)
    return parts


def _of_formatted(text: str) -> Iterator[str]:
    rest = TOKEN.sub("", text)
    if "<!date" in rest:
        yield f"a date that Slack cannot read: {text[:300]}"
    if "&lt;!date" in text:
        yield f"a date that was escaped: {text[:300]}"
    if CUT.search(rest):
        yield f"a token that is cut: {text[-300:]}"
    if re.search(r"(<!date\^\d+\^[^>]+>)[^\n<]{0,40}\1", text):
        yield f"a time twice: {text[:300]}"


def _of_message(texts: list[str]) -> Iterator[str]:
    text = "\n".join(texts)
    if len(NEXT_UPDATE.findall(text)) > 1:
        yield f"two next updates in one message: {text[:400]}"


def _texts(part: Any, key: str = "") -> Iterator[tuple[bool, str]]:
    """Yield every text that a reader sees, and whether Slack formats it."""
    if isinstance(part, list):
        for item in part:
            yield from _texts(item, key)
    elif isinstance(part, dict):
        if part.get("type") in ("plain_text", "mrkdwn") and isinstance(part.get("text"), str):
            yield part["type"] == "mrkdwn", part["text"]
            return
        for name, value in part.items():
            yield from _texts(value, name)
    elif isinstance(part, str) and key in ("blocks", "view", "attachments"):
        yield from _texts(json.loads(part))
    elif isinstance(part, str) and key in ("text", "initial_value", "topic", "title"):
        yield key == "text", part
