"""Keeping an installation alive: heartbeats, health answers, doctor, backup and restore, the supervisor."""
