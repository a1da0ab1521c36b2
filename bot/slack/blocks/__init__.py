"""Block Kit from plain text, within Slack's limits: a long text is shortened here rather than refused there."""

from bot.slack.blocks.elements import (
    INPUT_TEXT,
    OPTIONS,
    PLACEHOLDER,
    SECTION_TEXT,
    Element,
    button,
    checkboxes,
    confirmation,
    date_picker,
    datetime_picker,
    multi_select,
    multi_user_select,
    option,
    overflow,
    plain_text,
    radio_buttons,
    select,
    text_input,
    user_select,
)
from bot.slack.blocks.fitting import (
    MESSAGE_BLOCKS,
    MESSAGE_TEXT,
    PRIVATE_METADATA,
    TOPIC_TEXT,
    VIEW_BLOCKS,
    fit_blocks,
    fit_message,
    modal,
    paragraphs,
)
from bot.slack.blocks.layout import Block, actions, context, divider, field, header, section, text_field
