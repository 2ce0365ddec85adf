"""Invented proposals: a letter, a price near the budget, and the steps it is paid in."""

from app.demo import phrases, sentences
from app.demo.dice import Dice
from app.demo.freelancers import Freelancer
from app.demo.jobs import Post
from app.demo.sources import Sources
from app.jobs.models import PayKind
from app.jobs.proposals import ProposalDraft, StepDraft
from app.money import Money

_ROUNDED_TO = 1000  # ten whole units


def proposal(dice: Dice, sources: Sources, post: Post, one: Freelancer) -> ProposalDraft:
    """What a freelancer writes for a job."""
    wording = sources.wording["proposal"]
    trade = sources.trades[one.trade]
    clients = sources.wording["profile"]["clients"]
    facts = {
        "name": post.client.person.name.split(" ", 1)[0],
        "a_title": phrases.a(dice.pick(trade.titles)),
        "hours": str(one.hours_per_week),
    }
    done = sentences.with_client(dice, dice.pick(trade.done), clients)
    telling = sentences.Telling(dice, facts, {"acts": dice.some(trade.acts, 1), "done": [done]})
    for part in ("letters", "letters", "plans"):
        telling.say(wording[part])
    greeting = dice.pick(wording["greetings"]).format_map(facts)
    return ProposalDraft(
        letter=f"{greeting}\n\n{telling.text()}\n\n{one.person.name}",
        questions=dice.pick(wording["questions"]),
        steps=_steps(dice, wording["steps"], post),
    )


def _steps(dice: Dice, titles: list[str], post: Post) -> tuple[StepDraft, ...]:
    chosen = dice.some_in_order(titles, dice.between(2, len(titles)))
    price = _price(dice, post)
    share = max(price // len(chosen) // _ROUNDED_TO * _ROUNDED_TO, 100)
    amounts = [share] * (len(chosen) - 1)
    amounts.append(price - sum(amounts))
    days = max(1, post.weeks * 7 // len(chosen))
    return tuple(
        StepDraft(title, Money(amount, post.client.currency), days)
        for title, amount in zip(chosen, amounts, strict=True)
    )


def _price(dice: Dice, post: Post) -> int:
    if post.pay_kind is PayKind.FIXED:
        price = post.most_minor * dice.between(80, 108) // 100
    else:
        hour = dice.between(post.least_minor, post.most_minor)
        price = hour * post.weeks * dice.between(8, 25)
    return max(price // _ROUNDED_TO, 4) * _ROUNDED_TO
