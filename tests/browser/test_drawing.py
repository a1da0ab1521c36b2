"""Slack's texts and blocks as HTML: their look, and that no text becomes markup."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slack_sandbox.page import dates, markdown, mrkdwn, richtext
from slack_sandbox.page.names import Reader
from slack_sandbox.page.rendering import render
from tests.browser import deskbot_views as views

ANA = Reader(
    user_id="U0ANA",
    name="ana",
    zone=ZoneInfo("Asia/Manila"),
    now=datetime(2026, 11, 22, 3, 0, tzinfo=UTC),
    people={"U0ANA": "Ana Reyes", "U0BEN": "Ben <b>Okafor</b>"},
    channels={"C1": "incidents"},
    groups={"S1": "executives"},
)
# 11:00 in Manila.
NOW = int(ANA.now.timestamp())


class Parsed(HTMLParser):
    """The tags, attributes and words of drawn HTML."""

    def __init__(self, drawn: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(drawn)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("*b* _i_ ~s~ `c*d*`", "<strong>b</strong> <em>i</em> <s>s</s> <code>c*d*</code>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("*a _b_*", "<strong>a <em>b</em></strong>"),
        ("a\n\nb", "a<br><br>b"),
        ("&lt;b&gt; &amp;amp; <b>", "&lt;b&gt; &amp;amp; &lt;b&gt;"),
        ("```x < y\n*z*```", "<pre>x &lt; y\n*z*</pre>"),
        ("&gt; one\n> two\nthree", "<blockquote>one<br>two</blockquote>three"),
        ("<@U0ANA>", '<span class="mention me" data-user="U0ANA">@Ana Reyes</span>'),
        ("<@U0BEN>", '<span class="mention" data-user="U0BEN">@Ben &lt;b&gt;Okafor&lt;/b&gt;</span>'),
        ("<#C1|old-name>", '<a class="mention" href="/channel/C1?as=ana" data-go>#incidents</a>'),
        ("<#C9>", '<span class="mention hidden-channel">🔒 private channel</span>'),
        ("<!here>", '<span class="mention me">@here</span>'),
        ("<!subteam^S1>", '<span class="mention">@executives</span>'),
        ("<javascript:alert(1)|click>", "click"),
        (":tada: :no-such: 10:30:45", "🎉 :no-such: 10:30:45"),
        ("<https://x.slack.com/archives/C1/p1766372345000123|there>",
         '<a href="/channel/C1?as=ana&amp;at=1766372345.000123" data-go>there</a>'),
    ],
)  # fmt: skip
def test_mrkdwn_is_drawn_as_slack_draws_it(typed: str, drawn: str) -> None:
    assert mrkdwn.to_html(typed, ANA) == drawn


def test_a_link_opens_in_a_new_tab_without_a_referrer() -> None:
    drawn = mrkdwn.to_html("<https://example.com/?a=1&amp;b=2|an *example*> and https://a.b/c.", ANA)

    assert drawn == (
        '<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noreferrer noopener">an *example*</a> and '
        '<a href="https://a.b/c" target="_blank" rel="noreferrer noopener">https://a.b/c</a>.'
    )


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("{date_num} {time}", "2026-11-22 11:00 AM"),
        ("{date}", "November 22nd, 2026"),
        ("{date_short_pretty} at {time_secs}", "today at 11:00:00 AM"),
        ("{date_long}", "Sunday, November 22nd, 2026"),
        ("{ago}", "just now"),
        ("{no_such_token}", "{no_such_token}"),
    ],
)
def test_a_moment_is_shown_in_the_readers_own_time(form: str, shown: str) -> None:
    drawn = mrkdwn.to_html(f"<!date^{NOW}^{form}|fallback>", ANA)

    assert Parsed(drawn).words == shown


@pytest.mark.parametrize(
    ("hours", "shown"), [(0.01, "just now"), (1.5, "1 hour ago"), (49, "2 days ago"), (-2, "in 2 hours")]
)
def test_elapsed_time_is_shown_in_the_largest_unit(hours: float, shown: str) -> None:
    assert dates.ago(datetime.fromtimestamp(NOW - hours * 3600, UTC), ANA.now) == shown


def test_markdown_of_a_report_is_a_document() -> None:
    drawn = Parsed(markdown.to_html(views.REPORT))

    assert {"h1", "h2", "strong", "a", "code", "table", "th", "td", "ul", "li"} <= drawn.tags


def test_markdown_lists_nest_and_tasks_are_ticked() -> None:
    drawn = markdown.to_html("- a\n  - b\n- [x] c\n1. d")

    assert drawn == "<ul><li>a<ul><li>b</li></ul></li><li>☑ c</li></ul>\n<ol><li>d</li></ol>"


NASTY = [
    "<",
    ">",
    "&",
    '"',
    "'",
    "`",
    "*",
    "_",
    "~",
    ":",
    "|",
    "\n",
    "> ",
    "- ",
    "# ",
    "[",
    "](",
    ")",
    "<!",
    "<@",
    "<#",
]
NASTY += [
    "<script>",
    "</pre>",
    "javascript:",
    "onerror=",
    "<img src=x>",
    "&lt;",
    "&#60;",
    "<!date^1^{time}^",
    "```",
    "{{",
    "word ",
]
texts = st.lists(st.sampled_from(NASTY) | st.text(max_size=6), max_size=24).map("".join)
TAGS = {
    "strong",
    "em",
    "s",
    "u",
    "code",
    "pre",
    "br",
    "span",
    "a",
    "time",
    "blockquote",
    "div",
    "p",
    "hr",
    "ol",
    "ul",
    "li",
}
TAGS |= {"h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"href", "target", "rel", "class", "title", "datetime", "data-go", "data-user", "tabindex", "start"}


def assert_harmless(drawn: str) -> None:
    parsed = Parsed(drawn)
    assert parsed.tags <= TAGS
    assert {name for name, _ in parsed.attributes} <= ATTRIBUTES
    links = [value for name, value in parsed.attributes if name == "href"]
    assert all(
        link.startswith(("http:", "https:", "mailto:", "tel:", "slack:", "/channel/"))
        for link in map(str.lower, links)
    )


@given(texts)
def test_no_mrkdwn_becomes_markup(text: str) -> None:
    assert_harmless(mrkdwn.to_html(text, ANA))


@given(texts)
def test_no_markdown_becomes_markup(text: str) -> None:
    assert_harmless(markdown.to_html(text))


@given(texts)
def test_no_rich_text_becomes_markup(text: str) -> None:
    elements: list[dict[str, Any]] = [
        {"type": "text", "text": text, "style": {"bold": True}},
        {"type": "link", "url": text, "text": text},
        {"type": "emoji", "name": text},
        {"type": "user", "user_id": text},
        {"type": "date", "timestamp": 1, "format": text},
    ]
    section = {"type": "rich_text_section", "elements": elements}
    assert_harmless(richtext.to_html({"elements": [section]}, ANA))


@given(texts)
def test_plain_text_stays_plain(text: str) -> None:
    parsed = Parsed(mrkdwn.plain_text(text))

    assert parsed.tags <= {"br"}


# Drawing the whole kit twice takes longer than an example's usual 200 ms when other tests run beside it.
@settings(deadline=None)
@given(texts)
def test_no_block_becomes_markup(text: str) -> None:
    """Replace every text of the kit: no tag or event handler appears that is not there with plain words."""
    harmless, nasty = (Parsed(draw_blocks(with_words(views.kit(), words))) for words in ("words", text))

    assert nasty.tags <= harmless.tags | TAGS
    assert not [name for name, _ in nasty.attributes if name.startswith("on")]
    assert "script" not in nasty.tags


def with_words(node: Any, words: str) -> Any:
    """Return the same blocks with other text in every place where a person or an app writes."""
    if isinstance(node, list):
        return [with_words(child, words) for child in node]
    if not isinstance(node, dict):
        return node
    replaced = {"text", "value", "alt_text", "action_id", "image_url"}
    return {
        key: words if key in replaced and isinstance(value, str) else with_words(value, words)
        for key, value in node.items()
    }


def draw_blocks(blocks: list[dict[str, Any]]) -> str:
    return render(
        "modal.html", ANA, view={"id": "V1", "hash": "1", "title": None, "blocks": blocks}, depth=1, app=None
    )
