"""
Reads events, one text a line as JSON, and writes what the format makes of each: {"document", "warnings"}, one a line.
Arguments: the format's folder, and jinja2's class for what is undefined.
"""

import json
import sys
from pathlib import Path

import jinja2
import yaml

from engine import Parser

folder, undefined = Path(sys.argv[1]), getattr(jinja2, sys.argv[2])
read = lambda path: yaml.safe_load((folder / path).read_text(encoding="utf-8"))
parser = Parser(read("ingest/parser.yml"), read("_meta/fields.yml"), undefined)

for line in sys.stdin.buffer:
    document = parser.parse(json.loads(line))
    print(json.dumps({"document": document, "warnings": parser.warnings}))
