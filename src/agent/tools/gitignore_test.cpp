#include "agent/tools/gitignore.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "agent/tools/listing.h"
#include "base/random.h"
#include "base/run_process.h"
#include "base/text.h"
#include "support/temporary.h"

namespace temper::agent {
namespace {

TEST_CASE("gitignore: lines become rules") {
  struct Row {
    std::string_view rules;
    std::string_view path;
    bool is_directory;
    IgnoreVerdict verdict;
  };
  constexpr auto kNone = IgnoreVerdict::None;
  constexpr auto kIgnored = IgnoreVerdict::Ignored;
  constexpr auto kKept = IgnoreVerdict::Kept;
  for (const Row& row : std::vector<Row>{
           {"*.o", "a/b.o", false, kIgnored},
           {"*.o\n!b.o\n", "a/b.o", false, kKept},
           {"# *.o", "# *.o", false, kNone},
           {"\\#a", "#a", false, kIgnored},
           {"\\!a", "!a", false, kIgnored},
           {"build/", "build", false, kNone},
           {"build/", "x/build", true, kIgnored},
           {"/build", "x/build", true, kNone},
           {"x/build", "y/x/build", true, kNone},
           {"a  \r\n", "a", false, kIgnored},
           {"a\\ ", "a ", false, kIgnored},
           {"\xEF\xBB\xBF"
            "a",
            "a", false, kIgnored},
           {"/", "a", true, kNone},
           {"!", "a", true, kNone},
           {"   ", "a", true, kNone},
           {"foo**/bar", "foox/y/bar", false, kIgnored},
       }) {
    CAPTURE(row.rules);
    CHECK(IgnoreRules(row.rules).verdict(row.path, row.is_directory) == row.verdict);
  }
}

// A tree and its rules, made of few letters so that rules hit.
class RandomTree {
 public:
  RandomTree(Random& random, const std::string& root) : random_(random), root_(root) {}

  void make() { fill(root_, 0); }

 private:
  std::string pick(const std::vector<std::string>& from) {
    return from[random_.below(from.size())];
  }

  static void put(const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  std::string pattern() {
    static const std::vector<std::string> kPieces = {
        "a",    "b",    "ab",  "c.o", "*",           "**", "/",   "/",   "?",
        "[ab]", "[!a]", "*.o", "\\*", "[[:alpha:]]", " ",  "\\ ", "a-b", "[a-b]",
        "**/",  "/**",  "\\",  "[",   "]",           ".o", "!"};
    std::string made = random_.below(5) == 0 ? "!" : "";
    const std::size_t pieces = 1 + random_.below(4);
    for (std::size_t i = 0; i < pieces; ++i) made += pick(kPieces);
    if (random_.below(4) == 0) made += "/";
    return made;
  }

  void fill(const std::string& directory, int depth) {
    static const std::vector<std::string> kNames = {"a",   "b", "ab",  "c.o", "a.o",
                                                    "a b", "*", "a-b", "a "};
    for (const std::string& name : kNames) {
      const std::uint64_t kind = random_.below(4);
      const std::string path = directory + "/" + name;
      if (kind == 0 && depth < 3) {
        std::filesystem::create_directory(path);
        fill(path, depth + 1);
      } else if (kind < 3) {
        put(path, "");
      }
    }
    if (random_.below(2) != 0) return;
    std::string rules;
    const std::size_t lines = 1 + random_.below(4);
    for (std::size_t i = 0; i < lines; ++i)
      rules += pattern() + (random_.below(9) == 0 ? "\r\n" : "\n");
    put(directory + "/.gitignore", rules);
  }

  Random& random_;
  std::string root_;
};

// What git says is neither tracked nor ignored.
std::vector<std::string> files_by_git(const std::string& root) {
  const ProcessSpec command{{"git", "-c", "core.excludesFile=/dev/null", "-C", root, "ls-files",
                             "--others", "--exclude-standard", "-z"}};
  const Result<ProcessResult> ran = run_process(command);
  REQUIRE(ran.ok());
  const std::string output = ran->output.text();
  std::vector<std::string> files;
  for (const std::string_view file : split(output, '\0')) {
    if (!file.empty()) files.emplace_back(file);
  }
  std::sort(files.begin(), files.end());
  return files;
}

// What one has and the other has not.
std::string difference(const std::vector<std::string>& ours, const std::vector<std::string>& gits) {
  std::vector<std::string> told;
  for (const std::string& file : ours) {
    if (!std::ranges::binary_search(gits, file)) told.push_back("only ours: " + file);
  }
  for (const std::string& file : gits) {
    if (!std::ranges::binary_search(ours, file)) told.push_back("only git's: " + file);
  }
  return join(told, "; ");
}

void check_against_git(std::uint64_t seed, int rounds) {
  Random random(seed);
  for (int round = 0; round < rounds; ++round) {
    const TemporaryDirectory directory = make_temporary_directory();
    RandomTree(random, directory.path()).make();
    const ProcessSpec init{{"git", "init", "-q", directory.path()}};
    REQUIRE(run_process(init).ok());
    const Workspace workspace = Workspace::open(directory.path()).take();
    const Result<Listing> listing = list_files(workspace);
    REQUIRE(listing.ok());
    CAPTURE(round);
    CHECK(difference(listing->files, files_by_git(directory.path())) == "");
  }
}

TEST_CASE("gitignore: lists what git lists, in generated trees") { check_against_git(2024, 12); }

TEST_CASE("slow: gitignore: lists what git lists, in more trees") { check_against_git(7, 200); }

}  // namespace
}  // namespace temper::agent
