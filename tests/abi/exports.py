#!/usr/bin/env python3
"""A module exports one symbol, so that no two can clash: exports.py MODULE..."""
import subprocess
import sys


def symbols(module, which):
    output = subprocess.run(["nm", "-D", which, "--format=just-symbols", module], check=True,
                            capture_output=True, text=True).stdout
    return output.split()


for path in sys.argv[1:]:
    exported = symbols(path, "--defined-only")
    if exported != ["weir_module_v1"]:
        sys.exit(f"{path} exports {', '.join(exported)}: WEIR_MODULE exports what is needed, "
                 "the rest is static or hidden")
