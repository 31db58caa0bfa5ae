"""The dashboard: pages for people, made from the same views and the same log as the API's answers.

A page is made of

- a route in `routes/`, whose router has `route_class=PageRoute` (errors are pages then) and which
  asks for a visitor of a role (`visitor.py`);
- a presenter, a module named like the page, that reads one snapshot and says what there is to show;
- a template that extends `layout.html`, with the small things of `macros.html`. Everything is
  escaped; texts that others wrote go through the filters `shown` or, in attributes, `plain`
  (`hostile.py`), times and numbers through those of `wording.py`;
- a style sheet of its own in `static/`, and no style or script within: the policy refuses them.

A page that is always at hand is in `navigation.py`. What is live on it is fetched again whenever
something has happened: `live.py` says how. What people do there are forms: `forms.py` says which
are refused, and `routes/steering.py` has all of them.
"""
