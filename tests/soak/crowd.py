"""The people of the sandbox, in a few threads, living random incidents."""

from collections.abc import Callable
from random import Random
from threading import Event, Thread

from tests.soak import clicks, commands
from tests.soak.ledger import Outcome
from tests.soak.people import OUT_OF_PLACE, Actor, Surroundings

# Nobody is in two threads: one person has one mouse.
TEAMS = (("ana", "gus"), ("ben", "chloe"), ("devi", "erik"), ("farah", "hana", "olga"))
GUESTS = ("gus", "olga")
WEIGHTS: dict[Callable[[Actor], None], float] = {
    commands.severity: 5,
    commands.status: 5,
    commands.impact: 3,
    commands.claim: 5,
    commands.assign: 4,
    commands.hand_over: 3,
    commands.leave: 1,
    commands.note: 4,
    commands.follow_up: 3,
    commands.pause: 1,
    commands.resume: 2,
    commands.cadence: 2,
    commands.update: 4,
    commands.partner_added: 3,
    commands.partner_told: 2,
    commands.page: 2,
    commands.subscribe: 2,
    commands.playbook: 2,
    commands.resolve: 1,
    commands.close: 1,
    commands.reopen: 1.5,
    commands.ask: 3,
    commands.say: 10,
    clicks.step: 16,
    clicks.undo_step: 2,
    clicks.skip_step: 3,
    clicks.answer_step: 3,
    clicks.end: 3,
    clicks.draft: 4,
    clicks.answer_page: 3,
    clicks.own_follow_up: 3,
    clicks.publish: 1,
    clicks.home: 1,
}
MOST_INCIDENTS_A_MINUTE = 7
# No more are open at once: a person who wants another one finishes an old one first.
MOST_OPEN = 30


class Crowd:
    """All people, until the phase is over."""

    def __init__(self, shared: Surroundings, seed: str, elapsed_s: Callable[[], float]) -> None:
        self._shared = shared
        self._seed = seed
        self._elapsed_s = elapsed_s
        self._is_over = Event()
        self._failures: list[BaseException] = []
        self._threads = [Thread(target=self._live, args=(team,), daemon=True) for team in TEAMS]

    def start(self) -> None:
        """Begin to act."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop all people; raise the error that broke a person's thread."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise self._failures[0]

    def _live(self, team: tuple[str, ...]) -> None:
        rng = Random(f"{self._seed} {team}")
        actors = [Actor(name, self._shared, rng) for name in team]
        try:
            while not self._is_over.wait(rng.uniform(0.02, 0.5)):
                self._act(rng.choice(actors), rng)
        except BaseException as failure:  # noqa: BLE001 - the main thread raises it
            self._failures.append(failure)

    def _act(self, actor: Actor, rng: Random) -> None:
        try:
            if actor.name in GUESTS:
                clicks.partner(actor)
            elif self._wants_another_incident(rng):
                self._begin_or_finish_one(actor)
            else:
                (act,) = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))
                act(actor)
        except OUT_OF_PLACE:
            # There is no such button now, or this person may not see the channel.
            self._shared.ledger.counts["nothing to do"] += 1
            actor.closes_forms()

    def _begin_or_finish_one(self, actor: Actor) -> None:
        ledger = self._shared.ledger
        if ledger.counts[f"declarations {Outcome.DONE}"] - len(ledger.finished) < MOST_OPEN:
            commands.declare(actor)
        else:
            clicks.finish_an_old_one(actor)

    def _wants_another_incident(self, rng: Random) -> bool:
        declared = sum(n for what, n in self._shared.ledger.counts.items() if what.startswith("declarations"))
        return declared < 1 + MOST_INCIDENTS_A_MINUTE * self._elapsed_s() / 60 and rng.random() < 0.3
