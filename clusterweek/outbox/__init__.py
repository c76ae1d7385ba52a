"""Letters waiting to leave: kind, object ids, language, key, state. Knows nobody.

An action posts a letter (`post.py`) inside its own transaction; the worker renders and sends it
later (`deliver.py`, `smtp.py`). The table of kinds is put together in `jobs.py`.
"""
