"""For production servers and `flask --app wsgi`: the application as `app`."""

from clusterweek import create_app

app = create_app()
