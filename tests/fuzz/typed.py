"""What is typed into one field: what belongs there, what people mistake for it, and what nobody would think of."""

from hypothesis import strategies as st

from tests.fuzz.pages import Field

# Every category of Unicode, surrogates, unassigned and private ones included.
CATEGORIES = (
    *("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"),
    *("Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn"),
)
WORDS = (
    *("Ada", "Müller-Lüdenscheidt", "Ludwig van Beethoven", "O’Neill", "Ελένη", "Александра", "李小龙", "محمد", "नेहा"),
    *(
        "Dresden",
        "Führung durch das Labor",
        "Grüße\r\naus\rJena\n",
        "  am  Rand  ",
        "a\tb",
        "E = mc²",
        "100 % Ökostrom",
    ),
)
NASTY = (
    *(
        "\x00",
        "a\x00b",
        "\ud800",
        "\udfff\ud800",
        "\ufffe",
        "\u202egnp.exe",
        "e\u0301" * 30,
        "\U0001d160",
        "ﷺ",
        "İ",
        "ß",
        "ﬁ",
    ),
    *("👩‍👩‍👧‍👦", "\u200b", "\ufeff", "\xad", "\x85", "\u2028", "\x0b\x0c\x1c\x1f\x7f", "Z̸a̷l̶g̵o̷", "\U0010ffff", "\xa0"),
    *(
        "<script>alert(1)</script>",
        "</textarea><b>",
        "\"'><img src=x onerror=alert(1)>",
        "{{ 7*7 }}",
        "{% raw %}",
        "%s%n",
    ),
    *(
        "%(name)s",
        "%",
        "{0}",
        "${7*7}",
        "' OR 1=1 --",
        "=1+1",
        "@SUM(A1)",
        "javascript:alert(1)",
        "../../etc/passwd",
        "\\",
    ),
    *("a@b.de\r\nBcc: c@d.de", "#", "&amp;", "?", "null", "None", "true", "[]", "[object Object]", "-", "'", '"'),
)
NUMBERS = (
    *(
        "0",
        "-0",
        "-1",
        "1",
        "20",
        "2147483647",
        "2147483648",
        "-2147483649",
        "9223372036854775808",
        "9" * 30,
        "9" * 5000,
    ),
    *(
        "1e308",
        "1E3",
        "1.5",
        "1,5",
        "1.000",
        "1 000",
        "NaN",
        "inf",
        "+5",
        "0x10",
        "1_000",
        "٣",
        "²",
        "½",
        "Ⅷ",
        "７",
        "𝟗",
    ),
)
DAYS = (
    *(
        "2027-04-08",
        "08.04.2027",
        "8.4.27",
        "8. April 2027",
        "8 April 2027",
        "Do, 8. April 2027",
        "08/04/2027",
        "31.02.2027",
    ),
    *(
        "2027-02-29",
        "29.2.2028",
        "0000-00-00",
        "0001-01-01",
        "1.1.1",
        "9999-12-31",
        "10000-01-01",
        "1.1.1999",
        "31.12.2100",
    ),
    *(
        "1.1.2000",
        "1.1.2101",
        "٠٨.٠٤.٢٠٢٧",
        "99.99.9999",
        "9.4x.",
        "9.4.",
        "morgen",
        "8.April2027",
        "2027-4-8",
        "2027-04-08T09:00",
    ),
    *(
        "2027-03-28T02:30",
        "2027-10-31T02:30",
        "9999-12-31T23:59",
        "0001-01-01T00:00",
        "2027-04-08 24:00",
        "1.1.2000 00:00",
    ),
)
TIMES = (
    "09:00",
    "9",
    "9 Uhr",
    "9.30",
    "24:00",
    "24:01",
    "25:00",
    "00:00",
    "23:59",
    "23:60",
    "٩:٠٠",
    "9:5",
    "9h",
    "02:30",
    "-1:00",
)
ADDRESSES = (
    *("neu@example.org", "ä@öbb.example", "a+b@example.org", "A@EXAMPLE.ORG", "a@xn--", "a@" + "x" * 70 + ".de", "a@b"),
    *(
        '"a b"@example.org',
        "a@[127.0.0.1]",
        "a@b@c.de",
        "@",
        "a@",
        "@b.de",
        "a@.de",
        "a..b@c.de",
        "x" * 250 + "@b.de",
        "a@b.de,",
    ),
    *(
        "clara@example.org",
        "ada@example.org",
        "carl@example.org",
        "a@\u3002.de",
        "ａ@example.org",
        "a@exam\u00adple.org",
        "a@b.de\x00",
    ),
)
WEB = (
    *(
        "https://example.org/a?b=c#d",
        "http://[::1",
        "http://[v1.x]/",
        "https://user:pw@host/",
        "www.example.org",
        "ftp://x",
    ),
    *(
        "http://x:99999/",
        "http://x:y/",
        "https://ex ample.org",
        "HTTPS://EXAMPLE.ORG",
        "https://müller.example",
        "//x",
        "https://",
    ),
    *("javascript://x/%0aalert(1)", "data:text/html,x", "https://x/" + "a" * 600, "http://\ud800", "https://a\u2100b"),
)
ZONES = (
    "Europe/Berlin",
    "Europe/Lisbon",
    "Asia/Tokyo",
    "Mars/Olympus",
    "../../etc/passwd",
    "Europe/",
    ".",
    "UTC",
    "localtime",
)
LENGTHS = (
    11,
    12,
    13,
    79,
    81,
    119,
    120,
    121,
    160,
    161,
    200,
    254,
    255,
    300,
    301,
    500,
    501,
    600,
    601,
    1000,
    1001,
    2001,
    6001,
    30_000,
)


def _of_any_kind() -> st.SearchStrategy[str]:
    return st.sampled_from(CATEGORIES).flatmap(
        lambda one: st.text(st.characters(categories=[one]), min_size=1, max_size=6)
    )


def _long() -> st.SearchStrategy[str]:
    signs = st.sampled_from(
        ("a", "ä", "Wort ", "Zeile\n", "\U0001f469", "e\u0301", "\U0001d160", "ﬀ", "İ", "<", "&", "%")
    )
    return st.tuples(signs, st.sampled_from(LENGTHS)).map(lambda both: (both[0] * both[1])[: both[1]])


def texts() -> st.SearchStrategy[str]:
    """Anything."""
    return st.one_of(
        st.sampled_from(WORDS),
        st.sampled_from(NASTY),
        _of_any_kind(),
        st.tuples(st.sampled_from(WORDS), _of_any_kind(), st.sampled_from(WORDS)).map("".join),
        st.text(st.characters(exclude_categories=()), max_size=20),
        _long(),
        st.sampled_from((*NUMBERS, *DAYS, *TIMES, *ADDRESSES, *WEB, *ZONES, "", " ", "\n")),
    )


_BY_NAME = {
    ("_on", "deadline", "until", "from"): DAYS,
    ("time",): TIMES,
    ("zone",): ZONES,
    ("email",): ADDRESSES,
    ("url", "website"): WEB,
    ("capacity", "count", "version", "id", "postcode"): NUMBERS,
}


def values(one: Field) -> st.SearchStrategy[str]:
    """For one field: mostly what is meant there or nearly so."""
    fitting: list[st.SearchStrategy[str]] = [texts()]
    name = one.name.rpartition("-")[2]
    for words, examples in _BY_NAME.items():
        if name.endswith(words):
            fitting = [st.sampled_from(examples), st.sampled_from(examples), texts()]
    if one.options:
        fitting += [st.sampled_from(one.options)] * 3
    if one.is_tick:
        fitting += [st.just(one.value)] * 2
    if one.value:
        fitting += [st.just(one.value), st.just(one.value).map(lambda text: f"{text}x")]
    return st.one_of(fitting)


def plain(one: Field) -> str:
    """What anybody would type into an empty field that must be filled."""
    name = one.name.rpartition("-")[2]
    for words, examples in _BY_NAME.items():
        if name.endswith(words):
            return examples[0]
    return "clusterwoche-2028" if name == "slug" else "Photonik Nord"
