"""The door gunicorn comes in by."""

import gc

from app.factory import create_app

app = create_app()
# What stays for good need not be looked through again and again: at a million profiles a full
# collection held every hundredth page up for a tenth of a second.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 100)
