"""A trace of what matters: who was let in or refused, who read or took out what tells about people.

`log.note(...)` notes inside the running transaction, `log.note_apart(...)` at the end of the request, whatever became
of it. Numbers only, never names, addresses or what somebody typed.
"""
