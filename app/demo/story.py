"""What has happened between demo clients and freelancers, told with the site's own verbs.

The clock is held at the time of each step, so that the rows are those a real history leaves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import User
from app.contracts import service as contracts
from app.demo import cast, letters
from app.demo.dice import Dice
from app.demo.freelancers import Freelancer
from app.demo.jobs import Post
from app.demo.sources import Sources
from app.jobs import invitations, posts, proposals
from app.jobs.decisions import REASONS
from app.jobs.models import JobStatus, Proposal
from app.outbox import Effect
from app.parks import directory, memberships
from app.profiles import service as profiles
from app.profiles.models import Availability, Profile

_MOST_JOBS = 200
_TOLD_IN_A_HUNDRED = 45
_HIRES = 2
_NEWEST = timedelta(days=5)


@dataclass(frozen=True)
class Told:
    """A freelancer or a job of the story, with its row's id."""

    number: int
    id: int


@dataclass(frozen=True)
class Hand(Told):
    """A freelancer; the id is the profile's."""

    freelancer: Freelancer


@dataclass(frozen=True)
class Offer(Told):
    """A job and its client's id."""

    post: Post
    client_id: int


class Story:
    """Steps to be told in the order of their times."""

    def __init__(self, session: Session, sources: Sources, seed: int, moment: datetime) -> None:
        self.session = session
        self.sources = sources
        self.seed = seed
        self.moment = moment
        self._steps: list[tuple[datetime, int, Callable[[], object]]] = []
        self._sent: dict[tuple[int, int], int] = {}

    def tell(self) -> None:
        """Let everything happen, each step at its time."""
        for at, _, act in sorted(self._steps, key=lambda step: step[:2]):
            with clock.held_at(at):
                act()

    def invite(self, at: datetime, offer: Offer, hand: Hand) -> None:
        """The client asks the freelancer to propose."""
        dice = Dice(self.seed, "invitation", offer.number, hand.number)
        message = dice.pick(self.sources.wording["proposal"]["invitations"])

        def act() -> None:
            client = self._user(offer.client_id)
            job = posts.get(self.session, offer.id, client)
            profile = profiles.get(self.session, hand.id, client)
            invitations.send(self.session, job, profile, message, client)

        self._later(at, act)

    def propose(self, at: datetime, offer: Offer, hand: Hand) -> None:
        """The freelancer makes an offer."""
        dice = Dice(self.seed, "proposal", offer.number, hand.number)
        draft = letters.proposal(dice, self.sources, offer.post, hand.freelancer)

        def act() -> None:
            user = self._freelancer(hand)
            profile = profiles.get(self.session, hand.id, user)
            job = posts.get(self.session, offer.id, user)
            sent = proposals.send(self.session, job, profile, draft)
            self._sent[offer.id, hand.id] = sent.id

        self._later(at, act)

    def shortlist(self, at: datetime, offer: Offer, hand: Hand) -> None:
        """The client puts the proposal aside as one of the good ones."""
        self._decide(at, offer, hand, lambda p, by: proposals.shortlist(self.session, p, by))

    def decline(self, at: datetime, offer: Offer, hand: Hand, reason: str) -> None:
        """The client turns the proposal down."""
        text = REASONS[reason]
        self._decide(at, offer, hand, lambda p, by: proposals.decline(self.session, p, by, text))

    def hire(self, at: datetime, offer: Offer, hand: Hand) -> None:
        """The client accepts the proposal."""
        self._decide(at, offer, hand, lambda p, by: contracts.begin(self.session, p, by))

    def ask(self, at: datetime, hand: Hand, slug: str) -> None:
        """The freelancer asks a park to confirm them."""

        def act() -> None:
            park = directory.get(self.session, slug)
            memberships.ask(self.session, self._freelancer(hand), park)

        self._later(at, act)

    def withdraw(self, at: datetime, offer: Offer, hand: Hand) -> None:
        """The freelancer takes the proposal back."""

        def act() -> None:
            user = self._freelancer(hand)
            proposal = proposals.get(self.session, self._sent[offer.id, hand.id], user)
            proposals.withdraw(self.session, proposal, user)

        self._later(at, act)

    def _decide(
        self, at: datetime, offer: Offer, hand: Hand, decide: Callable[[Proposal, User], object]
    ) -> None:
        def act() -> None:
            client = self._user(offer.client_id)
            proposal = proposals.get(self.session, self._sent[offer.id, hand.id], client)
            decide(proposal, client)

        self._later(at, act)

    def _later(self, at: datetime, act: Callable[[], object]) -> None:
        self._steps.append((at, len(self._steps), act))

    def _user(self, user_id: int) -> User:
        return self.session.get_one(User, user_id)

    def _freelancer(self, hand: Hand) -> User:
        return self._user(self.session.get_one(Profile, hand.id).user_id)


def tell(story: Story, hands: Sequence[Hand], offers: Sequence[Offer]) -> None:
    """Plan what happened with the jobs, and let it happen."""
    _of_the_cast(story, {h.number: h for h in hands}, {o.number: o for o in offers})
    others = [o for o in offers if o.number > _LAST_PART and o.post.status is JobStatus.OPEN]
    hires = 0
    for offer in others[:_MOST_JOBS]:
        dice = Dice(story.seed, "story", offer.number)
        fitting = [hand for hand in hands if _fits(hand, offer, story.moment)]
        if fitting and dice.chance(_TOLD_IN_A_HUNDRED):
            can_hire = hires < _HIRES and len(fitting) > 2
            hires += _of_a_job(story, dice, offer, fitting, can_hire=can_hire)
    story.tell()
    # Nobody reads mail at example.org; the trays keep what there is to see.
    story.session.execute(delete(Effect).where(Effect.task == "mail.send"))


_LAST_PART = 6


def _fits(hand: Hand, offer: Offer, moment: datetime) -> bool:
    one, post = hand.freelancer, offer.post
    return (
        one.trade == post.trade
        and one.currency == post.client.currency
        and one.availability is not Availability.AWAY
        and one.published_at is not None
        and one.published_at < moment - _NEWEST
        and set(post.languages) <= set(one.languages)
    )


def _of_a_job(
    story: Story, dice: Dice, offer: Offer, fitting: Sequence[Hand], *, can_hire: bool
) -> int:
    """Plan invitations, proposals and answers for one job; return how many are hired."""
    proposing = dice.some(fitting, dice.between(1, 6))
    waiting = [hand for hand in dice.some(fitting, 3) if hand not in proposing]
    for hand in waiting[: dice.between(0, 3)]:
        story.invite(_between(story, dice, offer, hand, 5, 60), offer, hand)
    hired = 0
    for hand in proposing:
        story.propose(_between(story, dice, offer, hand, 5, 60), offer, hand)
        answered_at = _between(story, dice, offer, hand, 65, 90)
        fate = dice.between(1, 100)
        if can_hire and hand is proposing[-1] and len(proposing) > 1:
            story.hire(_between(story, dice, offer, hand, 95, 99), offer, hand)
            hired = 1
        elif fate <= 25:
            story.shortlist(answered_at, offer, hand)
        elif fate <= 42:
            reason = dice.pick(story.sources.wording["proposal"]["reasons"])
            story.decline(answered_at, offer, hand, reason)
        elif fate <= 49:
            story.withdraw(answered_at, offer, hand)
    return hired


def _between(story: Story, dice: Dice, offer: Offer, hand: Hand, least: int, most: int) -> datetime:
    """A time so many hundredths of the way from when both were public until now."""
    began = max(at for at in (offer.post.published_at, hand.freelancer.published_at) if at)
    return began + (story.moment - began) * (dice.between(least, most) / 100)


def _of_the_cast(story: Story, hands: dict[int, Hand], offers: dict[int, Offer]) -> None:
    """Plan what the demo sign-ins find on their pages."""
    dice = Dice(story.seed, "story of the cast")
    own = hands.get(cast.DEMO_FREELANCER)
    booking, film, faster = (
        offers.get(number) for number in (cast.BOOKING, cast.FILM, cast.FASTER)
    )
    there = [hands[number] for number in (5, 6, 7) if number in hands]
    for offer in filter(None, (booking, faster)):
        for hand in filter(None, [own, *there]):
            story.propose(_between(story, dice, offer, hand, 5, 60), offer, hand)
    if booking and there:
        story.shortlist(_between(story, dice, booking, there[0], 65, 90), booking, there[0])
    if booking and 10 in hands:
        story.invite(_between(story, dice, booking, hands[10], 5, 60), booking, hands[10])
    if faster and own:
        story.hire(_between(story, dice, faster, own, 70, 75), faster, own)
    for number in cast.ASKING:
        if number in hands:
            at = story.moment - timedelta(hours=dice.between(3, 70))
            story.ask(at, hands[number], story.sources.sign_ins["manager"]["park"])
    for number in (8, 9):
        if film and number in hands:
            story.invite(_between(story, dice, film, hands[number], 5, 60), film, hands[number])
    for number in (5, 6):
        if own and number in offers:
            story.invite(_between(story, dice, offers[number], own, 5, 60), offers[number], own)
