"""Who may open what: one table over every endpoint, and where its page is in a world."""

from flask import Flask, url_for

from app.searches import endings
from tests.world import World

ACTORS = (
    "visitor",
    "another freelancer",
    "another client",
    "another manager",
    "operator",
    "manager",
    "freelancer",
    "client",
)
# o: it opens, or the act is theirs to do; s: sent to sign in; f: forbidden, 403;
# n: no such thing, 404. The columns are ACTORS: strangers first, then whose things they are.
ACCESS = {
    "GET accounts.account": "sooooooo",
    "GET accounts.check_mail": "oooooooo",
    "GET accounts.forgotten": "oooooooo",
    "GET accounts.new_password": "oooooooo",
    "GET accounts.sign_in": "oooooooo",
    "GET accounts.sign_up": "oooooooo",
    "GET accounts.verify": "oooooooo",
    "POST accounts.choose_language_of_page": "oooooooo",
    "POST accounts.end_other_sign_ins": "sooooooo",
    "POST accounts.end_sign_in": "snnnnnnn",
    "POST accounts.forgotten": "oooooooo",
    "POST accounts.new_password": "oooooooo",
    "POST accounts.send_again": "oooooooo",
    "POST accounts.sign_in": "oooooooo",
    "POST accounts.sign_out": "oooooooo",
    "POST accounts.sign_up": "oooooooo",
    "POST accounts.verify": "oooooooo",
    "GET contracts.mine": "sooooooo",
    "GET contracts.show": "snnnnnoo",
    "POST contracts.accept": "sfnffffo",
    "GET home.health": "oooooooo",
    "GET home.let_go": "sfffofff",
    "GET home.operations": "sfffofff",
    "GET home.start": "oooooooo",
    "GET home.troubled_tasks": "sfffofff",
    "POST home.let_go": "sfffofff",
    "POST home.try_again": "sfffofff",
    "POST home.try_all_again": "sfffofff",
    "GET jobs.browse": "oooooooo",
    "GET jobs.edit": "sffffffo",
    "GET jobs.invite": "sffffffo",
    "GET jobs.mine": "sfoffffo",
    "GET jobs.my_proposals": "soffffof",
    "GET jobs.new": "sfoffffo",
    "GET jobs.proposal": "snnfffoo",
    "GET jobs.proposals": "sffffffo",
    "GET jobs.propose": "soffffof",
    "GET jobs.read": "sfoffffo",
    "GET jobs.show": "oooooooo",
    "POST jobs.close": "sffffffo",
    "POST jobs.decline": "sfnffffo",
    "POST jobs.edit": "sffffffo",
    "POST jobs.invite": "sffffffo",
    "POST jobs.new": "sfoffffo",
    "POST jobs.propose": "soffffof",
    "POST jobs.publish": "sffffffo",
    "POST jobs.read": "sfoffffo",
    "POST jobs.reopen": "sffffffo",
    "POST jobs.shortlist": "sfnffffo",
    "POST jobs.split": "sffffffo",
    "POST jobs.withdraw": "snffffof",
    "GET matching.fairness": "oooooooo",
    "GET matching.feed": "soffffof",
    "GET matching.fit": "soffffof",
    "GET matching.shortlist": "sfnffffo",
    "GET matching.squad": "sfnffffo",
    "GET notifications.outbox": "oooooooo",
    "GET notifications.tray": "sooooooo",
    "POST notifications.mark_read": "sooooooo",
    "GET parks.add_company": "sffnfoff",
    "GET parks.appoint": "sfffofff",
    "GET parks.browse": "oooooooo",
    "GET parks.edit": "sffnfoff",
    "GET parks.managed": "sffofoff",
    "GET parks.members": "sffnfoff",
    "GET parks.new": "sfffofff",
    "GET parks.show": "oooooooo",
    "POST parks.add_company": "sffnfoff",
    "POST parks.appoint": "sfffofff",
    "POST parks.ask": "soffffof",
    "POST parks.confirm": "sffnfoff",
    "POST parks.decline": "sffnfoff",
    "POST parks.dismiss": "sfffofff",
    "POST parks.edit": "sffnfoff",
    "POST parks.end": "sffnfoff",
    "POST parks.new": "sfffofff",
    "POST parks.remove_company": "sffnfoff",
    "POST parks.see": "sffnfoff",
    "POST parks.withdraw": "snffffof",
    "GET profiles.edit": "soffffof",
    "GET profiles.mine": "soffffof",
    "GET profiles.read_cv": "soffffof",
    "GET profiles.show": "oooooooo",
    "GET profiles.skills": "oooooooo",
    "POST profiles.erase": "soffffof",
    "POST profiles.edit": "soffffof",
    "POST profiles.publish": "soffffof",
    "POST profiles.read_cv": "soffffof",
    "POST profiles.withdraw": "soffffof",
    "GET searches.end_letters": "oooooooo",
    "GET searches.feed": "oooooooo",
    "GET searches.freelancers": "oooooooo",
    "GET searches.jobs": "oooooooo",
    "GET searches.mine": "sooooooo",
    "GET searches.new": "sooooooo",
    "POST searches.delete": "snnnnnno",
    "POST searches.end_letters": "oooooooo",
    "POST searches.new": "sooooooo",
    "POST searches.set_alerts": "snnnnnno",
    "POST searches.set_feed": "snnnnnno",
}
TOKENS = {
    "accounts.verify": "verify_token",
    "accounts.new_password": "reset_token",
    "accounts.send_again": "verify_token",
    "searches.feed": "feed_token",
}
QUERIES = {"jobs.invite": "profile_id"}
# The health page, the suggestions and the feeds answer machines.
NO_PAGES = frozenset({"home.health", "profiles.skills", "searches.feed"})


def address(app: Flask, world: World, endpoint: str) -> str:
    """Where the page about this world's things is."""
    given = world.values()
    given["search_name"] = name = endings.name_of(world.search)
    given["signature"] = endings.sign(app.config["SECRET_KEY"], name)
    if endpoint in TOKENS:
        given["token"] = getattr(world, TOKENS[endpoint])
    wanted = next(r.arguments for r in app.url_map.iter_rules() if r.endpoint == endpoint)
    if endpoint in QUERIES:
        wanted = wanted | {QUERIES[endpoint]}
    with app.test_request_context():
        return url_for(endpoint, **{name: given[name] for name in wanted})


def pages() -> list[tuple[str, str]]:
    """(endpoint, actor) for each page: as its owner, and as a visitor where visitors may look."""
    found = set()
    for line, letters in ACCESS.items():
        method, endpoint = line.split()
        if method == "GET" and endpoint not in NO_PAGES:
            actors = [actor for actor, letter in zip(ACTORS, letters, strict=True) if letter == "o"]
            found |= {(endpoint, actors[0]), (endpoint, actors[-1])}
    return sorted(found)
