#include "agent/evidence/signature.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "agent/evidence/output_lines.h"

namespace temper::agent {
namespace {

// What makes no difference to each tool's output: folders, times, numbers of lines, addresses.
TEST_CASE("signature: the same failure twice") {
  struct Row {
    std::string_view tool;
    std::string_view once;
    std::string_view again;
  };
  const Row rows[] = {
      {"unittest",
       "Traceback (most recent call last):\n"
       "  File \"/tmp/run-1/blog/lib/tags.py\", line 20, in rename_tag\n"
       "    text = graymatter.stringify(data, content)\n"
       "           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
       "AttributeError: 'str' object has no attribute 'items'\n\nRan 5 tests in 0.021s\n",
       "Traceback (most recent call last):\n"
       "  File \"/home/ada/work/blog/lib/tags.py\", line 24, in rename_tag\n"
       "    text = graymatter.stringify(dict(data), content or \"error\")\n"
       "AttributeError: 'str' object has no attribute 'items'\n\nRan 5 tests in 1.7s\n"},
      {"pytest",
       "FAILED tests/test_tags.py::test_list - assert 3 == 4\n"
       "E       assert 3 == 4\n==== 1 failed, 12 passed in 0.12s ====\n",
       "FAILED tests/test_tags.py::test_list - assert 3 == 4\n"
       "E       assert 3 == 4\n==== 1 failed, 13 passed in 12.40s ====\n"},
      {"gcc", "src/a.c:3:10: error: 'x' undeclared (first use in this function)\n",
       "src/a.c:17:2: error: 'x' undeclared (first use in this function)\n"},
      {"gcc's quoted code", "a.c:3:1: error: too few arguments\n    3 | error(1);\n      | ^~~~\n",
       "a.c:3:1: error: too few arguments\n    3 | error(1, 2);\n      | ^~~~~~~\n"},
      {"clang", "\x1b[1ma.c:3:1: \x1b[31merror: \x1b[0mno member named 'y' in 'struct x'\n",
       "a.c:3:1: error: no member named 'y' in 'struct x'\n"},
      {"clang's quoted code", "a.c:3:1: error: x\n  return missing(1);\n         ^~~~~~~\n",
       "a.c:3:1: error: x\n  return missing(2, 3);\n         ^~~~~~~\n"},
      {"ld",
       "/usr/bin/ld: /tmp/ccAb12Xy.o: in function `main':\nmain.c:(.text+0x5): undefined "
       "reference to `foo'\n",
       "/usr/bin/ld: /tmp/ccAb12Xy.o: in function `main':\nmain.c:(.text+0x1f): undefined "
       "reference to `foo'\n"},
      {"tsc", "src/a.ts(3,22): error TS2307: Cannot find module '../lib/tags'.\n",
       "src/a.ts(9,2): error TS2307: Cannot find module '../lib/tags'.\n"},
      {"tsc for people", "src/a.ts:3:22 - error TS2307: Cannot find module '../lib/tags'.\n",
       "src/a.ts:5:1 - error TS2307: Cannot find module '../lib/tags'.\n"},
      {"node",
       "TypeError: q.foo is not a function\n    at file:///tmp/a1/src/f.js:5:3\n"
       "    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)\n",
       "TypeError: q.foo is not a function\n    at file:///home/ada/src/f.js:7:3\n"
       "    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)\n"},
      {"go test",
       "--- FAIL: TestTags (0.00s)\n    tags_test.go:10: got 3, want "
       "4\nFAIL\nFAIL\tapp/tags\t0.003s\n",
       "--- FAIL: TestTags (1.20s)\n    tags_test.go:12: got 3, want "
       "4\nFAIL\nFAIL\tapp/tags\t1.411s\n"},
      {"go's panic",
       "panic: runtime error: invalid memory address\n[signal SIGSEGV: addr=0x0 pc=0x47e1f2]\n",
       "panic: runtime error: invalid memory address\n[signal SIGSEGV: addr=0x0 pc=0x51aa02]\n"},
      {"cargo",
       "   Compiling r v0.1.0 (/tmp/a)\nerror[E0432]: unresolved import `crate::lib`\n"
       " --> src/main.rs:3:12\nerror: could not compile `r` (bin \"r\") due to 1 previous error\n",
       "   Compiling r v0.1.1 (/tmp/b)\nerror[E0432]: unresolved import `crate::lib`\n"
       " --> src/main.rs:8:12\nerror: could not compile `r` (bin \"r\") due to 1 previous error\n"},
      {"a Rust panic", "thread 't' (32578) panicked at src/main.rs:4:10:\n  left: 2\n right: 3\n",
       "thread 't' (911) panicked at src/main.rs:9:1:\n  left: 2\n right: 3\n"},
      {"make", "make: *** [Makefile:3: all] Error 1\n", "make: *** [Makefile:8: all] Error 1\n"},
      {"npm",
       "npm error Missing script: \"test\"\nnpm error A complete log of this run can be found in: "
       "/root/.npm/_logs/2026-01-02T03_04_05_678Z-debug-0.log\n",
       "npm error Missing script: \"test\"\nnpm error A complete log of this run can be found in: "
       "/home/b/.npm/_logs/2026-11-20T20_30_12_345Z-debug-0.log\n"},
      {"temporary names", "FileNotFoundError: '/tmp/tmpab12_3xy/posts/a.md'\n",
       "FileNotFoundError: '/tmp/tmpzz99_8qq/posts/a.md'\n"},
      {"progress", "10%\r50%\rerror: disk full\n", "30%\r99%\rerror: disk full\n"},
      {"a line more than once", "error: x\nerror: x\n", "error: x\n"},
      {"nothing that looks like an error", "built in 3s\n", "built in 71s\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.tool);
    CHECK(failure_signature(row.once, 1) == failure_signature(row.again, 1));
    CHECK(failure_signature(row.once, 1).hash.size() == 16);
  }
}

TEST_CASE("signature: another failure") {
  struct Row {
    std::string_view tool;
    std::string_view one;
    std::string_view other;
  };
  const Row rows[] = {
      {"another attribute", "AttributeError: 'str' object has no attribute 'items'",
       "AttributeError: 'str' object has no attribute 'keys'"},
      {"more dots", "ModuleNotFoundError: No module named 'blog.app.lib'",
       "ImportError: attempted relative import beyond top-level package"},
      {"another way up", "a.ts(1,1): error TS2307: Cannot find module '../lib/tags'.",
       "a.ts(1,1): error TS2307: Cannot find module '../../lib/tags'."},
      {"another file", "src/a.c:3:1: error: x", "src/b.c:3:1: error: x"},
      {"another test", "FAILED tests/a.py::test_a - assert 1",
       "FAILED tests/a.py::test_b - assert 1"},
      {"other values", "E   assert 3 == 4", "E   assert 3 == 5"},
      {"other values of go", "    a_test.go:3: got 3, want 4", "    a_test.go:3: got 2, want 4"},
      {"other values of rust", "  left: 2\n right: 3", "  left: 1\n right: 3"},
      {"another code", "error[E0432]: x", "error[E0433]: x"},
      {"one more", "a.c:1:1: error: x", "a.c:1:1: error: x\na.c:1:1: error: y"},
      {"another target", "make: *** No rule to make target 'a'.",
       "make: *** No rule to make target 'b'."},
      {"another function", "  File \"/x/a.py\", line 1, in f\nE: 1",
       "  File \"/x/a.py\", line 1, in g\nE: 1"},
      {"another script", "npm error Missing script: \"test\"",
       "npm error Missing script: \"check\""},
      {"another command", "sh: 1: tsc: not found", "sh: 1: jest: not found"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.tool);
    CHECK(failure_signature(row.one, 1).hash != failure_signature(row.other, 1).hash);
  }
  CHECK(failure_signature("x", 1).hash != failure_signature("x", 139).hash);
}

TEST_CASE("signature: what it keeps") {
  CHECK(failure_signature("building\na.c:3:4: warning: unused\na.c:7:1: error: 'x' undeclared\n"
                          "see /work/blog/log/a.txt: failed after 3.5s\nok 3 done\n",
                          2, "/work/blog/")
            .text == "exit 2\na.c:#: error: 'x' undeclared\nsee log/a.txt: failed after #");
  CHECK(failure_signature("", 1).text == "exit 1");
  CHECK(failure_signature("one\ntwo 2\n", 0).text == "exit 0\none\ntwo #");
  CHECK(output_lines("a\r\nb\rc\n\x1b[1md\xff") ==
        std::vector<std::string>{"a", "c", "d\xEF\xBF\xBD"});
}

}  // namespace
}  // namespace temper::agent
