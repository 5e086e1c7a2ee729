"""The office: pages made on the server, in French first, that work without a script.

To write a page of a step:

* its package ``web/<step>/`` (``urls``, ``views``, ``forms``, ``counts``) is one line in
  ``urls.STEP_URLS``; its address names are ``web:…`` under ``/m/<mutual>/``;
* a view is ``@office_view(right=Right.…)`` (``office``) and finds ``request.mutual``,
  ``request.day``, ``request.rights``; the mutual's scope is open, the mutual is not an argument.
  A streamed answer leaves the scope: open it again inside;
* a form sends ``{% idempotency_key %}``; a view calls ``command(**command_arguments(request), …)``
  (``office``); a refusal goes into it by ``refusals.show_refusal``;
  days and amounts are ``fields.DayField`` and ``fields.MoneyField``;
* after recording: ``notices.notify`` with the next step's link, then ``redirect(office_url(…))``;
* a template extends ``base.html`` (blocks ``title``, ``print_title``, ``crumbs``, ``content``) and
  prints money, days and states only with ``{% load entraide %}``; states are in ``names.STATES``;
* what waits is counted by ``web/<step>/counts.py:waiting(mutual, day) -> Waiting``.
"""
