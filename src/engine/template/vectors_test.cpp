// Every chat template and conversation of the shared vectors, letter for letter.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <iostream>

#include "base/file.h"
#include "base/json.h"
#include "engine/template/chat_template.h"

namespace temper::engine {
namespace {

constexpr std::size_t kMaxFileBytes = 1 << 20;

std::filesystem::path vectors_directory() {
  return std::filesystem::path(TEMPER_SOURCE_DIR) / "../shared/fixtures/templates";
}

// The text, or "error: " and why there is none.
std::string outcome(const ChatTemplate& chat, const Json& variables, WallTime now) {
  const Result<Rendered> rendered = chat.render(variables, {.now = now});
  return rendered ? rendered->text() : "error: " + rendered.error().message;
}

std::string expected(const Json& one) {
  if (const Json* text = one.find("expected")) return *text->string();
  return "error";
}

TEST_CASE("vectors: chat templates of real models render as transformers renders them") {
  std::error_code missing;
  const std::filesystem::directory_iterator files(vectors_directory(), missing);
  if (missing) {
    std::cout << "SKIPPED: there are no template vectors in ../shared/fixtures/templates\n";
    return;
  }
  using namespace std::chrono;
  const WallTime now = sys_days(year(2026) / January / 2);
  std::size_t cases = 0;
  for (const auto& file : files) {
    if (file.path().extension() != ".json") continue;
    const Json vectors = *parse_json(*read_file(file.path(), kMaxFileBytes));
    const std::string source_path = vectors_directory() / *vectors.string_at("template");
    const auto chat = ChatTemplate::parse(*read_file(source_path, kMaxFileBytes), "");
    REQUIRE_MESSAGE(chat.ok(), source_path);
    for (const Json& one : *vectors.find("cases")->items()) {
      INFO(source_path, ", ", *one.string_at("name"));
      std::string text = outcome(*chat, *one.find("vars"), now);
      if (one.find("error") != nullptr) {
        // Python fails here; which words we find for it is ours.
        INFO(text, "\n", *one.string_at("error"));
        CHECK(text.starts_with("error: "));
      } else {
        CHECK(text == expected(one));
      }
      ++cases;
    }
  }
  CHECK(cases == 216);
}

}  // namespace
}  // namespace temper::engine
