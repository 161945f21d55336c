#!/usr/bin/env python3
"""Draws what a terminal showed as an SVG: reads the captured bytes from standard input, writes the picture to standard output.

    script -qec './scripts/demo --once' /dev/null | ./scripts/picture.py --from 'orion get nodes' > Docs/images/demo.svg
"""

import argparse
import re
import sys
from xml.sax.saxutils import escape

COLOURS = {"31": "#ff7b72", "32": "#56d364", "33": "#e3b341", "36": "#76e3ea"}
PLAIN, FAINT, BACKGROUND = "#e6edf3", "#8b949e", "#0d1117"
WIDTH, HEIGHT, SIZE = 8.43, 20, 14
TOKEN = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b[()][A-Z0-9]|([\s\S])")


def screen(text):
    """The lines that are left on the screen: each a list of (character, style)."""
    lines, row, column, style = [[]], 0, 0, frozenset()
    for parameters, command, character in TOKEN.findall(text):
        if command == "m":
            for code in parameters.split(";") or ["0"]:
                style = frozenset() if code in ("", "0") else style | {code}
        elif command == "A":
            row = max(0, row - int(parameters or 1))
        elif command == "K":
            lines[row] = [] if parameters == "2" else lines[row][:column]
        elif character == "\n":
            row, column = row + 1, 0
            if row == len(lines):
                lines.append([])
        elif character == "\r":
            column = 0
        elif character and character.isprintable():
            line = lines[row]
            line.extend([(" ", frozenset())] * (column + 1 - len(line)))
            line[column] = (character, style)
            column += 1
    return lines


def draw(lines, title):
    columns = max(map(len, lines))
    width, height = columns * WIDTH + 32, len(lines) * HEIGHT + 60
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
           f'viewBox="0 0 {width:.0f} {height}" role="img" aria-label="{escape(title)}">')
    yield f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>'
    for index, colour in enumerate(("#ff5f56", "#ffbd2e", "#27c93f")):
        yield f'<circle cx="{20 + 18 * index}" cy="18" r="6" fill="{colour}"/>'
    yield (f'<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" '
           f'font-size="{SIZE}" fill="{PLAIN}" xml:space="preserve">')
    for row, line in enumerate(lines):
        start = 0
        while start < len(line):
            style, end = line[start][1], start
            while end < len(line) and line[end][1] == style:
                end += 1
            text = "".join(character for character, _ in line[start:end])
            if text.strip():
                colour = next((COLOURS[code] for code in style if code in COLOURS), FAINT if "2" in style else None)
                fill = f' fill="{colour}"' if colour else ""
                weight = ' font-weight="bold"' if "1" in style else ""
                yield (f'<text x="{16 + start * WIDTH:.1f}" y="{56 + row * HEIGHT}" '
                       f'textLength="{len(text) * WIDTH:.1f}"{fill}{weight}>{escape(text)}</text>')
            start = end
    yield "</g></svg>"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="first", help="leave out everything before the first line with this text")
    parser.add_argument("--to", dest="last", help="leave out everything from the next line with this text on")
    parser.add_argument("--title", default="Orion running in a terminal")
    arguments = parser.parse_args()
    lines = screen(sys.stdin.buffer.read().decode(errors="replace"))
    text = ["".join(character for character, _ in line) for line in lines]
    begin = next((i for i, line in enumerate(text) if arguments.first and arguments.first in line), 0)
    end = next((i for i, line in enumerate(text) if arguments.last and i > begin and arguments.last in line), len(text))
    lines = lines[begin:end]
    while lines and not lines[-1]:
        lines.pop()
    print("\n".join(draw(lines, arguments.title)))


if __name__ == "__main__":
    main()
