"""Hunar, the matchmaking platform of Pakistan's software technology parks.

The packages are the domain; imports point down this list, never up:

    clock config errors lengths permissions
    texts
    money documents sqlite
    db
    lifecycle   outbox   web
    taxonomy
    accounts
    notifications
    parks
    profiles
    jobs
    contracts
    matching
    searches
    home
    demo   imports   moving
    worker
    cli
    factory

Nothing runs on import. ``app.factory.create_app`` puts the parts together.
"""
