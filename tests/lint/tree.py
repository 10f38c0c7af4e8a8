"""What the checkers share: which files there are, and how problems are told."""
import subprocess
import sys
from pathlib import Path


def files(root, folders, suffixes):
    """The source files under @folders as paths relative to @root, sorted; build folders excluded."""
    root = Path(root)
    found = set()
    for folder in folders:
        for path in (root / folder).rglob("*"):
            if path.suffix in suffixes and path.is_file():
                found.add(path.relative_to(root))
    return sorted(found)


def tracked(root):
    """All files that git knows or would add; without git, all files outside of build folders."""
    command = ["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z", "--cached",
               "--others", "--exclude-standard"]
    try:
        names = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        paths = {Path(name) for name in names.split("\0") if name}
    except (OSError, subprocess.CalledProcessError):
        paths = {path.relative_to(root) for path in Path(root).rglob("*")}
        paths = {path for path in paths if not path.parts[0].startswith(("build", "."))}
    return sorted(path for path in paths if (Path(root) / path).is_file())


def read_allowed(path):
    """The exceptions in a file: a word, blanks and the reason on each line."""
    lines = [line.split(None, 1) for line in Path(path).read_text().splitlines()]
    lines = [line for line in lines if line and not line[0].startswith("#")]
    unexplained = [line[0] for line in lines if len(line) < 2]
    if unexplained:
        sys.exit(f"{path}: no reason given for {', '.join(unexplained)}")
    return {line[0] for line in lines}


def report(problems):
    """Prints each problem and ends the program: status 1 if there was one."""
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
