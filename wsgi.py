"""For production servers and `flask --app wsgi`: the application as `app`."""

import sys

from clusterweek import create_app
from clusterweek.__main__ import say_no

sys.excepthook = say_no
app = create_app()
