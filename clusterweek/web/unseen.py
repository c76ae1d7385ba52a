"""Characters that one cannot see, in whatever people type, paste or send: words never grow together nor fall apart.

The Unicode category decides. Every space is a space. A mark that only shows where a word may break, a turn of the
direction of writing and a control character go without leaving a gap. What a script or a sign needs stays: joiners in
emoji and in the scripts that have them, variation selectors, marks of combination.
"""

import re
import unicodedata

BREAKS = "\x0b\x0c\x85\u2028\u2029"  # of lines, besides \n; a word processor's within a paragraph is \x0b
BLANKS = "\t\x1c\x1d\x1e\x1f\u2800\u3164\uffa0\ufffc"  # spaces by another name; \ufffc stands for a pasted picture
MOST_KNOWN = 4_000  # characters whose answer is kept
# Signs of form that are seen themselves: of Arabic, Syriac, Kaithi and Egyptian writing.
_SEEN = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]")
_KEPT_FREE = re.compile("[\u2065\ufdd0-\ufdef\ufff0-\ufff8\U000e0000-\U000e0fff]")  # for signs of form to come

_JOINERS, _FILLERS, _MONGOLIAN = "\u200c\u200d", "\u115f\u1160", "\u180e"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MARKS = "\u034f\u17b4\u17b5\u180b-\u180d\u180f"  # marks of combination that are not seen
_TAGS = "\U000e0020-\U000e007f"
# What stays or goes by what stands beside it, in runs.
_BESIDE = re.compile(f"[{_JOINERS}{_FILLERS}{_MONGOLIAN}{_SELECTORS}{_MARKS}{_TAGS}]+")
_SELECTOR, _TAG = re.compile(f"[{_SELECTORS}]"), re.compile(f"[{_TAGS}]")
_FLAG = re.compile("\U0001f3f4")
_REGION = re.compile("[\U000e0030-\U000e007a]{2,6}\U000e007f")  # gbsct: the flag of Scotland
# The scripts in which letters join or carry marks: from Hebrew by way of those of India to Mongolian, and their kin.
_JOINING = re.compile(
    "[\u0590-\u109f\u1700-\u17b3\u17b6-\u180a\u1810-\u1cff\ua800-\uaaff\uabc0-\uabff\ufb1d-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00011fff\U0001e800-\U0001e95f]"
)
_HANGUL = re.compile("[\u1100-\u115e\u1161-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")


class _Alone(dict[int, str | int | None]):
    """What becomes of a character whatever stands beside it: itself, another one, None for nothing."""

    def __missing__(self, code: int) -> str | int | None:
        found = _alone(chr(code))
        if len(self) < MOST_KNOWN:
            self[code] = found
        return found


def _alone(sign: str) -> str | int | None:
    if _BESIDE.match(sign):
        return ord(sign)
    if sign in BREAKS:
        return "\n"
    match unicodedata.category(sign):
        case "Zs":
            return " "
        case "Co":  # the bullets of old symbol fonts among them
            return " "
        case "Cs":
            return "\ufffd"
        case "Cc":
            return sign if sign == "\n" else " " if sign in BLANKS else None
        case "Cf":
            return sign if _SEEN.match(sign) else None
        case "Cn":  # or it is a sign newer than our tables
            return None if _KEPT_FREE.match(sign) or ord(sign) & 0xFFFE == 0xFFFE else sign
    return " " if sign in BLANKS else ord(sign)


_ALONE = _Alone()


def cleaned(text: str, *, has_lines: bool = False) -> str:
    """`text` without what one cannot see, NFC; line breaks are \\n where it `has_lines`, else spaces. Twice is as
    once."""
    if not (text.isascii() and text.isprintable()):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = _BESIDE.sub(_needed, unicodedata.normalize("NFC", text).translate(_ALONE))
        text = unicodedata.normalize("NFC", text)
    return text if has_lines else text.replace("\n", " ")


def compared(text: str) -> str:
    """The same for comparing: what stays for the eye's sake alone goes, too."""
    return _BESIDE.sub("", cleaned(text))


def _needed(run: re.Match[str]) -> str:
    """What of a run of such signs is needed by what stands beside it."""
    text, kept = run.string, ""
    before, behind = text[run.start() - 1 : run.start()] if run.start() else "", text[run.end() : run.end() + 1]
    if _FLAG.match(before) and (region := _REGION.match(run[0])):
        return region[0]
    for place, sign in enumerate(run[0]):
        last = kept[-1:] or before
        after = behind if place == len(run[0]) - 1 else ""
        if _TAG.match(sign):
            continue
        if sign in _JOINERS:
            is_needed = _joins(sign, before, after) and not set(kept) & set(_JOINERS)
        elif sign == _MONGOLIAN:
            is_needed = not kept and bool(_JOINING.match(before)) and bool(_JOINING.match(after))
        elif sign in _FILLERS:
            is_needed = bool(_HANGUL.match(after)) or (not kept and bool(_HANGUL.match(before)))
        else:
            is_needed = bool(last) and not _has_no_variant(last) and not (_SELECTOR.match(sign) and kept)
        kept += sign if is_needed else ""
    return kept


def _has_no_variant(sign: str) -> bool:
    """Spaces, and letters as German and English have them."""
    return sign.isspace() or (sign.isalpha() and sign < "\u0590")


def _joins(sign: str, before: str, after: str) -> bool:
    if any(one and _JOINING.match(one) for one in (before, after)):
        return True
    # Two pictures become one: a woman and a rocket are an astronaut. A category that is none is a newer picture.
    categories = [unicodedata.category(one) if one else "" for one in (before, after)]
    return sign == "\u200d" and categories[0] in ("So", "Sk", "Cn") and categories[1] in ("So", "Sm", "Sk", "Cn")
