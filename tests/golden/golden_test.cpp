#include "golden/golden.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/file.h"
#include "base/run_process.h"
#include "base/temporary_directory.h"
#include "support/processes.h"

namespace temper::golden {
namespace {

constexpr std::string_view kFile =
    "What it shows.\n"
    "needs zsh\n"
    "$ temper dctor\n"
    "temper: no\n"
    "[2]\n"
    "$ cat <<END\n"
    "> a\n"
    "> END\n"
    "a\n";

TEST_CASE("golden: a file is read, and written back byte for byte") {
  const Result<GoldenFile> file = parse_golden(kFile);
  REQUIRE(file);
  CHECK(*file ==
        GoldenFile{{"What it shows.", "needs zsh"},
                   {{"temper dctor", {"temper: no", "[2]"}}, {"cat <<END\na\nEND", {"a"}}}});
  CHECK(render(*file) == kFile);
  CHECK(needed_programs(*file) == Lines{"zsh"});
  CHECK(!parse_golden("no command in here\n"));
  CHECK(!parse_golden(""));
}

TEST_CASE("golden: output becomes lines, with nothing lost and nothing to mistake") {
  CHECK(observed_lines("", 0) == Lines{});
  CHECK(observed_lines("a\n\n", 0) == Lines{"a", ""});
  CHECK(observed_lines("a\nb", 1) == Lines{"a", "b (no-eol)", "[1]"});
  CHECK(observed_lines("\x1b[1mbold\x1b[0m\n", 0) == Lines{"\\x1b[1mbold\\x1b[0m (esc)"});
  CHECK(observed_lines("$ x\n> y\n[1]\n", 0) ==
        Lines{"\\x24 x (esc)", "\\x3e y (esc)", "\\x5b1] (esc)"});
}

TEST_CASE("golden: lines match exactly, or as a glob where they say so") {
  CHECK(line_matches("a*", "a*"));
  CHECK(!line_matches("a*", "ab"));
  CHECK(line_matches("a* (glob)", "ab"));
  CHECK(line_matches("* 0.1.? on * (glob)", "temper 0.1.0 on x86"));
  CHECK(line_matches("* (glob)", ""));
  CHECK(!line_matches("a?c (glob)", "ac"));
  CHECK(!line_matches("*b (glob)", "abc"));
  CHECK(line_matches("a** (glob)", "a"));
  CHECK(lines_match({"a", "* (glob)"}, {"a", "b"}));
  CHECK(!lines_match({"a"}, {"a", "b"}));
  CHECK(!lines_match({"a", "b"}, {"a"}));
}

TEST_CASE("golden: an update keeps the globs that still match") {
  CHECK(updated_lines({"v* (glob)", "old", "w* (glob)"}, {"v1", "new", "x"}) ==
        Lines{"v* (glob)", "new", "x"});
  CHECK(updated_lines({}, {"a"}) == Lines{"a"});
  CHECK(updated_lines({"a"}, {}) == Lines{});
}

TEST_CASE("golden: a difference shows what matched, what was missed and what came") {
  CHECK(difference({"same", "old", "end"}, {"same", "new", "end"}) ==
        "  same\n- old\n+ new\n  end\n");
}

// The runner itself, on one file in a folder of its own; what it said, and its status.
std::string run_runner(const TemporaryDirectory& folder, std::vector<std::string> options) {
  const std::string here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  std::vector<std::string> argv = {here + "/golden_runner", "--temper", "/bin/temper"};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.push_back(folder.path());
  ProcessSpec spec;
  spec.argv = argv;
  spec.directory = folder.path();
  spec.output = OutputTo::OnePipe;
  const Result<ProcessResult> ran = run_process(spec);
  REQUIRE(ran);
  return ran->output.text() + describe(ran->status);
}

TEST_CASE("golden: the runner finds a planted mismatch, and an update mends it") {
  NEEDS_PROGRAMS();
  Result<TemporaryDirectory> folder = TemporaryDirectory::create();
  REQUIRE(folder);
  const std::string file = *folder / "a.golden";
  REQUIRE(write_file_atomically(file, "$ echo seen; exit 3\nplanted\n[3]\n"));

  CHECK(run_runner(*folder, {}) == file + "\n$ echo seen; exit 3\n- planted\n+ seen\n  [3]\n\n" +
                                       "0 passed, 1 failed\nexit code 1");
  CHECK(run_runner(*folder, {"--update"}) ==
        "updated " + file + "\n1 passed, 0 failed\nexit code 0");
  CHECK(run_runner(*folder, {}) == "1 passed, 0 failed\nexit code 0");
  CHECK(*read_file(file, 1000) == "$ echo seen; exit 3\nseen\n[3]\n");
}

TEST_CASE("golden: the runner says aloud what it skips, and starts each file anew") {
  NEEDS_PROGRAMS();
  Result<TemporaryDirectory> folder = TemporaryDirectory::create();
  REQUIRE(folder);
  REQUIRE(write_file_atomically(*folder / "a.golden", "needs no-such-program\n$ false\n"));
  REQUIRE(write_file_atomically(*folder / "b.golden",
                                "$ touch here; ls; echo $TERM $COLUMNS\nhere\ndumb 80\n"));
  REQUIRE(write_file_atomically(*folder / "c.golden", "$ ls . \"$HOME\" | grep here\n[1]\n"));
  CHECK(run_runner(*folder, {}) == "SKIPPED: " + (*folder / "a.golden") +
                                       " needs no-such-program, which is not installed\n"
                                       "2 passed, 0 failed, 1 skipped\nexit code 0");
}

}  // namespace
}  // namespace temper::golden
