"""The guides of docs/sources: their output is what the bot prints, and the source that they develop runs."""

import os
import re
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from bot.commands.doctor.sources import findings_of
from bot.commands.sources import rows_of
from bot.config import floor
from bot.errors import WatchfloorError
from bot.feeds.sources import Sources
from bot.runtime.clock import utcnow
from bot.runtime.network import Network
from bot.sources import kinds
from bot.sources.port import Intervals
from tests.sources.guides import GUIDES, Guide, picture_of, pictured_text
from tests.sources.own import OWN_GUIDE, AcmeStandIn, code_of_guide
from tests.sources.stand_in import TOKEN, everything, running

NEEDED = ("## Rights", "## Try it", "## What it reads", "## What goes wrong")


@pytest.mark.parametrize("made", GUIDES, ids=lambda made: made.__name__)
def test_a_guide_is_complete_and_shows_the_bots_words(made: Callable[[], Guide]) -> None:
    guide = made()
    with running(guide.stand_in):
        guide_text = guide.path.read_text()
        assert [heading for heading in NEEDED if heading not in guide_text] == []
        for block in (guide.doctor(), guide.tried()):
            assert f"```\n{block}\n```" in guide_text, block
        assert_pictured(guide.kind, guide_text, guide.doctor())


def assert_pictured(kind: str, guide_text: str, doctor_text: str) -> None:
    """Check that the guide's picture is small and shows the doctor's words: refused, and then well."""
    picture = picture_of(kind)
    assert f"](../images/{picture.name})" in guide_text
    assert picture.stat().st_size < 30_000
    lines = [line for line in pictured_text(kind).splitlines() if line.startswith(("✗ The source", "✓ The source"))]
    assert [line[0] for line in lines] == ["✗", "✓"]
    assert [line for line in lines if line not in doctor_text.splitlines()] == [], "run `make pictures`"


def test_the_guide_of_files_is_complete_and_shows_the_bots_words(tmp_path: Path) -> None:
    guide_text = Path("docs/sources/files.md").read_text()
    assert [heading for heading in NEEDED if heading not in guide_text] == []
    folder = tmp_path / "exports"
    source = floor.Source(kind="folder", options={"folder": str(folder)})
    sources = Sources({"exports": source}, Network(), tmp_path)
    findings = [str(finding) for finding in findings_of(sources, "exports", "folder")]
    folder.mkdir()
    (folder / "report.csv").write_text("x" * 139)
    os.utime(folder / "report.csv", (0, 0))
    findings = [str(finding) for finding in findings_of(sources, "exports", "folder")] + findings
    rows_shown = "\n".join(rows_of(sources.get("exports"), "exports"))
    for block in (rows_shown, "\n".join(findings).replace(str(tmp_path), "/srv")):
        assert f"```\n{block}\n```" in guide_text, block
    assert_pictured("files", guide_text, "\n".join(findings).replace(f"{tmp_path}/", ""))


def test_the_source_in_the_guide_is_short_and_runs_as_a_third_party_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of_guide()
    assert len(code.splitlines()) < 60
    (tmp_path / "figures_of_acme.py").write_text(code)
    (tmp_path / "broken_acme.py").write_text("import nothing_like_this\n")
    installed = tmp_path / "acme-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1\n")
    (toml,) = re.findall(r"```toml\n(.*?)```", OWN_GUIDE.read_text(), re.DOTALL)
    group, acme = re.fullmatch(r'\[project\.entry-points\."(.+)"\]\nacme = "(.+)"\n', toml).groups()
    (installed / "entry_points.txt").write_text(f"[{group}]\nacme = {acme}\nbroken = broken_acme:Acme\n")
    monkeypatch.syspath_prepend(tmp_path)
    metadata.MetadataPathFinder().invalidate_caches()

    with running(AcmeStandIn(25)) as stand_in:
        local = {"insecure": True, "allow_networks": ("127.0.0.0/8",), "secret": "SECRET"}
        described_sources = {
            kind: floor.Source(kind=kind, url=stand_in.url, **local) for kind in ("acme", "broken", "other")
        }
        sources = Sources(described_sources, Network(), tmp_path, environment={"SECRET": TOKEN})
        source = sources.get("acme")
        assert source.check() == []
        assert isinstance(source, Intervals)
        rows, _, pages = everything(lambda at: source.read(at, utcnow()))
        assert (len(rows), pages) == (25, 3)
        for kind, reason in (("broken", "nothing_like_this"), ("other", "There are acme, broken, connect")):
            with pytest.raises(WatchfloorError, match=reason):
                sources.get(kind)
    assert group == kinds.GROUP
    sys.modules.pop("figures_of_acme")
