#!/usr/bin/env python3
"""Each checker lets a good sample pass and bites on a bad one."""
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parent / "tools")]

import tap  # noqa: E402
import tree  # noqa: E402

layers, sizes, globals_, headers, api_docs, commit, links = map(
    importlib.import_module,
    ["layers", "sizes", "globals", "headers", "api-docs", "commit", "links"])


class TreeCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, path, text):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def assert_problem(self, problems, *words):
        self.assertEqual(len(problems), 1, problems)
        for word in words:
            self.assertIn(word, problems[0])


class Layers(TreeCase):
    def include(self, path, *lines):
        self.write(path, "".join(f"#include {line}\n" for line in lines))
        return layers.check(self.root)

    def test_down_is_fine(self):
        self.assertEqual(self.include("engine/runtime/session.c", "<glib.h>", "<weir/error.h>",
                                      '"runtime/session.h"', '"store/log.h"', '"base/lock.h"'), [])

    def test_up_is_refused(self):
        self.assert_problem(self.include("engine/model/flow.c", "<glib.h>", '"xml/reader.h"'),
                            "engine/model/flow.c:2", "model may use base")

    def test_sideways_is_refused(self):
        self.assert_problem(self.include("engine/store/log.c", '"expr/eval.h"'), "store may use")

    def test_folder_is_named(self):
        self.assert_problem(self.include("engine/model/flow.c", '"flow.h"'), '"model/flow.h"')
        self.assert_problem(self.include("engine/model/flow.c", '"../base/fs.h"'), "..")

    def test_unknown_layer(self):
        self.assert_problem(self.include("engine/misc/a.c", '"base/fs.h"'), "not a layer")

    def test_processors_see_the_api_only(self):
        self.assertEqual(self.include("processors/file/get-file.c", "<weir/weir.h>", "<gio/gio.h>",
                                      '"module.h"'), [])
        self.assert_problem(self.include("processors/file/get-file.c", '"runtime/session.h"'),
                            "<weir/...>")
        self.assert_problem(self.include("processors/file/get-file.c", "<base/fs.h>"), "<weir/...>")

    def test_gui_sees_the_client(self):
        self.assertEqual(self.include("gui/window.c", '"canvas/canvas.h"', '"model/flow.h"',
                                      '"client/client.h"'), [])
        self.assert_problem(self.include("gui/window.c", '"control/server.h"'), "gui may use")


class Sizes(TreeCase):
    def function(self, lines):
        body = "  work ();\n" * (lines - 4)
        return "static int\nlong_one (void)\n{\n" + body + "  return 0;\n}\n"

    def test_goal_is_told_only(self):
        told = []
        self.write("engine/base/a.c", self.function(80) + self.function(20))
        self.assertEqual(sizes.check(self.root, told.append), [])
        self.assertEqual(told, ["engine/base/a.c:2: long_one has 80 lines, better 60"])

    def test_long_function(self):
        self.write("tests/unit/a.c", "\n" + self.function(81))
        self.assert_problem(sizes.check(self.root), "tests/unit/a.c:3: long_one has 81 lines")

    def test_long_file(self):
        self.write("engine/base/a.h", "\n" * 600)
        self.assertEqual(sizes.check(self.root), [])
        self.write("engine/base/a.h", "\n" * 601)
        self.assert_problem(sizes.check(self.root), "601 lines")


class Globals(TreeCase):
    def symbols(self, text):
        source = self.write("a.c", text)
        output = self.root / "a.o"
        subprocess.run(["cc", "-fPIC", "-c", "-o", output, source], check=True)
        return globals_.check([(output, "engine/a.c")], {"engine/a.c:allowed"})

    def test_constants_are_fine(self):
        self.assertEqual(self.symbols("extern int other;\n"
                                      "static const char *const names[] = { \"a\" };\n"
                                      "const int *const table[] = { &other };\n"
                                      "const char *const *first (void) { return names; }\n"), [])

    def test_writable_is_refused(self):
        for text in ("int count;", "int count = 1;", "static int count; int *f (void)"
                     " { return &count; }", "int *f (void) { static int count = 2; return &count; }",
                     "static _Thread_local int count; int *f (void) { return &count; }"):
            with self.subTest(text):
                self.assert_problem(self.symbols(text), ": count is writable")

    def test_allowed_with_a_reason(self):
        self.assertEqual(self.symbols("int *f (void) { static int allowed; return &allowed; }"), [])
        allowed = self.write("list", "# why\n\na.c:q    a quark\n")
        self.assertEqual(tree.read_allowed(allowed), {"a.c:q"})
        allowed.write_text("a.c:q\n")
        self.assertRaises(SystemExit, tree.read_allowed, allowed)

    def test_engine_and_modules_are_looked_at(self):
        self.write("compile_commands.json", '[{"output": "engine/base/a.o", "file": '
                   '"../engine/base/a.c"}, {"output": "processors/file/b.o", "file": "../b.c"}, '
                   '{"output": "tests/unit/c.o", "file": "../c.c"}]')
        self.assertEqual(globals_.objects(self.root), [
            (self.root / "engine/base/a.o", "engine/base/a.c"),
            (self.root / "processors/file/b.o", "b.c")])


class Headers(TreeCase):
    def check(self, path, text):
        self.write(path, text)
        return headers.check(self.root, "cc", "c++", [])

    def test_complete(self):
        self.assertEqual(self.check("engine/base/a.h", "#pragma once\n#include <stddef.h>\n"
                                    "size_t a (void);\n"), [])

    def test_needs_another(self):
        self.assert_problem(self.check("engine/base/a.h", "#pragma once\nsize_t a (void);\n"),
                            "base/a.h", "size_t")

    def test_public_ones_are_for_cplusplus_too(self):
        text = "#pragma once\nint a (int class);\n"
        self.assertEqual(self.check("engine/base/a.h", text), [])
        self.assert_problem(self.check("engine/api/weir/b.h", text), "c++: weir/b.h")


class ApiDocs(unittest.TestCase):
    def check(self, text):
        return api_docs.check_header("a.h", "/* a.h: things. */\n#pragma once\n\n" + text)

    def test_complete(self):
        self.assertEqual(self.check("/* Makes one. Returns: (transfer full). Thread: any. */\n"
                                    "WEIR_API WeirA *weir_a_new (void);\n"
                                    "WEIR_API WeirA *weir_a_new_other (int a,\n    int b);\n"), [])

    def test_no_comment(self):
        self.assertEqual(self.check("/* Nothing to do with it. */\n\nWEIR_API void weir_a (void);"),
                         ["a.h:6: weir_a has no comment"])

    def test_transfer(self):
        problems = self.check("/* Text. Thread: any. */\nWEIR_API const char *weir_a (void);")
        self.assertEqual(len(problems), 1)
        self.assertIn("(transfer full)", problems[0])

    def test_thread(self):
        problems = self.check("/* Does. Thread: any. */\nWEIR_API void weir_a (void);\n\n"
                              "/* Does not. */\nWEIR_API void weir_b (void);")
        self.assertEqual(problems, ["a.h:7: weir_b: on which thread? Add `Thread:`"])

    def test_thread_for_all(self):
        self.assertEqual(self.check("/* Does. Thread: any, for all that follow. */\n"
                                    "WEIR_API void weir_a (void);\n\n"
                                    "/* Does not. */\nWEIR_API void weir_b (void);"), [])
        self.assertEqual(api_docs.check_header("a.h", "/* Thread: any. */\n\n/* Does. */\n"
                                               "WEIR_API void weir_a (void);"), [])


    def test_internal_headers_mark_pointers_only(self):
        check = api_docs.check_internal_header
        self.assertEqual(check("a.h", "int weir_a (void);\n\nstatic inline int *b (void)\n"), [])
        self.assertEqual(check("a.h", "/* (transfer full). */\nA *weir_a (void);\n"), [])
        problems = check("a.h", "/* Text. */\nint weir_b (void);\nconst char *weir_a (void);\n")
        self.assertEqual(len(problems), 1, problems)
        self.assertIn("a.h:1: weir_a returns a pointer", problems[0])


class Commit(unittest.TestCase):
    def test_good(self):
        self.assertEqual(commit.check("1\nbase: add a clock\n\nTests hold it.\n\0\n"
                                      "2\nxml, model: read groups\n\nThey nest.\n\0\n", set()), [])

    def test_allowed(self):
        self.assertEqual(commit.check("abcdef0123456789\nAdd a clock\0\n", {"abcdef012345"}), [])

    def test_bad(self):
        body = "\n\nBecause.\n"
        for message, word in (("Add a clock" + body, "area: summary"),
                              ("base: add a clock." + body, "full stop"),
                              ("base: " + "a" * 67 + body, "73 columns"),
                              ("base: add a clock\n", "no body"),
                              ("base: add a clock\nBecause.\n", "no body")):
            with self.subTest(message):
                problems = commit.check(f"0123456789abcdef\n{message}\0\n", {"abcdef012345"})
                self.assertEqual(len(problems), 1, problems)
                self.assertIn(word, problems[0])


class Links(TreeCase):
    def test_links(self):
        self.write("docs/a.md", "[b](b.md#part), [c](https://example.org/c), [d](../d/)\n"
                   "    [not](code.md)\n```\n[nor](this.md)\n```\n")
        self.write("docs/b.md", "")
        (self.root / "d").mkdir()
        self.assertEqual(links.check(self.root, [Path("docs/a.md")]), [])
        (self.root / "docs/b.md").unlink()
        self.assert_problem(links.check(self.root, [Path("docs/a.md")]), "docs/a.md:1",
                            "b.md")


class Text(TreeCase):
    """text.sh runs tools that have tests of their own; here: that it finds and fails."""

    TOOLS = {"todo": "grep", "shell": "shellcheck", "xml": "xmllint", "spelling": "codespell",
             "format": "clang-format"}

    def run_check(self, check, path, text):
        if not shutil.which(self.TOOLS[check]):
            self.skipTest(f"{self.TOOLS[check]} is not installed")
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.write("tests/lint/codespell.ignore", "")
        self.write(path, text)
        result = subprocess.run([HERE / "text.sh", self.root, check], capture_output=True,
                                env={**os.environ, "LC_ALL": "C.UTF-8"})
        return result.returncode == 0

    def test_todo(self):
        self.assertTrue(self.run_check("todo", "a.c", "/* TODO (#12): more */"))
        self.assertFalse(self.run_check("todo", "a.c", "/* TODO: more */"))

    def test_shell(self):
        self.assertTrue(self.run_check("shell", "a.sh", "#!/bin/sh\necho \"$1\"\n"))
        self.assertFalse(self.run_check("shell", "a.sh", "#!/bin/sh\necho $1\n"))

    def test_xml(self):
        self.assertTrue(self.run_check("xml", "flows/a.xml", "<flow/>"))
        self.assertFalse(self.run_check("xml", "flows/a.xml", "<flow>"))

    def test_spelling(self):
        self.assertTrue(self.run_check("spelling", "a.md", "the\n"))
        self.assertFalse(self.run_check("spelling", "a.md", "t" + "eh\n"))

    def test_format(self):
        self.write(".clang-format", "BasedOnStyle: LLVM\n")
        self.assertTrue(self.run_check("format", "a.c", "int a(void);\n"))
        self.assertFalse(self.run_check("format", "a.c", "int  a(void);\n"))


if __name__ == "__main__":
    tap.main()
