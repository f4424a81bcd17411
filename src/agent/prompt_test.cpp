#include "agent/prompt.h"

#include <doctest/doctest.h>

namespace temper::agent {
namespace {

TEST_CASE("prompt: names are filled in, and a line whose name stands for nothing is left out") {
  const std::string text = "In {directory}.\nThe check is `{check}`.\n{notes}\nBe brief.\n";
  CHECK(make_prompt(text, {"/w", "make test", "Use tabs."}) ==
        "In /w.\nThe check is `make test`.\nUse tabs.\nBe brief.\n");
  CHECK(make_prompt(text, {"/w", "", ""}) == "In /w.\nBe brief.\n");
  // What is filled in is not looked into.
  CHECK(make_prompt("{notes}", {"", "x", "{check} {directory}"}) == "{check} {directory}\n");
}

TEST_CASE("prompt: the usual one is short") {
  const std::string made = make_prompt(usual_prompt(), {"/home/ada/project", "make test", ""});
  CHECK(made.size() < 1200);
  CHECK(made.find('{') == std::string::npos);
}

}  // namespace
}  // namespace temper::agent
