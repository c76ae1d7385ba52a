"""For production servers and `flask --app wsgi`: the application as `app`."""

from clusterweek import create_app
from clusterweek.__main__ import begin

begin()
app = create_app()
