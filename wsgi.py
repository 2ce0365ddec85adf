"""The door gunicorn comes in by."""

from app.factory import create_app

app = create_app()
