"""A template that would never end or fill the memory is stopped quickly; plain text is sent instead."""

from pathlib import Path

import pytest

from bot.runtime.template_limits import MAX_SECONDS
from bot.runtime.templates import TemplateBroken, Templates

GROWING = (
    "{%% set n = namespace(text='aaaaaaaaaa') %%}{%% for i in range(60) %%}{%% set n.text = %s %%}{%% endfor %%}"
)
NESTED = "".join("{% for _ in items %}" for _ in range(8)) + "".join("{% endfor %}" for _ in range(8))


def rendered(folder: Path, text: str, limit_s: float = MAX_SECONDS) -> str:
    (folder / "tried.j2").write_text(text)
    return Templates(folder, limit_s).render(
        "tried.j2", {"items": list("abcdefghij"), "tree": [{"in": [{"in": []}]}]}
    )


CALLS = "{% macro call(n) %}{% if n %}{{ call(n - 1) }}{{ call(n - 1) }}{% endif %}{% endmacro %}{{ call(60) }}"


@pytest.mark.parametrize(("text", "limit_s"), [(NESTED, MAX_SECONDS), (CALLS, 0.05)], ids=["loops", "calls"])
def test_a_template_that_never_ends_is_stopped(tmp_path: Path, text: str, limit_s: float) -> None:
    with pytest.raises(TemplateBroken, match=f"it takes longer than {limit_s:g} s"):
        rendered(tmp_path, text, limit_s)


@pytest.mark.parametrize(
    "growth", ["n.text ~ n.text", "n.text + n.text", "n.text | replace('a', n.text)", "range(100) | join(n.text)"]
)
def test_a_template_that_makes_an_ever_longer_text_is_stopped(tmp_path: Path, growth: str) -> None:
    with pytest.raises(TemplateBroken, match="it makes a text of more than 400,000 characters"):
        rendered(tmp_path, GROWING % growth)


def test_ordinary_templates_render_as_before(tmp_path: Path) -> None:
    assert (
        rendered(
            tmp_path, "{% for one in items %}{{ loop.index }} of {{ loop.length }}{{ one ~ '!' }} {% endfor %}"
        )[:19]
        == "1 of 10a! 2 of 10b!"
    )
    assert rendered(tmp_path, "{% for one in tree recursive %}<{{ loop(one['in']) }}>{% endfor %}") == "<<>>"
    assert rendered(tmp_path, "{% for one in [] %}{% else %}none{% endfor %} {{ 1 + 2 }}") == "none 3"
    assert (
        rendered(tmp_path, "{{ items | join('-') }} {{ 'abc' | replace('b', 'x') }}") == "a-b-c-d-e-f-g-h-i-j axc"
    )
