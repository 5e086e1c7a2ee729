"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver

_OBJECTS_BEFORE_A_SEARCH = 20_000  # a claim makes some thousand, nearly all freed without it

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entraide.config.settings")
application = get_wsgi_application()

# Every page is loaded before the first request, once for all workers: whoever opens the office
# first does not wait for it. Each worker opens its own connection, and none of them searches what
# is loaded for garbage, nor what a request makes before it is a good deal.
_ = get_resolver().url_patterns
connections.close_all()
gc.freeze()
gc.set_threshold(_OBJECTS_BEFORE_A_SEARCH, 20, 20)
