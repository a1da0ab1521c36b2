"""Everything that goes to Slack after a commit. Nouns call `outbox.post`, `outbox.mark_stale` …"""

from bot.outbox.queries import (
    at,
    by_key,
    due,
    failing,
    find,
    has_key_beginning,
    is_shown_by,
    named,
    of_incident,
    posts_of,
)
from bot.outbox.staleness import (
    abandon,
    give_up,
    mark_message_stale,
    mark_stale,
    mark_stale_subject,
    replace_channel,
    show_again,
    stop_following,
)
from bot.outbox.tables import FIRST, LAST, MESSAGE, URGENT, USUAL, OutboxRow, key_of
from bot.outbox.writing import (
    add,
    edit,
    edit_about,
    edit_named,
    enqueue,
    hurry,
    post,
    remember,
    remove_untried,
    supersede,
    withdraw,
)
