#include "base/suggest.h"

#include <doctest/doctest.h>

#include <vector>

namespace temper {
namespace {

const std::vector<std::string_view> kCommands = {
    "run", "serve", "chat", "models", "fit", "cost", "showdown", "sessions", "bench", "doctor"};

std::string nearest(std::string_view word) {
  return std::string(closest(word, kCommands).value_or("nothing"));
}

TEST_CASE("suggest: finds the word behind one slip or two") {
  CHECK(nearest("docter") == "doctor");
  CHECK(nearest("dcotor") == "doctor");  // two swapped
  CHECK(nearest("doctr") == "doctor");
  CHECK(nearest("doctorr") == "doctor");
  CHECK(nearest("DOCTOR") == "doctor");
  CHECK(nearest("fti") == "fit");
  CHECK(nearest("rnu") == "run");
  CHECK(nearest("sevre") == "serve");
  CHECK(nearest("shwodonw") == "showdown");
}

TEST_CASE("suggest: a beginning stands for the whole") {
  CHECK(nearest("doc") == "doctor");
  CHECK(nearest("sess") == "sessions");
  CHECK(nearest("mo") == "models");
  CHECK(nearest("s") == "nothing");
  const std::vector<std::string_view> both = {"node", "models"};
  CHECK(closest("mode", both) == "node");  // as near as the beginning, and first
}

TEST_CASE("suggest: does not guess from far away") {
  CHECK(nearest("") == "nothing");
  CHECK(nearest("x") == "nothing");
  CHECK(nearest("ls") == "nothing");
  CHECK(nearest("bat") == "nothing");
  CHECK(nearest("install") == "nothing");
  CHECK(nearest("tcefroproc") == "nothing");
  CHECK(nearest(std::string(300, 'a')) == "nothing");
  CHECK(closest("word", {}) == std::nullopt);
}

TEST_CASE("suggest: the nearest wins over the first") {
  const std::vector<std::string_view> keys = {"log.levels.all", "log.label", "log.level"};
  CHECK(closest("log.levle", keys) == "log.level");
  CHECK(closest("log.lbael", keys) == "log.label");
}

TEST_CASE("suggest: neighbours at the longest length that is compared") {
  const std::string longest(256, 'a');
  std::string mistyped = longest;
  mistyped[128] = 'b';
  const std::vector<std::string_view> candidates = {longest};
  CHECK(closest(mistyped, candidates) == longest);
}

TEST_CASE("suggest: the end of an error message") {
  CHECK(did_you_mean("docter", kCommands) == " Did you mean \"doctor\"?");
  CHECK(did_you_mean("install", kCommands).empty());
}

}  // namespace
}  // namespace temper
