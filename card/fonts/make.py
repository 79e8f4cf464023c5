"""Makes Segue's fonts from the projects' own variable ones.

    python3 -m venv v && v/bin/pip install fonttools==4.68.0 brotli==1.2.1
    v/bin/python card/fonts/make.py 'Newsreader[opsz,wght].ttf' 'Inter[opsz,wght].ttf'

run from the root of the repository, with the upright variable TrueType files
of Newsreader 1.003 and Inter 4.001 as Google Fonts distributes them. It writes

    card/fonts/display.ttf             Newsreader at the optical size of 72 pt, weight 420
    card/fonts/text.ttf                Newsreader at 18 pt, weight 450
    chart/style/fonts/newsreader*.woff2 Newsreader at 18 pt, weights 400 to 600
    chart/style/fonts/inter*.woff2      Inter at 14 pt, weights 400 to 700

The cards' fonts are static because the Go font reader knows no variations, and
without hints because it reads none. All four hold Latin, Latin Extended-A and
Vietnamese, and nothing else, to be small. The pages' are in two files each, what
every page needs and what Latin letters beyond Western Europe need ("-more"), so
that a browser fetches the second only where such letters stand; chart.Faces names
the same ranges. They keep the range of weights
that Segue's style sheets ask for, the cards' keep kerning. Both projects are
under the SIL Open Font License 1.1 and reserve no font name (their copyright
notices name none), so the made fonts may bear the names they were born with.
"""

import io
import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# Latin, Latin Extended-A and what Vietnamese adds, with the punctuation,
# currencies, arrows and signs of running text. The combining marks are for
# text that was not composed.
CHARACTERS = [
    (0x0020, 0x007E), (0x00A0, 0x017F), (0x0192, 0x0192), (0x01A0, 0x01A1), (0x01AF, 0x01B0),
    (0x0218, 0x021B), (0x0237, 0x0237), (0x02BB, 0x02BC), (0x02C6, 0x02C7), (0x02D8, 0x02DD),
    (0x0300, 0x0304), (0x0306, 0x030C), (0x031B, 0x031B), (0x0323, 0x0323), (0x0326, 0x0328),
    (0x1E80, 0x1E85), (0x1E9E, 0x1E9E), (0x1EA0, 0x1EF9),
    (0x2002, 0x2002), (0x2009, 0x200B), (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022),
    (0x2026, 0x2026), (0x202F, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A), (0x2044, 0x2044),
    (0x20AB, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212),
    (0x2215, 0x2215), (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265), (0xFB01, 0xFB02),
    (0xFEFF, 0xFEFF),
]

# Of those, what every page needs.
MOST = [
    (0x0020, 0x007E), (0x00A0, 0x00FF), (0x2009, 0x200B), (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022),
    (0x2026, 0x2026), (0x202F, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A), (0x2044, 0x2044), (0x20AC, 0x20AC),
    (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212), (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265), (0xFEFF, 0xFEFF),
]

# The features that the pages' style sheets or the languages themselves ask for.
PAGE_FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "rvrn", "tnum", "lnum"]
CARD_FEATURES = ["kern"]


def letters(ranges):
    return {u for lo, hi in ranges for u in range(lo, hi + 1)}


def make(source, out, axes, features, flavor, characters=letters(CHARACTERS)):
    cut = io.BytesIO()  # the subsetter wants a font as a file gives it
    instancer.instantiateVariableFont(TTFont(source), axes).save(cut)
    font = TTFont(cut, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.flavor = flavor
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17, 25]
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ["DSIG", "MVAR"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(characters))
    cutter.subset(font)
    font["head"].modified = font["head"].created  # the same sources, the same bytes
    font.flavor = flavor
    font.save(out)


def main(newsreader, inter):
    make(newsreader, "card/fonts/display.ttf", {"opsz": 72, "wght": 420}, CARD_FEATURES, None)
    make(newsreader, "card/fonts/text.ttf", {"opsz": 18, "wght": 450}, CARD_FEATURES, None)
    most, more = letters(MOST), letters(CHARACTERS) - letters(MOST)
    for name, source, axes in [("newsreader", newsreader, {"opsz": 18, "wght": (400, 600)}), ("inter", inter, {"opsz": 14, "wght": (400, 700)})]:
        make(source, f"chart/style/fonts/{name}.woff2", axes, PAGE_FEATURES, "woff2", most)
        make(source, f"chart/style/fonts/{name}-more.woff2", axes, PAGE_FEATURES, "woff2", more)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
