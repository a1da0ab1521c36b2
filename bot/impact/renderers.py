"""The outbox kinds for figures: files to read, and charts."""

from bot.impact import charts, uploads
from bot.incidents.invitations import channel_of
from bot.outbox import kinds
from bot.outbox.kinds import Kind
from bot.outbox.rules import Refusal

KINDS = (
    kinds.job(
        kinds.FIGURES_FILE, uploads.read_or_import, kinds.channel_of_row, otherwise=Refusal.FINAL, is_import=True
    ),
    Kind(
        kinds.FIGURES_CHART,
        "",
        charts.call,
        channel_of,
        otherwise=Refusal.FINAL,
        on_given_up=charts.note_refused,
    ),
)
