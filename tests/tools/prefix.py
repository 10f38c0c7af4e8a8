"""An installed Weir in a folder of the test's, as a package manager would leave it in /usr."""
import os
import re
import subprocess
import sys
from pathlib import Path


def run(command, **options):
    """Returns: what @command wrote; ends the test when it fails."""
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}:\n{result.stdout}{result.stderr}")
    return result.stdout


def install(build, destination):
    """Installs @build below @destination. Returns: the prefix there, which pkg-config then tells."""
    run(["meson", "install", "-C", build, "--no-rebuild", "--destdir", destination])
    pc_files = list(destination.rglob("*.pc"))
    if not pc_files:
        sys.exit("there is no weir.pc")
    for pc_file in pc_files:
        text = pc_file.read_text()
        prefix = destination / re.search(r"^prefix=/(.*)$", text, re.MULTILINE).group(1)
        text = re.sub(r"^prefix=.*$", f"prefix={prefix}", text, flags=re.MULTILINE)
        pc_file.write_text(text)
    return prefix


def environment(prefix):
    """What somebody has set who uses that prefix, and has run no flow yet."""
    pkg_config = next(prefix.rglob("weir.pc")).parent
    libraries = next(prefix.rglob("libweir-test.so")).parent
    return {**os.environ, "PATH": f"{prefix}/bin:{os.environ['PATH']}",
            "PKG_CONFIG_PATH": str(pkg_config), "LD_LIBRARY_PATH": str(libraries),
            "XDG_STATE_HOME": str(prefix / "state")}
