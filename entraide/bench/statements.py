"""How many SQL statements a request costs: the same number whatever the size of the register."""

from __future__ import annotations

from collections.abc import Sequence


def statements_of(requests: Sequence[bytes]) -> int:
    """The statements of the last of these requests; the ones before it only load everything.

    A request is what goes over the wire. Called inside the product, on the scratch base.
    """
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    count = 0
    for request in requests:
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, address, _version = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        client = Client(headers=headers)
        with CaptureQueriesContext(connection) as caught:
            answer = client.generic(
                method, address, body, content_type=headers.get("Content-Type", "text/html")
            )
        assert answer.status_code < 400, answer.content
        count = len(caught)
    return count
