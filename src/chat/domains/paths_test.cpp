// The set of paths and the two domains over it.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "chat/domains/existing_path.h"
#include "chat/domains/new_path.h"
#include "chat/domains/path_set.h"
#include "support/domains.h"

namespace temper::chat {
namespace {

using Paths = std::vector<std::string>;

ExistingPath files(const Paths& paths, std::string root = "") {
  return ExistingPath(PathSet(paths).snapshot(), {.root = std::move(root)});
}

ExistingPath files_and_directories(const Paths& paths, std::string root = "") {
  return ExistingPath(PathSet(paths).snapshot(),
                      {.root = std::move(root), .kinds = PathKinds::FilesAndDirectories});
}

NewPath new_files(const Paths& paths, std::string root = "") {
  return NewPath(PathSet(paths).snapshot(), {.root = std::move(root)});
}

// Those of `texts` that are members.
Paths members(const Domain& domain, const Paths& texts) {
  Paths found;
  std::copy_if(texts.begin(), texts.end(), std::back_inserter(found),
               [&](const std::string& text) { return contains(domain, text); });
  return found;
}

TEST_CASE("existing paths: files, in every spelling, and nothing else") {
  const Paths paths = {"src/a.c", "src/sub/b.c", ".gitignore", "größe.txt", "a b"};
  const ExistingPath domain = files(paths, "/home/repo");
  CHECK(members(domain, paths) == paths);
  const Paths spelled = {"./src/a.c", "/home/repo/src/a.c", "./.gitignore"};
  CHECK(members(domain, spelled) == spelled);
  CHECK(members(domain, {"", ".", "./", "src", "src/", "src/a", "src//a.c", "././src/a.c",
                         "../repo/src/a.c", "/home/repo", "/home/repo/", "//home/repo/src/a.c",
                         "/home/repo//src/a.c", ".//home/repo/src/a.c", "/etc/passwd", "x"}) ==
        Paths{});
  CHECK(read(files(paths), "/") == Domain::kDead);
}

TEST_CASE("existing paths: directories where they are asked for") {
  const Paths spelled = {".",          "./",          "src",           "src/",
                         "src/sub",    "src/sub/",    "./src",         "src/sub/b.c",
                         "/home/repo", "/home/repo/", "/home/repo/src"};
  const ExistingPath domain = files_and_directories({"src/sub/b.c"}, "/home/repo");
  CHECK(members(domain, spelled) == spelled);
  CHECK(members(domain, {"", "s", "/", "/home", "src//", "src/sub/b.c/"}) == Paths{});
  CHECK(members(files_and_directories({}), {".", "./", "", "a"}) == Paths{".", "./"});
}

TEST_CASE("existing paths: every spelling ends in the state that names the file") {
  const ExistingPath domain = files_and_directories({"src/a.c", "src/b.c"}, "/r");
  for (const std::string_view text : {"src/a.c", "./src/a.c", "/r/src/a.c"}) {
    CHECK(read(domain, text) == read(domain, "src/a.c"));
    CHECK(domain.path_at(read(domain, text)) == "src/a.c");
  }
  CHECK(domain.path_at(read(domain, "src/")) == "src");
  CHECK(domain.path_at(read(domain, "./")) == ".");
  CHECK(domain.path_at(read(domain, "/r")) == ".");
  CHECK_FALSE(domain.path_at(read(domain, "sr")));
  CHECK_FALSE(domain.path_at(0));
}

TEST_CASE("new paths: inside, sane, and not there yet") {
  const Paths paths = {"src/a.c", "README.md"};
  const NewPath domain = new_files(paths, "/home/repo");
  const Paths good = {"a",
                      "src/b.c",
                      "src/new/b.c",
                      "new/deep/er/x",
                      ".env",
                      "./src/b.c",
                      "src/a.cc",
                      "src/a",
                      "sr",
                      "größe.txt",
                      "a b.txt",
                      "src/.github/x",
                      "..a",
                      "...",
                      ".gitignore",
                      ".giT2",
                      "a-b",
                      "src/-x",
                      "/home/repo/src/b.c",
                      "[id].tsx",
                      "日本.md",
                      "a~",
                      "README.md2"};
  CHECK(members(domain, good) == good);
  CHECK(members(domain, {"",
                         ".",
                         "..",
                         "./",
                         "src",
                         "src/",
                         "src/a.c",
                         "README.md",
                         "README.md/x",
                         "src/a.c/b",
                         "../x",
                         "src/../x",
                         "./../x",
                         "a//b",
                         "a/./b",
                         "a/../b",
                         "/etc/passwd",
                         "/home/repo",
                         "/home/repo/",
                         "/home/repo/src/a.c",
                         "/home/other",
                         ".git",
                         ".git/config",
                         "src/.GIT/x",
                         "-rf",
                         "~/x",
                         "~",
                         " a",
                         "a ",
                         "a /b",
                         "a/ b",
                         "a\\b",
                         "a\nb",
                         "a\tb",
                         "a\x7F",
                         "\xC2\x85",
                         "a\xFF",
                         "a\xC3",
                         std::string("a\0b", 3)}) == Paths{});
}

TEST_CASE("new paths: files that exist are members where they may be written over") {
  const NewPath domain(PathSet({"src/a.c"}).snapshot(), {.existing = ExistingFiles::AreMembers});
  CHECK(members(domain, {"src/a.c", "src", "src/a.c/x", "src/b"}) == Paths{"src/a.c", "src/b"});
}

TEST_CASE("new paths: no part and no path is too long, and none is a trap") {
  const std::string longest(255, 'x');
  const NewPath domain = new_files({});
  CHECK(contains(domain, longest));
  CHECK(read(domain, longest + "x") == Domain::kDead);
  CHECK(contains(domain, longest + "/" + longest));
  std::string path;
  while (path.size() < 4096) path += path.size() % 256 == 255 ? '/' : 'x';
  CHECK(path.back() == '/');
  path.pop_back();
  CHECK(contains(domain, path));
  CHECK(read(domain, path + "/") == Domain::kDead);
  // What needs another byte is begun only where there is room for it.
  const std::string full(254, 'x');
  CHECK(read(domain, full + "\xC3") == Domain::kDead);
  CHECK(read(domain, full + " ") == Domain::kDead);
  CHECK(read(domain, full.substr(1) + "\xC3") != Domain::kDead);

  // A name of the greatest length that exists is a dead end; so is what leads only there.
  CHECK(read(new_files({longest}), longest) == Domain::kDead);
  CHECK(contains(new_files({longest}), longest.substr(1) + "y"));
  Paths all;
  for (int byte = 0x21; byte < 0x7F; ++byte) {
    if (byte != '/' && byte != '\\') all.push_back(full + static_cast<char>(byte));
  }
  all.push_back(full);
  CHECK(read(new_files(all), full) == Domain::kDead);
  all.pop_back();
  CHECK(contains(new_files(all), full));
}

TEST_CASE("path domains: agree with rules written differently, on every short text") {
  Random random(2);
  const std::string alphabet = "./ga";
  for (int round = 0; round < 60; ++round) {
    std::set<std::string> set;
    for (std::size_t left = random.below(8); left > 0; --left) {
      std::string path;
      for (std::size_t bytes = 1 + random.below(5); bytes > 0; --bytes) {
        path += alphabet[random.below(alphabet.size())];
      }
      const bool is_kept = is_plain_relative_path(path);
      const bool clashes = std::any_of(set.begin(), set.end(), [&](const std::string& other) {
        return other.starts_with(path + "/") || path.starts_with(other + "/");
      });
      if (is_kept && !clashes) set.insert(path);
    }
    const Paths paths(set.begin(), set.end());
    const auto spellings = [&](const std::string& path) {
      return Paths{path, "./" + path, "/a/" + path};
    };
    const auto below = [&](const std::string& directory) {
      return std::any_of(set.begin(), set.end(), [&](const std::string& path) {
        return path.starts_with(directory + "/");
      });
    };

    std::set<std::string> spelled;
    for (const std::string& path : paths) {
      for (const std::string& text : spellings(path)) spelled.insert(text);
    }
    CHECK(disagreement(
              files(paths, "/a"), alphabet, 6,
              [&](std::string_view text) { return spelled.contains(std::string(text)); },
              [&](std::string_view text) {
                return std::any_of(spelled.begin(), spelled.end(),
                                   [&](const std::string& path) { return path.starts_with(text); });
              }) == "");

    // Over this alphabet, and with room to go on.
    const auto is_new = [&](std::string text) {
      if (text.starts_with("./")) {
        text.erase(0, 2);
      } else if (text.starts_with("/a/")) {
        text.erase(0, 3);
      }
      if (!is_plain_relative_path(text) || set.contains(text) || below(text)) return false;
      for (std::size_t slash = text.find('/'); slash != text.npos;
           slash = text.find('/', slash + 1)) {
        if (set.contains(text.substr(0, slash))) return false;
      }
      return true;
    };
    const auto begins_new = [&](std::string_view text) {
      for (const std::string_view tail : {"", "x", "/x", "a/x", "./x", "/a/x"}) {
        if (is_new(std::string(text) + std::string(tail))) return true;
      }
      return false;
    };
    CHECK(disagreement(
              new_files(paths, "/a"), alphabet, 5,
              [&](std::string_view text) { return is_new(std::string(text)); }, begins_new) == "");
  }
}

TEST_CASE("path domains: no state is a dead end") {
  Random random(3);
  const Paths paths = {"src/a.c", "src/b/größe.c", ".github/x",
                       "a",       "日/本",         std::string(255, 'n')};
  for (int round = 0; round < 30; ++round) {
    CHECK(dead_end(files(paths, "/r"), random, 40) == "");
    CHECK(dead_end(files_and_directories(paths, "/r"), random, 40) == "");
    CHECK(dead_end(new_files(paths, "/r"), random, 300) == "");
  }
  // Up to the very end of the longest path.
  for (int round = 0; round < 3; ++round) CHECK(dead_end(new_files(paths), random, 5000) == "");
}

TEST_CASE("path set: what is not plain is left out") {
  for (const std::string_view path : {"a", "a/b", "..a", "a/.b", ".git/x", "a b", "größe"}) {
    CHECK_MESSAGE(is_plain_relative_path(path), path);
  }
  for (const std::string_view path :
       {"", "/", "/a", "a/", "a//b", ".", "./a", "a/..", "../a", "\xFF"}) {
    CHECK_MESSAGE(!is_plain_relative_path(path), path);
  }
  CHECK(PathSet({"/a", "b/", "c"}).snapshot()->size() == 1);
}

TEST_CASE("path set: agrees with a set through any changes, and old pictures stay") {
  Random random(4);
  PathSet set;
  std::set<std::string> expected;
  const auto path = [&] {
    std::string text = random.name(1);
    for (std::size_t left = random.below(3); left > 0; --left) {
      text += "/" + std::string(1, static_cast<char>('a' + random.below(3)));
    }
    return text;
  };
  const auto shown = [](const Trie& trie) {
    std::set<std::string> words;
    for (std::size_t i = 0; i < trie.size(); ++i) words.emplace(trie.word(i));
    return words;
  };
  for (int round = 0; round < 300; ++round) {
    const std::shared_ptr<const Trie> before = set.snapshot();
    const std::set<std::string> expected_before = expected;
    for (std::size_t left = random.below(6); left > 0; --left) {
      const std::string changed = path();
      if (random.below(3) > 0) {
        set.add(changed);
        expected.insert(changed);
      } else {
        set.remove(changed);
        expected.erase(changed);
        std::erase_if(expected, [&](const std::string& p) { return p.starts_with(changed + "/"); });
      }
      const std::string asked = path();
      CHECK(set.contains(asked) == expected.contains(asked));
    }
    CHECK(shown(*before) == expected_before);
    CHECK(shown(*set.snapshot()) == expected);
  }
  CHECK(set.snapshot() == set.snapshot());
}

TEST_CASE("path set: a hundred thousand files, and very deep ones") {
  Paths paths;
  for (int i = 0; i < 100000; ++i) {
    paths.push_back("src/module" + std::to_string(i % 300) + "/part" + std::to_string(i % 7) +
                    "/file_" + std::to_string(i) + ".cpp");
  }
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "d/";
  paths.push_back(deep + "f");
  PathSet set(paths);
  CHECK(set.snapshot()->size() == 100001);
  CHECK(set.snapshot()->memory_bytes() < 16 << 20);
  const ExistingPath domain(set.snapshot());
  CHECK(contains(domain, paths[54321]));
  CHECK(contains(domain, deep + "f"));
  CHECK_FALSE(contains(domain, deep));
  set.remove("src");
  CHECK(set.snapshot()->size() == 1);
  CHECK(contains(domain, paths[54321]));
}

}  // namespace
}  // namespace temper::chat
