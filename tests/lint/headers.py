#!/usr/bin/env python3
"""Each header compiles alone: headers.py ROOT CC CXX PACKAGES...

Every header of engine and gui in C, the public ones in C++ as well. PACKAGES (pkg-config names)
give the include paths of libraries.
"""
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tree


def compile_alone(root, compiler, name, is_public):
    include = f"#include <{name}>\n" if is_public else f'#include "{name}"\n'
    result = subprocess.run(compiler + ["-fsyntax-only", "-"], input=include, cwd=root,
                            capture_output=True, text=True)
    return [f"{compiler[0]}: {name}:\n{result.stderr}"] if result.returncode else []


def check(root, cc, cxx, cflags):
    common = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-D_GNU_SOURCE",
              "-Iengine", "-Iengine/api", *cflags]
    c = [cc, "-x", "c", "-std=gnu17", "-Wstrict-prototypes", *common]
    cplusplus = [cxx, "-x", "c++", "-std=c++17", *common]
    jobs = []
    for path in tree.files(root, ["engine"], {".h"}):
        is_public = path.parts[1] == "api"
        name = str(Path(*path.parts[2 if is_public else 1:]))
        jobs.append((root, c, name, is_public))
        if is_public:
            jobs.append((root, cplusplus, name, True))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [problem for problems in pool.map(lambda job: compile_alone(*job), jobs)
                for problem in problems]


if __name__ == "__main__":
    flags = subprocess.run(["pkg-config", "--cflags", *sys.argv[4:]], check=True,
                           capture_output=True, text=True).stdout
    tree.report(check(*sys.argv[1:4], shlex.split(flags)))
