"""Who offers an activity, in words: the same on pages, in calendars and in the booklet."""

from collections.abc import Iterable

from clusterweek.activities.models import Activity
from clusterweek.i18n import gettext as _


def host_line(activity: Activity, partners: Iterable[str] = ()) -> str:
    """ "OptoNet", "OptoNet mit PhotonicNet"; what belongs to no cluster is the edition's own.

    `partners` are named beside the co-hosts.
    """
    host = activity.host_cluster.name if activity.host_cluster else activity.edition.organised_by
    names = [name for name in (host, *(cluster.name for cluster in activity.co_hosts), *partners) if name]
    if len(names) < 2:
        return "".join(names)
    return _("%(host)s with %(others)s", host=names[0], others=", ".join(names[1:]))
