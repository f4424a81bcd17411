#include "agent/evidence/failure.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "base/format.h"

namespace temper::agent {
namespace {

// "kind: names @ frames", a line for each problem.
std::string read(std::string_view output) {
  std::string all;
  for (const Problem& problem : read_failure(output).problems) {
    std::string line(kind_name(problem.kind));
    if (!problem.module.empty()) line += " module=" + problem.module;
    if (!problem.symbol.empty()) line += " symbol=" + problem.symbol;
    if (!problem.owner.empty()) line += " of=" + problem.owner;
    if (!problem.file.empty()) line += " file=" + problem.file;
    for (const Frame& frame : problem.frames) {
      line += format(" @{}:{}", frame.path, frame.line);
      if (!frame.function.empty()) line += "(" + frame.function + ")";
    }
    all += (all.empty() ? "" : "\n") + line;
  }
  return all;
}

TEST_CASE("failure: Python") {
  CHECK(read("ERROR: test_route\n----\nTraceback (most recent call last):\n"
             "  File \"/w/tests/test_tags.py\", line 23, in test_route\n"
             "    from blog.app.api.admin.tags import route\n"
             "  File \"/w/blog/app/api/admin/tags/route.py\", line 1, in <module>\n"
             "    from ....lib import tags\n"
             "ModuleNotFoundError: No module named 'blog.app.lib'\n\nFAILED (errors=1)\n") ==
        "missing module module=blog.app.lib @/w/tests/test_tags.py:23(test_route) "
        "@/w/blog/app/api/admin/tags/route.py:1(<module>)");
  CHECK(read("Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n    g(1)\n"
             "    ~^^^\nTypeError: Tags.g() takes 1 positional argument but 2 were given\n") ==
        "wrong arguments symbol=Tags.g @a.py:3(f)");
  CHECK(read("  File \"a.py\", line 3\n    def (\n        ^\nSyntaxError: invalid syntax\n") ==
        "syntax @a.py:3");
  CHECK(read("/usr/bin/python3: No module named blog.tags\n") == "missing module module=blog.tags");
  CHECK(read("Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n"
             "ImportError: cannot import name 'lod' from 'blog.lib' (/w/blog/lib/__init__.py)\n") ==
        "unknown symbol module=blog.lib symbol=lod @a.py:1(<module>)");
  CHECK(read("Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n"
             "AttributeError: module 'blog.lib.tags' has no attribute 'lst'. Did you mean: "
             "'list'?\n") == "unknown symbol module=blog.lib.tags symbol=lst @a.py:1(<module>)");
  CHECK(read("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n"
             "AttributeError: 'Post' object has no attribute 'titel'\n") ==
        "unknown symbol symbol=titel of=Post @a.py:1(f)");
  CHECK(read("Traceback (most recent call last):\n  File \"a.py\", line 9, in f\n"
             "KeyError: 'x'\n") == "other @a.py:9(f)");
}

TEST_CASE("failure: pytest") {
  CHECK(
      read("____________ test_rename ____________\n\n    def test_rename():\n"
           ">       assert tags.rename('a') == 2\n\ntests/test_tags.py:19: \n"
           "_ _ _ _ _ _ _ _\nblog/lib/tags.py:20: in rename\n    text = stringify(1)\n"
           "E   AttributeError: 'str' object has no attribute 'items'\n\n"
           "blog/vendor/gm.py:23: AttributeError\n===== short test summary info =====\n"
           "FAILED tests/test_tags.py::test_rename - AttributeError\n") ==
      "wrong arguments @tests/test_tags.py:19 @blog/lib/tags.py:20(rename) @blog/vendor/gm.py:23");
  CHECK(read("____ test_a ____\n>       assert f(1) == 4\nE       assert 3 == 4\n"
             "E        +  where 3 = f(1)\n\ntests/test_a.py:3: AssertionError\n==== 1 failed\n") ==
        "assertion @tests/test_a.py:3");
}

TEST_CASE("failure: C and C++") {
  CHECK(read("app/a.c:1:10: fatal error: tags.h: No such file or directory\n"
             "    1 | #include \"tags.h\"\n      |          ^~~~~~~~\ncompilation terminated.\n") ==
        "missing file file=tags.h @app/a.c:1");
  CHECK(read("app/a.c:1:10: fatal error: 'util/tags.h' file not found\n") ==
        "missing file file=util/tags.h @app/a.c:1");
  CHECK(read("b.c: In function ‘main’:\nb.c:4:4: error: ‘struct post’ has no member named ‘name’\n"
             "b.c:5:3: warning: implicit declaration of function ‘x’\n"
             "b.c:6:10: error: too few arguments to function ‘count_tags’\n"
             "t.h:7:5: note: declared here\nb.c:6:30: error: ‘missing’ undeclared (first use)\n") ==
        "unknown symbol symbol=name of=post @b.c:4\n"
        "wrong arguments symbol=count_tags @b.c:6\n"
        "unknown symbol symbol=missing @b.c:6");
  CHECK(read("/usr/bin/ld: /tmp/cc5i.o: in function `main':\n"
             "d.c:(.text+0x2f): undefined reference to `rename_tag'\n"
             "collect2: error: ld returned 1 exit status\n") ==
        "unknown symbol symbol=rename_tag @d.c:0");
  CHECK(read("/usr/bin/ld: e.cpp:(.text+0x2f): undefined reference to `blog::list(int, char)'\n") ==
        "unknown symbol symbol=blog::list @e.cpp:0");
  CHECK(read("e.cpp:5:3: error: no matching function for call to 'count_tags'\n") ==
        "wrong arguments symbol=count_tags @e.cpp:5");
  CHECK(read("a.out: a.c:5: main: Assertion `n == 3' failed.\nAborted\n") == "assertion @a.c:5");
  CHECK(read_failure("cc -Iinclude -I src/util -isystem /usr/x -c a.c\n").include_roots ==
        std::vector<std::string>{"include", "src/util", "/usr/x"});
}

TEST_CASE("failure: TypeScript and JavaScript") {
  CHECK(read("src/a.ts(3,22): error TS2307: Cannot find module '../lib/tags' or its "
             "corresponding type declarations.\n") ==
        "missing module module=../lib/tags @src/a.ts:3");
  CHECK(read("src/a.ts:3:22 - error TS2305: Module '\"../lib/tags\"' has no exported member "
             "'lst'.\n") == "unknown symbol module=../lib/tags symbol=lst @src/a.ts:3");
  CHECK(read("src/a.ts(3,2): error TS2345: Argument of type 'A' is not assignable to parameter of "
             "type 'string'.\nsrc/a.ts(4,2): error TS2554: Expected 2 arguments, but got 1.\n"
             "src/a.ts(5,7): error TS2339: Property 'x' does not exist on type 'Post'.\n") ==
        "wrong arguments @src/a.ts:3\nwrong arguments @src/a.ts:4\n"
        "unknown symbol symbol=x of=Post @src/a.ts:5");
  CHECK(read("Error: Cannot find module '../lib/tags.cjs'\nRequire stack:\n- /w/src/app/e.cjs\n"
             "    at Module._load (node:internal/modules/cjs/loader:1038:27)\n"
             "    at Object.<anonymous> (/w/src/app/e.cjs:1:11)\n") ==
        "missing module module=../lib/tags.cjs @/w/src/app/e.cjs:1(Object.<anonymous>) "
        "@/w/src/app/e.cjs:0");
  CHECK(
      read("Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/w/lib/x.js' imported from "
           "/w/src/a.js\n    at finalizeResolution (node:internal/modules/esm/resolve:283:11)\n") ==
      "missing module module=/w/lib/x.js @/w/src/a.js:0");
  CHECK(read("file:///w/b.js:1\nimport { l } from \"./t.js\";\n         ^\n"
             "SyntaxError: The requested module './t.js' does not provide an export named 'l'\n") ==
        "unknown symbol module=./t.js symbol=l @/w/b.js:1");
  CHECK(read("TypeError: Cannot read properties of undefined (reading 'map')\n"
             "    at listTags (file:///w/lib/tags.js:1:62)\n    at file:///w/src/c.js:3:1\n") ==
        "wrong arguments @/w/src/c.js:3 @/w/lib/tags.js:1(listTags)");
  CHECK(read("✘ [ERROR] Could not resolve \"../lib/tags\"\n\n    src/app.ts:3:22:\n      3 │ "
             "import\n") == "missing module module=../lib/tags @src/app.ts:3");
  CHECK(read("./src/app/route.ts:1:1\nModule not found: Can't resolve '../lib/tags'\n") ==
        "missing module module=../lib/tags @./src/app/route.ts:1");
  CHECK(read("  ● tags › lists\n\n    expect(received).toBe(expected) // Object.is equality\n\n"
             "    Expected: 3\n    Received: 4\n\n      at Object.<anonymous> "
             "(src/a.test.js:5:20)\n") == "assertion @src/a.test.js:5(Object.<anonymous>)");
  CHECK(read("npm error enoent Could not read package.json: Error: ENOENT: no such file or "
             "directory, open '/w/package.json'\n") == "missing file file=/w/package.json");
}

TEST_CASE("failure: Go and Rust") {
  CHECK(read("# app/tags\n./main.go:9:2: undefined: lib.Tags\n"
             "./main.go:11:12: not enough arguments in call to lib.Rename\n\thave (string)\n"
             "\twant (string, string)\nvet: ./x.go:4:2: undefined: y\n") ==
        "unknown symbol symbol=lib.Tags @./main.go:9\n"
        "wrong arguments symbol=lib.Rename @./main.go:11\nunknown symbol symbol=y @./x.go:4");
  CHECK(read("main.go:4:2: package example.com/app/libs is not in std (/usr/go/src/x)\n") ==
        "missing module module=example.com/app/libs @main.go:4");
  CHECK(read("./a.go:3:4: p.Titel undefined (type lib.Post has no field or method Titel)\n") ==
        "unknown symbol symbol=p.Titel of=Post @./a.go:3");
  CHECK(read("--- FAIL: TestTags (0.00s)\n    tags_test.go:10: got 3, want 4\nFAIL\n") ==
        "assertion @tags_test.go:10");
  CHECK(read("panic: boom\n\ngoroutine 1 [running]:\napp/lib.Rename(...)\n\t/w/lib/tags.go:12\n"
             "main.main()\n\t/w/main.go:7 +0x1d\nexit status 2\n") ==
        "other @/w/main.go:7(main) @/w/lib/tags.go:12(Rename)");
  CHECK(read("error[E0432]: unresolved import `crate::lib`\n --> src/main.rs:3:12\n  |\n"
             "3 | use crate::lib::tags;\n  |            ^^^ could not find `lib` in the crate "
             "root\n") == "missing module module=crate::lib @src/main.rs:3");
  CHECK(
      read("error[E0599]: no method named `title` found for struct `Post` in the current scope\n"
           " --> src/main.rs:8:5\nerror[E0061]: this function takes 2 arguments but 1 argument was "
           "supplied\n --> src/main.rs:9:3\n") ==
      "unknown symbol symbol=title of=Post @src/main.rs:8\nwrong arguments @src/main.rs:9");
  CHECK(read("thread 't' (3) panicked at src/main.rs:4:10:\nassertion `left == right` failed\n"
             "  left: 2\n right: 3\n") == "assertion @src/main.rs:4");
}

TEST_CASE("failure: shells and tools") {
  CHECK(read("cat: posts.py: No such file or directory\n") == "missing file file=posts.py");
  CHECK(read("bash: line 1: ./chek.sh: No such file or directory\n") ==
        "missing file file=./chek.sh");
  CHECK(read("ls: cannot access 'a b/c': No such file or directory\n") ==
        "missing file file=a b/c");
  CHECK(read("sh: 1: tsc: not found\n") == "missing file file=tsc");
  CHECK(read("bash: line 1: cd: blog/libs: No such file or directory\n") ==
        "missing file file=blog/libs");
  CHECK(read("make: *** No rule to make target 'src/x.c', needed by 'x.o'.  Stop.\n") ==
        "missing file file=src/x.c");
  CHECK(read("python3: can't open file '/w/run.py': [Errno 2] No such file or directory\n") ==
        "missing file file=/w/run.py");
  CHECK(read("all good\n3 passed\n") == "");
}

TEST_CASE("failure: only the first few, each once, whatever the size") {
  std::string many;
  for (int each = 0; each < 50; ++each) {
    many += format("a.c:{}:1: error: 'x{}' undeclared\na.c:{}:1: error: 'x{}' undeclared\n", each,
                   each, each, each);
  }
  CHECK(read_failure(many).problems.size() == 6);
  CHECK(read_failure(std::string(900'000, 'x') + "\na.c:3:1: error: 'y' undeclared\n")
            .problems.size() == 1);
}

}  // namespace
}  // namespace temper::agent
