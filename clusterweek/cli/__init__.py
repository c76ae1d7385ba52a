"""Every command by subject: name, options, one call into a room.

`commands.py` hangs them on the application.
"""
