"""Proposals for playbooks: the form, the question to the person who decides, the list. Pure."""

from collections.abc import Sequence

from bot.playbooks import ids
from bot.playbooks.proposal_tables import PlaybookProposal, ProposalState
from bot.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    field,
    modal,
    option,
    section,
    select,
    text_field,
    user_select,
)
from bot.slack.text import mention, one_line

LONGEST_TEXT, SHOWN_TEXT = 1_000, 600
EMOJI = {ProposalState.PROPOSED: "💡", ProposalState.ACCEPTED: "✅", ProposalState.DECLINED: "✖️"}
NONE_YET = (
    "Nothing is proposed. `/incident playbook propose` proposes a change; so do *For a playbook…* on a follow-up "
    "and in the review of a post-mortem."
)


def form(playbooks: Sequence[tuple[str, str]], text: str, incident: int | None, by: str) -> Block:
    """The form to propose a change: the playbook, the change, who makes it and who decides."""
    options = [option(title, name) for name, title in playbooks]
    return modal(
        ids.PROPOSE_FORM,
        "Change a playbook",
        [
            field("Playbook", select(ids.PLAYBOOK, options)),
            text_field(
                "What to change",
                ids.TEXT,
                initial=text,
                multiline=True,
                longest=LONGEST_TEXT,
                hint="Everyone here can read it.",
            ),
            field("Who changes it", user_select(ids.OWNER, initial=by)),
            field("Who decides", user_select(ids.DECIDES)),
        ],
        submit="Propose",
        subject=incident or "",
    )


def decline_form(proposal: PlaybookProposal) -> Block:
    return modal(
        ids.DECLINE_FORM,
        "Decline it",
        [
            section(_summary_line(proposal)),
            text_field("Why?", ids.REASON, multiline=True, longest=LONGEST_TEXT),
        ],
        submit="Decline",
        subject=proposal.number,
    )


def question(proposal: PlaybookProposal) -> Message:
    """The message to the person who decides; after that it shows the decision."""
    lead = f"{mention(proposal.by)} proposes to change a playbook, and asks you to decide."
    return lead, [section(lead), *_blocks(proposal, with_buttons=True)]


def listing(proposals: Sequence[PlaybookProposal], reader: str) -> Message:
    """The list of proposals, with buttons on those that the reader decides."""
    if not proposals:
        return NONE_YET, []
    open_count = sum(proposal.is_open for proposal in proposals)
    text = f"*Proposals for playbooks*: {open_count} to be decided"
    proposal_blocks = [
        block for each in proposals for block in _blocks(each, with_buttons=each.decides_id == reader)
    ]
    return text, [section(text), *proposal_blocks]


def _blocks(proposal: PlaybookProposal, *, with_buttons: bool) -> list[Block]:
    number = str(proposal.number)
    blocks = [section(_summary_line(proposal)), context(_status(proposal))]
    if with_buttons and proposal.is_open:
        accept = button("Accept", ids.ACCEPT_PROPOSAL, number, style="primary")
        decline = button("Decline…", ids.DECLINE_PROPOSAL, number)
        blocks.append(actions([accept, decline], block_id=f"proposal-{number}"))
    return blocks


def _summary_line(proposal: PlaybookProposal) -> str:
    emoji = EMOJI[ProposalState(proposal.state)]
    return f"{emoji} *{one_line(proposal.playbook_name, 80)}*: {one_line(proposal.text, SHOWN_TEXT)}"


def _status(proposal: PlaybookProposal) -> str:
    origins = [f"incident {proposal.incident_id}"] if proposal.incident_id else []
    owner = f"{mention(proposal.owner_id)} changes it"
    if proposal.is_open:
        return " · ".join([f"{mention(proposal.decides_id)} decides", owner, *origins])
    decided = f"{proposal.state} by {mention(proposal.decides_id)}"
    reason = [one_line(proposal.reason, 200)] if proposal.reason else []
    return " · ".join([decided, *reason, *([owner] if proposal.state == ProposalState.ACCEPTED else []), *origins])


def decided_text(proposal: PlaybookProposal) -> str:
    """The message to those waiting for the decision."""
    file, change = (
        f"`playbooks/{one_line(proposal.playbook_name, 80)}.yaml`",
        one_line(proposal.text, SHOWN_TEXT),
    )
    if proposal.state == ProposalState.ACCEPTED:
        return (
            f"✅ {mention(proposal.decides_id)} accepts it; {mention(proposal.owner_id)} changes {file}: {change}"
        )
    return f"✖️ {mention(proposal.decides_id)} declines it ({one_line(proposal.reason, 300)}): {file}: {change}"
