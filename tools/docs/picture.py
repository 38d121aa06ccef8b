"""Takes a picture of the sample comment in a real browser: docs/samples/pull-request-comment.png.

    python tools/docs/picture.py

Needs Chromium on PATH. The page is the comment's Markdown as GitHub renders it, near enough: tables, code and
folded parts, in GitHub's widths and colours.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
STYLE = """
body { font: 14px/1.5 -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; color: #1f2328; margin: 24px; }
main { max-width: 780px; border: 1px solid #d1d9e0; border-radius: 6px; padding: 16px; }
h2 { font-size: 1.5em; border-bottom: 1px solid #d1d9e0; padding-bottom: .3em; margin: 0 0 16px; }
h3 { font-size: 1.25em; margin: 24px 0 16px; } h4 { font-size: 1em; margin: 24px 0 16px; }
table { border-collapse: collapse; margin-bottom: 16px; }
th, td { border: 1px solid #d1d9e0; padding: 6px 13px; } tr:nth-child(2n) { background: #f6f8fa; }
code { font: 85% "DejaVu Sans Mono", monospace; background: #eff1f3; padding: .2em .4em; border-radius: 6px; }
pre { background: #f6f8fa; padding: 16px; border-radius: 6px; overflow: auto; }
pre code { background: none; padding: 0; } summary { cursor: pointer; }
"""


def page(markdown: str) -> str:
    """The comment as a page of its own."""
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><main>{body}</main>"


def main() -> int:
    """Take the picture."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.stderr.write("Chromium isn't installed: on Debian, apt-get install chromium\n")
        return 3
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "comment.html")
        file.write_text(page((SAMPLES / "pull-request-comment.md").read_text()))
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
        command += [f"--user-data-dir={directory}/profile", "--window-size=880,2500"]
        picture = SAMPLES / "pull-request-comment.png"
        subprocess.run([*command, f"--screenshot={picture}", file.as_uri()], check=True, capture_output=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
