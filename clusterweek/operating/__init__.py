"""Keeping an installation alive: heartbeats, health answers, doctor, backup and restore, the supervisor.

`serve.py` starts web (`web.py`) and worker (`worker.py`) under `supervisor.py`; `health.py` is asked by monitors
(`views.py`) and by `doctor.py`. What the worker does stands in `jobs.py`, above all rooms.
"""
