"""People with a login: their roles and grants, signing in, sessions, one-time links.

Attendees have no account (see registrations). A host's right comes from a membership (see clusters);
the office's from a grant here. `sessions.py` opens and ends log-ins, `login.py` tells a request who asks.
"""
