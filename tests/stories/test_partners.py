"""Partners are told in their channel and language, answer with a button, and are phoned when silent."""

import re

from bot.incidents import ids as incident_ids
from bot.partners import ids
from tests.floor import TestFloor
from tests.stories.record import timeline

NORTHLINE, SAGEBRUSH = "partner-northline", "partner-sagebrush"


def partner_incident(floor: TestFloor, words: str = "S1 IVR down at Northline, Sagebrush and Telvia") -> str:
    """Declare an incident that affects partners; return its channel."""
    return floor.declares(words)


def notices(floor: TestFloor, channel: str, who: str = "ana") -> list[str]:
    """The messages in a partner's channel that are not replies."""
    return [
        m.visible_text for m in floor.sandbox.person(who).sees(channel) if not m.thread_ts or m.thread_ts == m.ts
    ]


def below(floor: TestFloor, channel: str) -> list[str]:
    """The replies in threads of a partner's channel."""
    with floor.sandbox.workspace.lock:
        messages = list(floor.sandbox.workspace.channel(channel).messages.values())
    return [message.visible_text for message in messages if message.thread_ts and message.thread_ts != message.ts]


def last_phone_request(floor: TestFloor) -> str:
    """The last message that asks Ana to phone partners."""
    messages = floor.ana.direct_messages()
    return [message.visible_text for message in messages if "Please phone" in message.visible_text][-1]


def partners_screen(floor: TestFloor, channel: str) -> str:
    """What `/incident partners` shows Ana."""
    floor.says("ana", "/incident partners", channel)
    return floor.ephemeral("ana", channel)[-1]


def test_each_partner_is_told_in_time_in_its_language_and_answers_with_a_button(floor: TestFloor) -> None:
    channel = partner_incident(floor, "S1 IVR down in Manila at Northline, Sagebrush and Telvia")
    floor.says("ana", "/incident impact Half the calls are lost. Chloe hopes for 15:00.", channel)
    floor.says("ana", "/incident partners", channel)
    assert (
        "0 of 3 partners told · 0 answered · number of affected agents not known yet"
        in floor.ephemeral("ana", channel)[-1]
    )
    floor.passes(minutes=1)
    floor.tick()
    assert "*Telvia* – not told: no channel. ☎️ +34 910 000 100 Tomás Vila" in floor.direct_text("ana"), (
        "phoning takes longest"
    )
    floor.passes(minutes=11)
    assert notices(floor, NORTHLINE) == []
    floor.passes(minutes=1)

    [english], [spanish] = notices(floor, NORTHLINE), notices(floor, SAGEBRUSH)
    assert "Notice for Northline" in english
    assert "Half the calls are lost." in english
    assert "Chloe" not in english
    assert "15:00" not in english
    assert "IVR down in Manila at Northline and several partners" in english
    assert "(Manila)" not in english, "the title says where"
    assert "Sagebrush" not in english
    next_due = re.search(r"Next update <!date\^(\d+)", english)
    assert next_due, "the notice names the time of the next update"
    assert "Aviso para Sagebrush" in spanish
    assert "Nos afecta" in spanish

    [ts] = [message.ts for message in floor.olga.sees(NORTHLINE) if "Notice for" in message.visible_text]
    until_next_s = int(next_due[1]) - float(ts)
    assert until_next_s > 300, "an update so soon after the notice is not sent, so none is promised"
    floor.sandbox.deliver_twice("interactive", 1)
    floor.olga.clicks(ids.RECEIVED, channel=NORTHLINE, ts=ts)
    floor.settle()
    floor.gus.clicks(ids.AFFECTED, channel=SAGEBRUSH)
    floor.gus.closes()
    floor.settle()
    assert timeline(floor, "partner_affected") == [], "the form was cancelled"
    floor.gus.clicks(ids.AFFECTED, channel=SAGEBRUSH)
    floor.gus.fills(ids.AGENTS, "many")
    refusal = floor.gus.submits()
    assert refusal.errors == {ids.AGENTS: "Indique un número, por ejemplo 12, o déjelo vacío."}
    floor.gus.fills(ids.AGENTS, "12")
    assert floor.gus.submits().closed
    floor.settle()

    assert "✅ Received <@U0OLGA> · " in notices(floor, NORTHLINE)[0]
    assert "⚠️ Afectados – 12 agentes <@U0GUS> · " in notices(floor, SAGEBRUSH)[0]
    assert [len(timeline(floor, f"partner_{kind}")) for kind in ("told", "received", "affected", "agents")] == [
        2,
        1,
        1,
        1,
    ]
    floor.says("ana", "/incident partners", channel)
    matrix = floor.ephemeral("ana", channel)[-1]
    assert "2 of 3 partners told · 2 answered · 12 agents affected" in matrix
    assert "*to be phoned*, no channel" in matrix
    [unreachable] = timeline(floor, "partner_unreachable")
    assert "Telvia" in str(unreachable["facts"])
    assert "no channel" in str(unreachable["facts"])
    recorded = floor.says("devi", "/incident partners phoned telvia 7", channel)
    assert recorded == "Recorded: Telvia was phoned; 7 agents are affected."
    floor.says("ana", "/incident partners", channel)
    assert "3 of 3 partners told · 3 answered · 19 agents affected" in floor.ephemeral("ana", channel)[-1]
    floor.passes(seconds=until_next_s)
    assert len(below(floor, NORTHLINE)) == 1, "the update comes when the notice promised it"
    floor.passes(minutes=60)
    assert floor.direct_text("ana").count("Please phone") == 1, (
        "partners that answered are neither reminded nor named"
    )

    floor.says("ana", "/incident resolve over", channel)
    over = last_phone_request(floor)
    assert "Please phone 1 partner about incident 1" in over
    assert "to say that it is over:\n• *Telvia* – phoned <!date^" in over
    assert "silent" not in over
    assert partners_screen(floor, channel).count("*to be phoned*, to say that it is over\n☎️ +34 910 000 100") == 1
    floor.ana.clicks(f"{ids.PHONED}.3", channel=channel)
    floor.settle()
    assert "to be phoned" not in floor.ephemeral("ana", channel)[-1]
    assert floor.ephemeral("ana", channel)[-1].count("all clear <!date^") == 3
    floor.says("ana", "/incident reopen not yet", channel)
    assert "to say that it is not over after all:\n• *Telvia*" in last_phone_request(floor)
    matrix = partners_screen(floor, channel)
    assert "*to be phoned*, to say that it is not over after all" in matrix
    assert "0 answered · number of affected agents not known yet" in matrix, "the numbers were those of before"
    floor.says("ana", "/incident partners phoned Telvia", channel)
    assert "to be phoned" not in partners_screen(floor, channel)

    floor.says("ana", "/incident private it names people", channel)
    [private] = [each.name for each in floor.ana.channels() if each.is_private and each.name.startswith("inc-1-")]
    floor.says("ana", "/incident resolve over", private)
    assert "Please phone 3 partners" in last_phone_request(floor), "the notices of two have been deleted"
    assert "*Northline* – told <!date^" in last_phone_request(floor)
    assert len(timeline(floor, "partner_cleared")) == 2, "nobody was told that it is over for the second time"
    floor.says("ana", "/incident partners", private)
    matrix = floor.ephemeral("ana", private)[-1]
    assert "; its notice has been deleted since" in matrix
    assert "silent" not in matrix


def test_silent_partners_are_reminded_once_then_named_with_their_number_then_left_to_people(
    floor: TestFloor,
) -> None:
    channel = partner_incident(floor, "S1 IVR down at Northline and Sagebrush")
    floor.says("devi", "/incident claim commander", channel)
    assert "on its way to Northline, Sagebrush" in floor.says("ana", "/incident partners tell", channel)
    floor.olga.clicks(ids.RECEIVED, channel=NORTHLINE)
    floor.settle()
    floor.passes(minutes=9)
    assert below(floor, SAGEBRUSH) == []
    floor.passes(minutes=1)

    [reminder] = below(floor, SAGEBRUSH)
    assert "pulsen *Recibido*" in reminder
    assert below(floor, NORTHLINE) == []
    floor.passes(minutes=10)
    floor.passes(minutes=60)

    phone_messages = [m.visible_text for m in floor.devi.direct_messages() if "Please phone" in m.visible_text]
    assert len(phone_messages) == 1
    assert "*Sagebrush* – told <!date^" in phone_messages[0]
    assert "☎️ +57 601 555 0100 Gus Guest" in phone_messages[0]
    assert "Northline" not in phone_messages[0]
    assert len([line for line in below(floor, SAGEBRUSH) if "pulsen" in line]) == 1
    assert len(notices(floor, SAGEBRUSH)) == 1, "one message, edited, with replies below"
    floor.says("devi", "/incident partners", channel)
    floor.devi.clicks(f"{ids.PHONED}.2", channel=channel)
    floor.settle()
    assert "2 answered" in floor.ephemeral("devi", channel)[-1]


def test_a_phone_call_without_a_number_keeps_the_number_of_affected_agents(floor: TestFloor) -> None:
    channel = partner_incident(floor, "S1 IVR down at Sagebrush")
    floor.says("ana", "/incident partners tell", channel)
    floor.gus.clicks(ids.AFFECTED, channel=SAGEBRUSH)
    floor.gus.submits()
    floor.settle()
    floor.says("ana", "/incident partners", channel)
    assert "1 answered · number of affected agents not known yet" in floor.ephemeral("ana", channel)[-1]
    floor.gus.clicks(ids.AFFECTED, channel=SAGEBRUSH)
    floor.gus.fills(ids.AGENTS, "12")
    floor.gus.submits()
    floor.settle()

    recorded = floor.says("ana", "/incident partners phoned sagebrush", channel)

    assert recorded == "Recorded: Sagebrush was phoned, without a number of affected agents."
    missing = floor.says("ana", "/incident partners phoned", channel)
    assert missing == "Name the partner, such as `/incident partners phoned Northline 12`."
    missing = floor.says("ana", "/incident partners add", channel)
    assert missing == "Name the partner, such as `/incident partners add Northline`."
    assert "⚠️ Afectados – 12 agentes" in notices(floor, SAGEBRUSH)[0]
    floor.says("ana", "/incident partners", channel)
    assert "12 agents affected" in floor.ephemeral("ana", channel)[-1]


def test_changes_edit_the_notice_updates_come_below_it_and_the_all_clear_follows_the_list(floor: TestFloor) -> None:
    channel = partner_incident(floor, "S2 Chat is slow at Sagebrush")
    answer = floor.says("ana", "/incident update We look at it", channel)
    assert answer.startswith("The update is on its way to Operations, Executives, ")
    assert "No notice has gone to Sagebrush yet" in answer
    floor.says("ana", "/incident updates", channel)
    assert "No notice has gone to Sagebrush yet" in floor.ephemeral("ana", channel)[-1]
    floor.says("ana", "/incident partners tell", channel)
    floor.says("ana", "/incident updates", channel)
    assert "No notice" not in floor.ephemeral("ana", channel)[-1]
    assert "Estamos buscando la causa." in notices(floor, SAGEBRUSH)[0]
    assert "Added as affected: Northline." in floor.says(
        "ana", "/incident partners add northlin, Sagebrush", channel
    )
    assert "already" in floor.says("ana", "/incident partners add Northline", channel)
    assert "Atlantis" in floor.says("ana", "/incident partners add Atlantis", channel)
    assert notices(floor, NORTHLINE) == []

    floor.says("ana", "/incident severity S0 all of it", channel)
    floor.says("ana", "/incident status identified a release", channel)
    floor.passes(minutes=10)
    assert len(notices(floor, NORTHLINE)) == 1, "a higher severity tells partners not told before"
    [spanish] = notices(floor, SAGEBRUSH)
    assert "🔴" in spanish
    assert "Se conoce la causa" in spanish
    floor.says("ana", "/incident update Calls go to Cebu", channel)
    assert next(line for line in below(floor, SAGEBRUSH) if "Calls go to Cebu" in line).startswith("🔴")
    assert sum("Calls go to Cebu" in line for line in below(floor, NORTHLINE)) == 1

    floor.says("ana", "/incident resolve over", channel)
    assert "Todo en orden" in notices(floor, SAGEBRUSH)[0]
    assert sum("Ha terminado" in line for line in below(floor, SAGEBRUSH)) == 1
    assert sum("All clear" in line for line in below(floor, NORTHLINE)) == 1
    assert len(notices(floor, NORTHLINE)) == 1
    floor.says("ana", "/incident reopen not yet", channel)
    assert "We are looking for the cause." in notices(floor, NORTHLINE)[0]
    assert "not over after all" in below(floor, NORTHLINE)[-1]

    floor.says("ana", "/incident partners guidance", channel)
    floor.ana.fills("agents_say.en", "We are on it.")
    assert floor.ana.submits().closed
    floor.settle()
    other_channel = floor.declares("S2 Mail is slow")
    floor.says("ana", "/incident merge 2", channel)
    floor.passes_until(lambda: len(notices(floor, NORTHLINE) + notices(floor, SAGEBRUSH)) == 4, seconds=1)
    merged, notice = notices(floor, NORTHLINE)
    assert "This is the same outage as another one: please follow its notice." in merged
    assert "All clear" not in merged, "the outage goes on"
    assert "Mail is slow" in notice, "a partner that was told gets the other notice at once"
    assert "*Agents can say:* We are on it." in notice
    floor.says("ana", "/incident partners phoned Telvia", other_channel)
    floor.says("ana", "/incident decline a test call", other_channel)
    assert "to say that it was a false alarm:\n• *Telvia*" in last_phone_request(floor)
    assert "to be phoned" not in partners_screen(floor, other_channel), "nobody could record the call"
    assert "False alarm" in notices(floor, NORTHLINE)[-1]
    assert "It is over" not in notices(floor, NORTHLINE)[-1]


def test_a_partner_taken_out_before_its_notice_is_told_only_when_it_is_named_again(floor: TestFloor) -> None:
    channel = partner_incident(floor, "S1 IVR down at Northline and Sagebrush")
    floor.says("ana", "/incident edit", channel)
    floor.ana.fills(incident_ids.PARTNERS, ["Sagebrush"])
    assert floor.ana.submits().closed
    floor.settle()
    floor.says("ana", "/incident partners", channel)
    assert "not told: taken off the list" in floor.ephemeral("ana", channel)[-1]
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident reopen not yet", channel)
    floor.passes(minutes=15)
    assert (len(notices(floor, NORTHLINE)), len(notices(floor, SAGEBRUSH))) == (0, 1)

    assert "Added as affected: Northline." in floor.says("ana", "/incident partners add Northline", channel)
    floor.tick()

    assert len(notices(floor, NORTHLINE)) == 1
    typed_counts = (("6 Telvia", "6 agents are"), ("Telvia ~6 agents", "6 agents are"), ("Telvia 1", "1 agent is"))
    for typed, understood in typed_counts:
        answer = floor.says("ana", f"/incident partners phoned {typed}", channel)
        assert answer == f"Recorded: Telvia was phoned; {understood} affected."
    assert len(timeline(floor, "partner_added")) == 2
    floor.says("ana", "/incident partners", channel)
    assert "3 of 3 partners told · 1 answered · 1 agent affected" in floor.ephemeral("ana", channel)[-1]


def test_a_spanish_notice_and_its_updates_read_naturally_where_another_partner_was_named(floor: TestFloor) -> None:
    channel = partner_incident(floor, "S1 IVR caída en Sagebrush, Northline y Telvia")
    floor.says("ana", "/incident impact Las llamadas al Northline se cortan. Sagebrush recibe la mitad.", channel)
    floor.says("ana", "/incident partners tell", channel)
    floor.says("ana", "/incident update Pasamos las colas del socio Northline a Telvia y a Sagebrush.", channel)

    [notice] = notices(floor, SAGEBRUSH)
    assert "IVR caída en Sagebrush y varios socios" in notice
    assert "Las llamadas a un socio se cortan. Sagebrush recibe la mitad." in notice
    [update] = below(floor, SAGEBRUSH)
    assert "IVR caída en Sagebrush y varios socios" in update, "it reads its own name in its updates too"
    assert "Pasamos las colas de un socio a otro socio y a Sagebrush." in update
    [other_update] = below(floor, NORTHLINE)
    assert "Northline" in other_update
    assert not any(name in other_update for name in ("Sagebrush", "Telvia"))


def test_guests_and_strangers_can_press_their_two_buttons_and_nothing_else(floor: TestFloor) -> None:
    channel = partner_incident(floor, "S1 IVR down at Northline and Sagebrush")
    floor.says("ana", "/incident partners tell", channel)
    floor.olga.clicks(ids.AFFECTED, channel=NORTHLINE)
    with floor.sandbox.workspace.lock:
        view = floor.sandbox.workspace.modals["U0OLGA"][-1]
        view.body["private_metadata"] = "2"
    floor.olga.fills(ids.AGENTS, "99")
    refusal = floor.olga.submits()
    assert "channel that it was sent to" in refusal.errors[ids.AGENTS]
    assert timeline(floor, "partner_affected") == []
    for command in ("partners", "partners tell", "subscribe", "update hello", "resolve"):
        answer = floor.says("olga", f"/incident {command}", NORTHLINE)
        assert "Done" not in answer
        assert "Northline" not in answer
    assert "12 agents" not in floor.visible_text(NORTHLINE)
    assert len(timeline(floor, "partner_agents")) == 0
    floor.says("ana", "/incident resolve over", channel)
    floor.olga.closes()
    assert "agents" not in floor.visible_text(SAGEBRUSH)


def test_partners_of_a_private_incident_are_told_only_by_name_and_phoned_when_their_channel_is_gone(
    floor: TestFloor,
) -> None:
    floor.says("ana", "/incident declare S1")
    floor.ana.fills("What is wrong?", "A leak of payroll")
    floor.ana.fills(incident_ids.PARTNERS, ["Northline", "Sagebrush"])
    floor.ana.fills("Who may see it?", ["private"])
    assert floor.ana.submits().closed
    floor.settle()
    channel = "inc-1-a-leak-of-payroll"
    floor.passes(minutes=60)
    assert notices(floor, NORTHLINE) == []
    assert "only by name" in floor.says("ana", "/incident partners tell", channel)
    floor.farah.archives(SAGEBRUSH)
    floor.settle()

    floor.says("ana", "/incident partners tell sagebrush", channel)
    floor.tick()

    assert "*Sagebrush* – not told: Slack refused (channel_not_found). ☎️ +57" in floor.direct_text("ana")
    assert notices(floor, NORTHLINE) == []


def test_the_lead_hears_that_the_channel_of_a_partner_that_was_told_is_lost(floor: TestFloor) -> None:
    channel = partner_incident(floor, "S1 IVR down at Northline")
    floor.says("ana", "/incident partners tell Northline", channel)
    assert notices(floor, "partner-northline")

    floor.ana.kicks("partner-northline", "watchfloor")
    floor.settle()

    request = last_phone_request(floor)
    assert "I can no longer write into its channel." in request
    assert "+371 2000 0100" in request

    floor.passes(minutes=30)

    assert timeline(floor, "partner_reminded") == []
    assert last_phone_request(floor) == request, "the lead is asked once"


def test_partners_of_a_drill_are_told_only_by_name(floor: TestFloor) -> None:
    channel = floor.declares("drill S1 IVR down at Northline and Sagebrush")

    refusal = floor.says("ana", "/incident partners tell", channel)

    expected = "Incident 1 is a drill, so partners are told only by name: `/incident partners tell Northline`."
    assert refusal == expected
    floor.says("ana", "/incident partners tell Northline", channel)
    assert "This is a drill." in notices(floor, "partner-northline")[0]
    assert not notices(floor, "partner-sagebrush")


def test_hostile_words_stay_plain_text_in_a_partners_channel(floor: TestFloor) -> None:
    shout = "<!channel> <@U0ERIK|erik> {{ 7 * 7 }} *x"
    channel = floor.declares("S1 " + shout.replace("<", "&lt;").replace(">", "&gt;") + " at Northline")
    floor.says("ana", f"/incident impact {shout}", channel)
    floor.says("ana", "/incident partners tell", channel)
    floor.says("ana", f"/incident update {shout}", channel)
    assert "channel that" not in floor.says("ana", f"/incident partners add {shout}", channel)

    live = floor.live_markup(NORTHLINE)
    assert not any(sign in live for sign in ("<!channel", "<@U0ERIK", " 49 "))
    assert not any(sign in floor.live_markup(channel) for sign in ("<!channel>", "<@U0ERIK"))


def test_the_notice_contains_the_communications_leads_text_for_agents_in_each_language(floor: TestFloor) -> None:
    channel = partner_incident(floor, "S1 IVR down at Northline and Sagebrush")
    floor.says("ana", "/incident partners add Telvia", channel)
    floor.ben.joins(channel)
    floor.says("ben", "/incident claim comms", channel)
    question = "\n".join(private_texts(floor, "ben"))
    assert "get a notice: Northline, Sagebrush. What" in question, "Telvia has no channel"
    assert "What should their agents say and do? Nothing is written yet in English or Spanish." in question

    floor.ben.clicks(ids.GUIDANCE)
    floor.ben.fills("agents_say.en", "Some calls drop. We are on it.\nCall back in an hour <!here>.")
    floor.ben.fills("agents_do_not_say.en", "When it will be over.")
    floor.ben.fills("relief.en", "Handling time does not count until 12:00, says Chloe Chan.")
    floor.ben.fills("workaround.es", "Anoten el número y devuelvan la llamada.")
    assert floor.ben.submits().closed
    floor.settle()
    answer = "\n".join(private_texts(floor, "ben"))
    assert "leaves out what customers could take for a promise: “Call back in an hour &lt;!here&gt;.”" in answer
    assert "The English notice has no names of colleagues" in answer
    floor.passes(minutes=13)

    assert below(floor, NORTHLINE) == [], "the notice came after the guidance"
    [english], [spanish] = notices(floor, NORTHLINE), notices(floor, SAGEBRUSH)
    assert "*Agents can say:* Some calls drop. We are on it." in english
    assert "Call back" not in english
    assert "*Agents must not say:* When it will be over." in english
    assert "*Targets:* Handling time does not count until 12:00" in english
    assert "Chloe" not in english
    assert "Meanwhile" not in english, "nothing is invented"
    assert "*Mientras tanto:* Anoten el número y devuelvan la llamada." in spanish
    assert "Some calls" not in spanish
    assert "IVR down at a partner and Sagebrush (sin traducir)" in spanish, "English words in an English title"
    assert "<!here>" not in floor.live_markup(NORTHLINE)

    floor.olga.clicks(ids.RECEIVED, channel=NORTHLINE)
    floor.settle()
    assert "phoned" in floor.says("ana", "/incident partners phoned Telvia", channel)
    floor.says("ana", "/incident partners", channel)
    assert "guidance changed" not in floor.ephemeral("ana", channel)[-1]
    floor.passes(minutes=1)
    floor.says("ana", "/incident partners guidance", channel)
    assert "Some calls drop" in str(floor.ana.modal)
    floor.ana.fills("agents_say.en", "Most calls work again.")
    assert floor.ana.submits().closed
    floor.settle()
    [english] = notices(floor, NORTHLINE)
    assert "*Agents can say:* Most calls work again." in english, "the notice that was sent is edited"
    [hint] = below(floor, NORTHLINE)
    assert "new guidance for your agents" in hint, "nobody is notified of an edit"
    assert below(floor, SAGEBRUSH) == [], "the Spanish words are the same"
    answer = floor.direct_text("ana")
    assert "Saved. Northline: told below the notice. No notice shows it to Telvia: please phone." in answer
    floor.says("ana", "/incident partners", channel)
    matrix = floor.ephemeral("ana", channel)[-1]
    assert matrix.count("guidance changed <!date^") == 2, "Northline and Telvia answered before"
    assert len(timeline(floor, "partner_guidance")) == 3


def test_the_longest_guidance_reaches_the_partner_whole(floor: TestFloor) -> None:
    channel = partner_incident(floor, "S1 IVR down at Northline")
    floor.says("ana", "/incident impact " + "Orders & refunds fail. " * 60, channel)
    floor.says("ana", "/incident partners guidance", channel)
    names = ("agents_say", "agents_do_not_say", "workaround", "relief")
    for name in names:
        floor.ana.fills(f"{name}.en", "R&D & " * 80 + f"{name}.")
    assert floor.ana.submits().closed
    floor.settle()
    floor.passes(minutes=13)

    [notice] = notices(floor, NORTHLINE)
    assert [name for name in names if f"{name}." not in notice] == []
    assert "cannot be used" not in floor.visible_text("incidents") + floor.direct_text("ana")


def private_texts(floor: TestFloor, who: str) -> list[str]:
    """All direct and ephemeral messages to a person."""
    person = floor.sandbox.person(who)
    return [*(message.visible_text for message in person.direct_messages()), *floor.ephemeral(who)]


def test_a_reply_that_a_partners_lost_channel_refuses_is_not_recorded_as_read(floor: TestFloor) -> None:
    channel = partner_incident(floor, "S1 IVR down at Northline")
    floor.says("ana", "/incident partners tell Northline", channel)
    assert notices(floor, NORTHLINE)
    floor.sandbox.workspace.channel(NORTHLINE).is_archived = True  # the event is lost

    floor.passes(minutes=11)

    assert timeline(floor, "partner_reminded") == []
    assert len(timeline(floor, "partner_unreachable")) == 1
    assert "I can no longer write into its channel." in last_phone_request(floor)
    screen = partners_screen(floor, channel)
    assert "*silent*" in screen
    assert "reminded" not in screen

    floor.says("ana", "/incident resolve over", channel)
    floor.settle()

    assert ", to say that it is over" in last_phone_request(floor)
    screen = partners_screen(floor, channel)
    assert "all clear" not in screen
    assert "its channel cannot be written to (is_archived)" in screen
    assert "*to be phoned*, to say that it is over" in screen
