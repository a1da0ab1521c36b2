"""A post-mortem in the floor's language."""

import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.impact import charts, gathering
from bot.impact import ids as impact_ids
from bot.impact.figure_wording import LANGUAGES
from bot.incidents import incidents
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.stories.record import post_mortem_files
from tests.stories.test_figures import csv_of, drop, press, this_half_hour

ENGLISH = re.compile(
    r"commander|communications lead|executives|front line|operations|telephony|service level|already|"
    r"not running|ladder|forecast|declared|times:",
    re.IGNORECASE,
)


def test_a_spanish_floor_reads_its_post_mortem_and_its_chart_in_spanish(tmp_path: Path) -> None:
    shipped = Path("floor.yaml").read_text()
    (tmp_path / "floor.yaml").write_text(shipped.replace("language: en\n", "language: es\n", 1))
    with TestFloor(tmp_path, floor_file=tmp_path / "floor.yaml") as floor:
        channel = floor.declares("S0 IVR caído en Manila")
        floor.says("ana", "/incident claim commander", channel)
        start = this_half_hour()
        drop(floor, channel, csv_of((start, "Billing", 100, 30, 5)))
        press(floor, impact_ids.USE, channel)
        # Nothing is sent on time: the record says why.
        floor.passes(minutes=25)
        floor.says("ana", "/incident severity S1 la mitad de las llamadas", channel)
        floor.says("ana", "/incident postmortem", channel)
        floor.settle()
        files = dict(post_mortem_files(floor, "ana"))
        with floor.services.database.reading() as session:
            incident = incidents.by_number(session, 1)
            assessment = gathering.gather(session, floor.services.floor, incident, utcnow())
        chart = charts.payload(incident, assessment, ZoneInfo("UTC"), LANGUAGES["es"])
    # Titles of playbooks and steps stay in the language of their files.
    draft = re.sub(
        r"^.*(Telephony or IVR down|\| sin terminar \||recordó un paso).*$",
        "",
        files["post-mortem-1.md"],
        flags=re.M,
    )
    assert "Telefonía o IVR" in draft
    assert (
        "Billing · Manila: nivel de servicio 30 %, por debajo del límite de aviso del 64 % (objetivo: 80 %)"
        in draft.replace("\\", "")
    )
    assert "Watchfloor no estaba en marcha a esa hora" in draft
    assert "Dirección ya tuvo una actualización" in draft
    texts = [draft, files["post-mortem-1-leadership.html"], json.dumps(chart, ensure_ascii=False)]
    body = re.sub(r"<style>.*?</style>|https://[^\"\s]*|Tell the executives", "", "\n".join(texts), flags=re.DOTALL)
    assert ENGLISH.findall(body) == []
