#!/usr/bin/env python3
"""Writes the pages of the manual and completion for bash, zsh and fish: manual.py WEIR VERSION FOLDER

All is made of what `weir` says of itself, the same tables that --help prints.
"""
import shutil
import sys
from pathlib import Path

import bash
import fish
import page
import words
import zsh


def main():
    weir, version, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    commands = words.read(weir)
    shutil.rmtree(folder / "man1", ignore_errors=True)
    (folder / "man1").mkdir(parents=True)
    (folder / "man1/weir.1").write_text(page.of_program(commands, version))
    for command in commands:
        text = page.of_command(command, version)
        (folder / f"man1/weir-{command.name}.1").write_text(text)
    (folder / "weir").write_text(bash.completion(commands))
    (folder / "_weir").write_text(zsh.completion(commands))
    (folder / "weir.fish").write_text(fish.completion(commands))


if __name__ == "__main__":
    main()
