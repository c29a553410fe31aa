"""How Sphinx builds these pages: `make docs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ingest import __version__

project = "samewire"
version = release = __version__
copyright = "the samewire developers, Apache-2.0"  # noqa: A001
extensions = ["myst_parser"]
exclude_patterns = ["tools"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = "samewire"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"sidebar_hide_name": False}
