"""Every background job: name, rhythm, one call into a room; and every kind of letter."""

from clusterweek.outbox.letter import Kind

# Rooms that write letters; a kind's name is used once in the whole program.
KINDS: dict[str, Kind] = {}
