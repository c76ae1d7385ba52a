"""What others hang on our addresses: marks of newsletters, advertisements and statistics. They are dropped at the door.

Nothing behind it meets them: no filter has to know them, no answer is kept twice, no address that we write repeats
them. An address that was copied out of a page's source, with `&amp;` where `&` belongs, is read as it was meant.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus

# Whole families, by how their names begin.
_BEGINNINGS = (
    *("utm_", "mtm_", "matomo_", "pk_", "piwik_", "stm_", "itm_", "hmb_", "ns_", "at_", "wt_"),  # statistics
    *("hsa_", "_hs", "mc_", "sfmc_", "elq", "trk_", "vero_", "oly_", "ml_subscriber", "bsft_", "et_", "sb_"),  # letters
    *("gad_", "fb_", "ga_", "sc_", "cx_", "tw_", "__hs"),  # advertisements and networks
)
_NAMES = (
    # what was clicked
    *("gclid", "gclsrc", "gbraid", "wbraid", "dclid", "fbclid", "msclkid", "yclid", "ysclid", "twclid", "ttclid"),
    *("li_fat_id", "igshid", "igsh", "mibextid", "epik", "srsltid", "sccid", "rdt_cid", "qclid", "irclickid"),
    *("wickedid", "rb_clickid", "tblci", "obclid", "ob_click_id", "dicbo", "cvid", "zanpid", "awc", "ef_id"),
    *(
        "s_kwcid",
        "s_cid",
        "_gl",
        "_ga",
        "_gac",
        "_openstat",
        "xtor",
        "xts",
        "trkemail",
        "clickid",
        "affid",
        "awinaffid",
    ),
    # which letter it came with
    *("mkt_tok", "_ke", "_kx", "__s", "ck_subscriber_id", "dm_i", "emci", "emdi", "ceid", "_bta_tid", "_bta_c"),
    *("ecmid", "ecmuid", "nr_email_referer", "inf_contact_key", "cmpid", "campaign_id", "newsletter_id", "mailing_id"),
    # who linked here
    *("ref", "ref_src", "ref_url", "referrer", "referer", "guccounter", "guce_referrer", "guce_referrer_sig", "spm"),
    *("cleverpush", "share", "shared", "feature", "s_share", "from_source"),
    # only there so that no copy is taken
    *("_", "v", "nocache", "no_cache", "cachebuster", "cache_bust", "cb"),
)
MARK = re.compile("|".join([*(f"{re.escape(one)}.*" for one in _BEGINNINGS), *map(re.escape, _NAMES)]), re.I | re.S)
_ENTITY = re.compile("(?:amp(?:;|%3B))+", re.I)


class Door:
    """WSGI middleware: the application `inside` gets addresses without marks."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if query := environ.get("QUERY_STRING"):
            environ["QUERY_STRING"] = without_marks(query)
        answer: Iterable[bytes] = self.inside(environ, start)
        return answer


def without_marks(query: str) -> str:
    """A query string, still quoted, as it was meant: each pair that is no mark, in its place."""
    pairs = (_ENTITY.sub("", pair, count=1) if pair[:3].lower() == "amp" else pair for pair in query.split("&"))
    return "&".join(pair for pair in pairs if not MARK.fullmatch(unquote_plus(pair.partition("=")[0]).strip()))
