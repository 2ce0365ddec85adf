"""Every endpoint says who may call it, once; the walk is seen to find a view that does not."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Flask

from app.permissions import Role
from app.web.guards import demo_only, public, role, signed_in

View = Callable[..., Any]


def faults(views: Mapping[str, View]) -> Iterator[str]:
    """Say what is wrong with the guards of `views`, by endpoint."""
    for endpoint, view in views.items():
        guard = getattr(view, "guard", None)
        inner = getattr(view, "__wrapped__", None)
        if endpoint == "static":
            continue
        if guard is None:
            yield f"{endpoint} has no guard"
        elif hasattr(inner, "guard") or (guard == "public" and inner is not None):
            yield f"{endpoint} has two guards"


def page() -> str:
    return "a page"


def test_every_endpoint_declares_who_may_use_it(application: Flask):
    assert list(faults(application.view_functions)) == []


def test_every_address_leads_to_a_view(application: Flask):
    endpoints = {rule.endpoint for rule in application.url_map.iter_rules()}
    assert endpoints == set(application.view_functions)


def test_the_walk_finds_a_view_without_a_guard():
    assert list(faults({"parks.secret": page})) == ["parks.secret has no guard"]


def test_the_walk_finds_a_guard_put_on_too_early():
    app = Flask(__name__)
    # The order of the decorators matters: here the bare view is registered.
    signed_in(app.get("/secret")(page))
    assert list(faults(app.view_functions)) == ["page has no guard"]


def test_the_walk_finds_two_guards():
    def another() -> str:
        return "another page"

    twice = {
        "a": role(Role.CLIENT)(signed_in(another)),
        "b": public(signed_in(another)),
        "c": signed_in(public(another)),
        "d": demo_only(role(Role.CLIENT)(another)),
    }
    assert [fault.partition(" ")[2] for fault in faults(twice)] == ["has two guards"] * 4


def test_the_walk_passes_one_guard_each():
    def another() -> str:
        return "another page"

    once = {
        "a": signed_in(page),
        "b": role(Role.CLIENT, Role.OPERATOR)(page),
        "c": demo_only(page),
        "d": public(another),
    }
    assert list(faults(once)) == []
