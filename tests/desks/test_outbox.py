"""The outbox: what the host asked for is there until it says that it is done."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm
from crmkit.entities import Party
from crmkit.errors import InvalidValueError, NotStoredError

if TYPE_CHECKING:
    from crmkit.desks import Mailer
    from crmkit.records import OutboxEvent


def telling(crm: Crm, *verbs: str) -> Crm:
    place = crm._workplace  # noqa: SLF001  # the same store and clock, other settings
    return Crm(place.store, scope=place.scope, settings=attrs.evolve(place.settings, events=verbs), clock=place.clock)


def test_without_being_asked_nothing_is_told(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone")

    assert list(crm.outbox.pending()) == []


def test_only_the_verbs_that_were_asked_for_are_told(crm: Crm) -> None:
    desk = telling(crm, "record_interaction")
    recorded = desk.record_interaction("C-17", kind="phone")
    desk.contact.recall("C-17", on=date(2026, 2, 1))

    (event,) = desk.outbox.pending()

    assert (event.verb, event.about.kind, event.about.id, event.party_id) == ("record_interaction", "interaction", recorded.id, "C-17")


def test_a_star_asks_for_every_verb(crm: Crm) -> None:
    desk = telling(crm, "*")
    desk.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1)))
    desk.contact.recall("C-17", on=date(2026, 2, 1))

    assert [event.verb for event in desk.outbox.pending()] == ["add", "contact.recall"]


def test_what_is_done_is_not_pending_any_more(crm: Crm) -> None:
    desk = telling(crm, "*")
    for _ in range(3):
        desk.record_interaction("C-17", kind="phone")
    first, second, third = desk.outbox.pending()

    desk.outbox.done([first.id, third.id])
    desk.outbox.done([first.id])

    assert [event.id for event in desk.outbox.pending()] == [second.id]
    assert [event.id for event in desk.outbox.pending(limit=1)] == [second.id]


def test_what_was_undone_is_not_told(crm: Crm) -> None:
    desk = telling(crm, "*")
    with pytest.raises(InvalidValueError):
        desk.contact.postpone("C-17", to=date(2020, 1, 1))

    assert list(desk.outbox.pending()) == []


@pytest.mark.parametrize(
    "call",
    [lambda desk: desk.done(["X"]), lambda desk: desk.pending(limit=0), lambda desk: desk.done([1])],
    ids=["unknown", "no limit", "no id"],
)
def test_what_is_no_event_is_refused(crm: Crm, call: Any) -> None:
    with pytest.raises((NotStoredError, InvalidValueError)):
        call(crm.outbox)


def test_each_pending_event_is_handed_to_the_function_of_its_verb_once(crm: Crm) -> None:
    desk = telling(crm, "*")
    recorded = desk.record_interaction("C-17", kind="phone")
    recall = desk.contact.recall("C-17", on=date(2026, 2, 1))
    seen: list[tuple[str, str]] = []
    handlers = {
        "contact.recall": lambda event: seen.append(("recall", event.about.id)),
        "*": lambda event: seen.append(("*", event.about.id)),
    }

    delivery = desk.outbox.deliver(handlers)

    assert seen == [("*", recorded.id), ("recall", recall.id)]
    assert (len(delivery.done), delivery.failed, delivery.more) == (2, (), False)
    assert desk.outbox.deliver(handlers).done == ()
    assert len(seen) == 2


def test_what_no_function_is_for_stays_pending(crm: Crm) -> None:
    desk = telling(crm, "*")
    desk.record_interaction("C-17", kind="phone")
    desk.contact.recall("C-17", on=date(2026, 2, 1))

    desk.outbox.deliver({"contact.recall": print})

    assert [event.verb for event in desk.outbox.pending()] == ["record_interaction"]


def test_an_event_whose_function_raises_comes_again_after_the_others(crm: Crm) -> None:
    desk = telling(crm, "*")
    events = [desk.record_interaction("C-17", kind="phone").id for _ in range(3)]
    tried: list[str] = []

    def handle(event: OutboxEvent) -> None:
        tried.append(event.about.id)
        if tried == events[:1]:
            raise OSError

    first = desk.outbox.deliver({"*": handle}, limit=2)
    assert ([event.about.id for event in first.done], first.more) == ([events[1]], True)
    assert [(failed.event.about.id, type(failed.error)) for failed in first.failed] == [(events[0], OSError)]

    second = desk.outbox.deliver({"*": handle}, limit=2)
    assert ([event.about.id for event in second.done], second.failed) == ([events[2], events[0]], ())
    assert second.done[1].attempts == 1
    assert list(desk.outbox.pending()) == []


def test_an_event_comes_again_with_its_key_where_the_program_ended_in_between(crm: Crm) -> None:
    desk = telling(crm, "*")
    desk.record_interaction("C-17", kind="phone")
    keys: list[str] = []

    def ends(event: OutboxEvent) -> None:
        keys.append(event.id)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.outbox.deliver({"*": ends})
    desk.outbox.deliver({"*": lambda event: keys.append(event.id)})

    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_a_mail_is_sent_by_the_host_when_a_case_is_opened(crm: Crm) -> None:
    class Post:
        sent: list[tuple[str, str]] = []  # noqa: RUF012  # one letter box for one test

        def send(self, to: str, *, subject: str, text: str, key: str) -> None:
            assert text
            assert key
            self.sent.append((to, subject))

    mailer: Mailer = Post()
    desk = telling(crm, "cases.open")
    desk.change(attrs.evolve(desk.get(Party, "C-17"), emails="info@mueller.example"))
    desk.portal("C-17").open_case(text="it rattles")

    def answer(event: OutboxEvent) -> None:
        party = desk.get(Party, str(event.party_id))
        mailer.send(party.emails[0], subject="We are on it", text="Thank you.", key=event.id)

    desk.outbox.deliver({"cases.open": answer})

    assert Post.sent == [("info@mueller.example", "We are on it")]


def test_delivering_to_nobody_is_refused(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="at least one verb"):
        crm.outbox.deliver({})
