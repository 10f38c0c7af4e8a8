#!/usr/bin/env python3
"""What is installed is what is meant to be: install.py SOURCE BUILD

The public headers, the pkg-config files, the modules, the extension for SQLite, the program, its manual and
completion for shells; nothing else. Then a module is
built against that, outside of the tree, with the five lines of Meson that its author writes.
"""
import json
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))
from prefix import environment, install, run  # noqa: E402

MESON_FILE = """project('my-processors', 'c', default_options: ['c_std=gnu17', 'warning_level=2'])
weir = dependency('weir')
shared_module('stamp-size', 'stamp-size.c', name_prefix: 'weir-', dependencies: weir,
  gnu_symbol_visibility: 'hidden', install: true,
  install_dir: weir.get_variable('moduledir'))
"""
EXPECTED = (
    r"include/weir-1/weir/[a-z]+\.h",
    r"lib\w*/([^/]+/)?pkgconfig/weir\.pc",
    r"lib\w*/([^/]+/)?weir-1/weir-[a-z-]+\.so",
    r"lib\w*/([^/]+/)?weir-1/weir-modules\.index",
    r"bin/weir",
    r"lib/systemd/system/weir\.service",
    r"share/man/man1/weir(-[a-z-]+)?\.1",
    r"share/(bash-completion/completions/weir|zsh/site-functions/_weir)",
    r"share/fish/vendor_completions\.d/weir\.fish",
    r"share/weir/flow\.rng",
    r"lib(64|/[^/]+)?/libweir-test\.so(\.\d+)*",
    r"lib(64|/[^/]+)?/pkgconfig/weir-test\.pc",
    r"lib(64|/[^/]+)?/weir_provenance\.so",
)


def problems_of(installed, headers):
    """@installed: paths below the prefix; @headers: names of the public headers."""
    for path in installed:
        if not any(re.fullmatch(pattern, path) for pattern in EXPECTED):
            yield f"{path} is installed, but is it public?"
    for header in headers:
        if f"include/weir-1/weir/{header}" not in installed:
            yield f"{header} is not installed"


def build_outside(folder, source, prefix):
    (folder / "meson.build").write_text(MESON_FILE)
    (folder / "stamp-size.c").write_text((source / "tests/abi/v1.0/frozen.c").read_text())
    run(["meson", "setup", folder / "build", folder], env=environment(prefix))
    run(["ninja", "-C", folder / "build"])
    run([sys.executable, source / "tests/abi/exports.py", folder / "build/weir-stamp-size.so"])
    places = json.loads(run(["meson", "introspect", "--installed", folder / "build"]))
    if not any(re.search(r"/weir-1/weir-stamp-size\.so$", path) for path in places.values()):
        sys.exit(f"the module would be installed as {', '.join(places.values())}")


def main():
    source, build = map(Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as name:
        destination, outside = Path(name, "root"), Path(name, "outside")
        outside.mkdir()
        prefix = install(build, destination)
        installed = [str(path.relative_to(prefix)) for path in prefix.rglob("*")
                     if path.is_file()]
        headers = [path.name for path in (source / "engine/api/weir").glob("*.h")]
        problems = list(problems_of(installed, headers))
        if problems:
            sys.exit("\n".join(problems))
        build_outside(outside, source, prefix)


if __name__ == "__main__":
    main()
