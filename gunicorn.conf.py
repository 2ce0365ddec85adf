"""What `gunicorn wsgi:app` runs with, by `./run` and in production alike; flags go before it."""

workers = 2
worker_class = "app.web.serving.BufferingWorker"
# No preload_app: threads of the index and of the encoder would die in the fork.
loglevel = "warning"
graceful_timeout = 10
