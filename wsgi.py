"""The door gunicorn and `flask --app wsgi` come in by."""

import gc
import os

# Before numpy is loaded, which reads it once: the small products of a page gain nothing from more
# threads, and their waiting for each other doubled the processor time of a page.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from app.factory import create_app

app = create_app()
# What stays for good need not be looked through again and again: at a million profiles a full
# collection held every hundredth page up for a tenth of a second.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 100)
