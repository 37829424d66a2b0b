"""
Every public verb, in any order and with any arguments, on two desks in lock-step: in memory and on SQLite.

After every step both gave the same answer or refused with the same error, hold the same records, and no rule that must always hold is
broken. At the end of each example the journal verifies, and an export comes back as it went.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("hypothesis")

from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from crmkit.errors import InvalidValueError
from tests.desks.full_house import DAY, a_desk
from tests.desks.machine.sides import ACTORS, two_desks
from tests.desks.machine.values import Draw
from tests.desks.machine.verbs import ELSEWHERE, ON_EACH_KIND, READING, WITHOUT_TRACES, WRITING
from tests.desks.public_verbs import a_sqlite_copy, give_back, verb_names, verb_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.desks.machine.verbs import Arguments

SEEDS = st.integers(0, 2**24)


class AllVerbs(RuleBasedStateMachine):
    """The rules that are no verbs; the verbs are added below."""

    @initialize(furnish=st.sampled_from([True, True, False]))
    def open_desks(self, furnish: bool) -> None:
        self.sides = two_desks(furnish=furnish)
        self.look()

    def look(self) -> bool:
        """
        Whatever was done: both hold the same, and no rule is broken. Tell whether anything changed.

        The rules are read off the records alone, so one side tells for both, as their records are equal to the letter.
        """
        changed = self.sides.hold_the_same()
        if changed:
            assert a_desk(self.sides.memory, self.sides.clock).check() == ()
        return changed

    def call(self, verb: str, seed: int, way: Callable[[Draw], Arguments], *, writes: bool) -> None:
        draw = Draw(seed, records=self.sides.all, now=self.sides.now)
        try:
            arguments, keywords = way(draw)
        except InvalidValueError:
            return  # an entity refused it; no verb was called
        if writes:
            keywords = {"at": draw.at(), "key": draw.maybe(lambda: f"K-{seed % 20}", 0.2), **keywords}

        def done(desk: Any) -> object:
            return verb_of(desk, verb)(*arguments, **keywords)

        answer = self.sides.both(done)
        changed = self.look()
        if writes and keywords.get("key") is not None and not is_refusal(answer):
            assert self.sides.both(done) == answer
            assert not self.look()
        assert writes or verb in WITHOUT_TRACES or not changed

    @rule(minutes=st.sampled_from([1, 90, 60 * 24, 60 * 24 * 40]))
    def time_passes(self, minutes: int) -> None:
        self.sides.clock.now += timedelta(minutes=minutes)

    @rule(actor=st.sampled_from(["anna", "anna", *ACTORS]))
    def another_acts(self, actor: str) -> None:
        self.sides.actor = actor

    def teardown(self) -> None:
        if hasattr(self, "sides"):
            self.sides.actor = "anna"
            self.sides.both(lambda desk: (desk.check(), desk.journal.verify()))
            memory, sqlite = (desk.export() for desk in self.sides.desks())
            assert memory == sqlite
            self.comes_back(memory)
            self.sides.close()

    def comes_back(self, exported: Any) -> None:
        fresh = a_sqlite_copy()
        again = a_desk(fresh, self.sides.clock)
        again.import_(exported)
        assert again.export() == exported
        assert again.check() == ()
        assert again.journal.verify() == ()
        give_back(fresh)


def is_refusal(answer: object) -> bool:
    return isinstance(answer, tuple) and isinstance(answer[0], type)


def _rule_of(verb: str, way: Callable[[Draw], Arguments], *, writes: bool) -> Any:
    def call(self: AllVerbs, seed: int) -> None:
        self.call(verb, seed, way, writes=writes)

    call.__name__ = verb.replace(".", "_")
    return rule(seed=SEEDS)(call)


def _reading(verbs: list[str]) -> Any:
    def read(self: AllVerbs, verb: str, seed: int) -> None:
        self.call(verb, seed, READING[verb], writes=False)

    return rule(verb=st.sampled_from(verbs), seed=SEEDS)(read)


for _verb, _way in WRITING.items():
    setattr(AllVerbs, _verb.replace(".", "_"), _rule_of(_verb, _way, writes=True))
for _verb, _ways in ON_EACH_KIND.items():
    for _kind, _way in _ways.items():
        setattr(AllVerbs, f"{_verb}_{_kind}", _rule_of(_verb, _way, writes=True))
for _place in range(0, len(READING), 8):  # reading is what changes nothing, so it is done less often
    setattr(AllVerbs, f"read_{_place}", _reading(sorted(READING)[_place : _place + 8]))


def test_the_machine_knows_every_public_verb() -> None:
    assert list(verb_names()) == sorted([*WRITING, *ON_EACH_KIND, *READING, *ELSEWHERE])


def test_the_comparison_sees_a_record_that_one_side_lacks() -> None:
    sides = two_desks(furnish=False)
    memory, _ = sides.desks()
    sides.hold_the_same()
    memory.contact.recall("C-1", on=DAY)

    with pytest.raises(AssertionError):
        sides.hold_the_same()
    sides.close()


def test_the_comparison_sees_another_answer_and_another_error() -> None:
    sides = two_desks(furnish=False)
    memory, _ = sides.desks()
    memory.contact.recall("C-1", on=DAY, key="K")

    with pytest.raises(AssertionError):
        sides.both(lambda desk: len(desk.timeline("C-1")))
    with pytest.raises(AssertionError):
        sides.both(lambda desk: desk.contact.recall("C-2", on=DAY, key="K"))
    sides.close()


# Hypothesis makes most of many examples by repeating a step of another one, so that few are new: hence parts of a few examples.
PARTS = max(settings().max_examples * 3 // 100, 1)  # thirty of ten in the profile "campaign"


def run(part: int) -> None:
    machine = seed(part)(AllVerbs) if settings().derandomize else AllVerbs
    run_state_machine_as_test(machine, settings=settings(max_examples=10, stateful_step_count=50, deadline=None))


@pytest.mark.parametrize("part", range(min(PARTS, 30)))
def test_both_desks_do_the_same_and_break_no_rule(part: int) -> None:
    run(part)


@pytest.mark.long
@pytest.mark.parametrize("part", range(300))
def test_both_desks_do_the_same_at_length(part: int) -> None:
    run(1_000 + part)
