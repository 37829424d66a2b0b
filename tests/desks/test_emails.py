"""E-mails are filed by their addresses; what is unknown or doubtful waits in a queue."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Scope, Settings
from crmkit.entities import ContactPerson, ContactPlan, Interaction, Party, Ref, Unassigned
from crmkit.entities.emails import folded_address
from crmkit.errors import InvalidValueError, NotStoredError, StateMoveError
from crmkit.scheduling import ContactCounts, ContactPolicy

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock

OURS = "anna@acme.example"


@pytest.fixture
def desk(crm: Crm, store: Store, clock: Clock) -> Crm:
    """A desk that knows its own domain, with two customers; both know the tax adviser."""
    crm.add(
        Party(
            id="C-18",
            name="Meier",
            created_on=date(2026, 1, 1),
            emails=["office@meier.example", "tax@adviser.example"],
            people=[
                ContactPerson(id="P-1", last_name="Wolf", emails=["Wolf@Meier.example"]),
                ContactPerson(id="P-2", last_name="Fuchs", emails=["fuchs@meier.example"]),
            ],
        ),
        Party(id="C-19", name="Kurz", created_on=date(2026, 1, 1), emails=["kurz@kürze.example", "tax@adviser.example"]),
    )
    return Crm(
        store, scope=Scope(tenant="acme", actor="robot"), settings=Settings(zone="Europe/Berlin", own_addresses="acme.example"), clock=clock
    )


def filed(desk: Crm, sender: str, *recipients: str, **fields: Any) -> Interaction | Unassigned:
    return desk.emails.file(sender=sender, recipients=recipients, subject=fields.pop("subject", "offer 17"), **fields)


@pytest.mark.parametrize(
    ("sender", "recipients", "filed_as"),
    [
        ("office@meier.example", [OURS], ("in", "C-18", None)),
        (OURS, ["office@meier.example"], ("out", "C-18", None)),
        ("wolf@meier.example", [OURS], ("in", "C-18", "P-1")),
        ("Eva Wolf <WOLF@meier.EXAMPLE>", ["Anna <anna@ACME.example>"], ("in", "C-18", "P-1")),
        (OURS, ["wolf@meier.example", "fuchs@meier.example"], ("out", "C-18", None)),
        (OURS, ["wolf@meier.example", "ben@acme.example", "stranger@x.example"], ("out", "C-18", "P-1")),
        ("kurz@xn--krze-0ra.example", [OURS], ("in", "C-19", None)),
        ("office@meier.example", ["hidden list"], ("in", "C-18", None)),
        ("office@meier.example", [OURS, "kurz@kürze.example"], ("in", "C-18", None)),
    ],
)
def test_an_email_is_filed_with_the_party_that_has_its_address(
    desk: Crm, sender: str, recipients: list[str], filed_as: tuple[str, str, str | None]
) -> None:
    result = filed(desk, sender, *recipients)

    assert isinstance(result, Interaction)
    assert (result.kind, result.direction, result.party_id, result.person_id) == ("email", *filed_as)
    assert (result.topics, desk.emails.unassigned()) == (("offer 17",), ())
    assert desk.get(Interaction, result.id) == result


@pytest.mark.parametrize(
    ("sender", "recipients", "candidates"),
    [
        ("stranger@x.example", [OURS], ()),
        (OURS, ["stranger@x.example"], ()),
        ("tax@adviser.example", [OURS], ("C-18", "C-19")),
        (OURS, ["office@meier.example", "kurz@kürze.example"], ("C-18", "C-19")),
        (OURS, ["ben@acme.example"], ()),
        ("MAILER-DAEMON", [OURS], ()),
        ("<>", [OURS], ()),
    ],
)
def test_an_unknown_or_doubtful_email_waits_in_the_queue(
    desk: Crm, sender: str, recipients: list[str], candidates: tuple[str, ...]
) -> None:
    result = filed(desk, sender, *recipients)

    assert isinstance(result, Unassigned)
    assert result.candidate_ids == candidates
    assert desk.emails.unassigned() == (result,)


def test_a_sender_without_a_name_is_refused(desk: Crm) -> None:
    for sender, recipients in (("", [OURS]), (OURS, [""]), ("a\0@x.example", [OURS])):
        with pytest.raises(InvalidValueError):
            filed(desk, sender, *recipients)


def test_a_filed_email_is_no_contact_unless_the_policy_says_so(desk: Crm, store: Store, clock: Clock) -> None:
    filed(desk, "office@meier.example", OURS)
    assert desk.get(ContactPlan, "C-18").contact_count == 0

    policy = ContactPolicy(counts=ContactCounts(automatic=True))
    counting = Crm(
        store, scope=Scope(tenant="acme", actor="robot"), settings=Settings(own_addresses="acme.example", policy=policy), clock=clock
    )
    filed(counting, "office@meier.example", OURS)
    assert desk.get(ContactPlan, "C-18").contact_count == 1


def test_a_filed_email_is_on_the_timeline_at_the_time_at_which_it_was_sent(desk: Crm) -> None:
    at = datetime(2025, 12, 24, 9, tzinfo=UTC)

    filed(desk, "office@meier.example", OURS, at=at)

    (entry,) = desk.timeline("C-18", kinds=["interaction"])
    assert (entry.happened_at, entry.summary) == (at, "email from them, offer 17")


def test_the_email_itself_is_attached_by_reference(desk: Crm) -> None:
    result = filed(desk, "office@meier.example", OURS, uri="imap://mail.example/inbox;uid=17", subject="offer\u202e 17")

    (attached,) = desk.notes.attachments_of(result)
    assert (attached.uri, attached.kind, attached.title, attached.party_id) == (
        "imap://mail.example/inbox;uid=17",
        "email",
        "offer 17",
        "C-18",
    )


@pytest.mark.parametrize("sender", ["office@meier.example", "stranger@x.example"])
def test_a_path_is_no_place_of_an_email(desk: Crm, sender: str) -> None:
    with pytest.raises(InvalidValueError, match="uri="):
        filed(desk, sender, OURS, uri="/var/mail/17.eml")
    assert (desk.emails.unassigned(), list(desk.timeline("C-18", kinds=["interaction"]))) == ((), [])


def test_an_email_without_a_subject_is_filed_too(desk: Crm) -> None:
    assert isinstance(filed(desk, "office@meier.example", OURS, subject=""), Interaction)
    assert isinstance(filed(desk, "stranger@x.example", OURS, subject=""), Unassigned)


def test_someone_says_whose_an_email_is(desk: Crm) -> None:
    at = datetime(2025, 12, 24, 9, tzinfo=UTC)
    waiting = filed(desk, "tax@adviser.example", OURS, at=at, uri="dms:17")

    interaction = desk.emails.assign(waiting.id, "C-19")

    assert (interaction.party_id, interaction.happened_at, interaction.direction, interaction.automatic) == ("C-19", at, "in", True)
    assert [one.uri for one in desk.notes.attachments_of(interaction)] == ["dms:17"]
    assert desk.emails.unassigned() == ()
    assert (desk.get(Unassigned, waiting.id).state, desk.get(Unassigned, waiting.id).interaction_id) == ("assigned", interaction.id)


def test_an_email_that_belongs_to_nobody_is_dismissed(desk: Crm) -> None:
    waiting = filed(desk, "stranger@x.example", OURS)

    dismissed = desk.emails.dismiss(waiting.id, because="advertising")

    assert (dismissed.state, dismissed.because, desk.emails.unassigned()) == ("dismissed", "advertising", ())


def test_what_has_left_the_queue_does_not_change_any_more(desk: Crm) -> None:
    assigned, dismissed = (filed(desk, "stranger@x.example", OURS) for _ in range(2))
    desk.emails.assign(assigned.id, "C-18")
    desk.emails.dismiss(dismissed.id, because="advertising")

    for waiting, state in ((assigned, "assigned"), (dismissed, "dismissed")):
        for call in (lambda id=waiting.id: desk.emails.assign(id, "C-18"), lambda id=waiting.id: desk.emails.dismiss(id, because="x")):
            with pytest.raises(StateMoveError, match=f"from {state!r}"):
                call()
    assert len(list(desk.timeline("C-18", kinds=["interaction"]))) == 1


def test_an_email_is_not_assigned_to_nobody(desk: Crm) -> None:
    waiting = filed(desk, "stranger@x.example", OURS)

    with pytest.raises(NotStoredError, match="no party with id 'C-99'"):
        desk.emails.assign(waiting.id, "C-99")
    assert desk.emails.unassigned() == (waiting,)


def test_the_queue_lists_the_oldest_first(desk: Crm) -> None:
    later = filed(desk, "stranger@x.example", OURS, at=datetime(2025, 12, 2, tzinfo=UTC))
    earlier = filed(desk, "stranger@x.example", OURS, at=datetime(2025, 12, 1, tzinfo=UTC))

    assert desk.emails.unassigned() == (earlier, later)
    assert desk.emails.unassigned(limit=1) == (earlier,)


def test_a_changed_address_is_the_one_that_counts(desk: Crm) -> None:
    party = desk.get(Party, "C-18")
    desk.change(attrs.evolve(party, emails=["new@meier.example"], people=party.people[:1]))

    assert isinstance(filed(desk, "new@meier.example", OURS), Interaction)
    assert isinstance(filed(desk, "wolf@meier.example", OURS), Interaction)
    assert isinstance(filed(desk, "office@meier.example", OURS), Unassigned)
    assert isinstance(filed(desk, "fuchs@meier.example", OURS), Unassigned)


def test_the_addresses_of_employees_are_ours(desk: Crm) -> None:
    desk.add(Party(id="E-1", name="Ben", created_on=date(2026, 1, 1), roles="employee", emails=["ben@home.example"]))

    sent = filed(desk, "ben@home.example", "office@meier.example")
    got = filed(desk, "office@meier.example", "ben@home.example")

    assert [(one.direction, getattr(one, "party_id", None)) for one in (sent, got)] == [("out", "C-18"), ("in", "C-18")]


@pytest.mark.usefixtures("desk")
def test_without_own_addresses_the_known_side_is_theirs(store: Store, clock: Clock) -> None:
    plain = Crm(store, scope=Scope(tenant="acme", actor="robot"), clock=clock)

    results = [filed(plain, OURS, "office@meier.example"), filed(plain, "office@meier.example", OURS)]

    assert [(one.direction, getattr(one, "party_id", None)) for one in results] == [("out", "C-18"), ("in", "C-18")]


def test_an_email_of_another_tenant_is_unknown(desk: Crm, store: Store, clock: Clock) -> None:
    other = Crm(store, scope=Scope(tenant="zenith", actor="robot"), clock=clock)

    assert isinstance(filed(other, "office@meier.example", OURS), Unassigned)
    assert desk.emails.unassigned() == ()


def test_the_same_message_is_filed_once(desk: Crm) -> None:
    for sender in ("office@meier.example", "stranger@x.example"):
        first, again = (filed(desk, sender, OURS, key=f"<17@{sender}>") for _ in range(2))
        assert first == again
        assert type(first) is type(again)
    assert (len(list(desk.timeline("C-18", kinds=["interaction"]))), len(desk.emails.unassigned())) == (1, 1)


def test_who_wrote_to_whom_is_not_in_a_repr(desk: Crm) -> None:
    assert "stranger" not in repr(filed(desk, "stranger@x.example", OURS, subject="stranger"))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("A@B.example", "a@b.example"),
        ("Anna <a@b.example>", "a@b.example"),
        ("<a@b.example>", "a@b.example"),
        ('"a@c.example" <a@b.example>', "a@b.example"),
        (" a@b.example ", "a@b.example"),
        ("a@Straße.example", "a@strasse.example"),
        ("a b@c.example", None),
        ("a@", None),
        ("@b.example", None),
        ("nobody", None),
        ("a@" + "b" * 70 + ".example", "a@" + "b" * 70 + ".example"),
    ],
)
def test_addresses_are_compared_folded(text: str, folded: str | None) -> None:
    assert folded_address(text) == folded


@pytest.mark.parametrize("own", ["acme.example", "@ACME.example", "Anna@acme.example"])
def test_own_addresses_are_domains_or_addresses(own: str) -> None:
    settings = Settings(own_addresses=own)

    assert settings.is_own("anna@acme.example")
    assert settings.is_own("ben@acme.example") == ("Anna" not in own)
    assert not settings.is_own("anna@sub.acme.example")
    with pytest.raises(InvalidValueError):
        Settings(own_addresses="a b")


def test_what_is_attached_to_an_email_hangs_on_its_interaction(desk: Crm) -> None:
    result = filed(desk, "office@meier.example", OURS)

    drawing = desk.notes.attach(result, uri="dms:18", title="plan.dwg", kind="drawing")

    assert desk.notes.attachments_of(Ref("interaction", result.id)) == (drawing,)


@pytest.mark.parametrize(
    ("recipients", "person_id"), [(["wolf@meier.example", "kurz@kürze.example"], "P-1"), (["tax@adviser.example"], None)]
)
def test_an_email_from_the_queue_is_filed_with_the_contact_person_who_has_its_address(
    desk: Crm, recipients: list[str], person_id: str | None
) -> None:
    waiting = filed(desk, OURS, *recipients)
    assert isinstance(waiting, Unassigned)
    assert waiting.candidate_ids == ("C-18", "C-19")

    assert desk.emails.assign(waiting.id, "C-18").person_id == person_id
