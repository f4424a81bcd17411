// What llama.cpp makes of the same texts and tokens: of small vocabularies of our own, and of
// real ones in ../shared, which is beside the repository where it is worked on.
#include <doctest/doctest.h>
#include <stdio.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/format.h"
#include "base/json.h"
#include "base/utf8.h"
#include "engine/gguf/open.h"
#include "engine/tokenizer/stream_decoder.h"
#include "engine/tokenizer/tokenizer.h"
#include "support/gguf_writer.h"
#include "support/small_vocabularies.h"

namespace temper::engine {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = TEMPER_SOURCE_DIR;
const fs::path kFixtures = kRoot / "../shared/fixtures";

bool is_missing(const fs::path& path) {
  if (fs::exists(path)) return false;
  std::printf("SKIPPED: there is no %s\n", path.lexically_relative(kRoot).c_str());
  return true;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string read_compressed(const fs::path& path) {
  std::string text;
  FILE* pipe = popen(format("gzip -dc '{}'", path.string()).c_str(), "r");
  if (pipe == nullptr) return text;
  std::vector<char> part(1 << 16);
  while (const std::size_t count = fread(part.data(), 1, part.size(), pipe)) {
    text.append(part.data(), count);
  }
  return pclose(pipe) == 0 ? text : "";
}

std::vector<fs::path> files_in(const fs::path& folder, std::string_view ending) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().string().ends_with(ending)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Json parse(const fs::path& path) {
  const std::string text = read_file(path);
  Result<Json> json = parse_json(text, {.max_bytes = text.size()});
  REQUIRE_MESSAGE(json.ok(), json.error().message);
  return *std::move(json);
}

// The bytes of a vocabulary whose text is to be split as `pre` says.
std::string with_pre(const std::string& bytes, std::string_view pre) {
  const std::string key = "tokenizer.ggml.pre" + little_endian(std::uint32_t{8});
  const std::size_t value = bytes.find(key) + key.size();
  REQUIRE(value > key.size());
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data() + value, sizeof length);
  return bytes.substr(0, value) + GgufWriter::text(pre) +
         bytes.substr(value + sizeof length + length);
}

std::unique_ptr<Tokenizer> load(const std::string& bytes, const fs::path& path) {
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), path.string());
  REQUIRE_MESSAGE(file.ok(), file.error().message);
  Result<std::unique_ptr<Tokenizer>> tokenizer = Tokenizer::load(*file);
  REQUIRE_MESSAGE(tokenizer.ok(), tokenizer.error().message);
  return *std::move(tokenizer);
}

std::vector<TokenId> ids_of(const Json& json) {
  std::vector<TokenId> ids;
  for (const Json& id : *json.items()) ids.push_back(static_cast<TokenId>(*id.as_integer()));
  return ids;
}

struct Tally {
  std::size_t checks = 0;
  std::size_t mismatches = 0;

  void check(bool same, const std::string& what) {
    ++checks;
    if (same) return;
    ++mismatches;
    if (mismatches <= 5) MESSAGE(what);
  }
};

void check_encode(const Tokenizer& tokenizer, const Json& test, Tally& tally) {
  struct Way {
    std::string_view key;
    Specials specials;
    Ends ends;
  };
  const std::string text = *test.string_at("text");
  for (const Way& way : {Way{"ids", Specials::AsText, Ends::None},
                         Way{"ids_add_special", Specials::AsText, Ends::Added},
                         Way{"ids_parse_special", Specials::Parsed, Ends::None},
                         Way{"ids_both", Specials::Parsed, Ends::Added}}) {
    const Json* ids = test.find(way.key);
    if (ids == nullptr) continue;
    tally.check(tokenizer.encode(text, way.specials, way.ends) == ids_of(*ids),
                format("{} of {}", way.key, text.substr(0, 100)));
  }
}

// For some models, llama.cpp takes out spaces that it takes for an accident of tokenizing:
// " !" becomes "!", " 's" becomes "'s". That would change code, so we do not; here it is
// done to what we decode, to show that nothing else is different.
std::string without_accidents(std::string_view text) {
  const auto drop_before = [](std::string_view from, const auto& drops_space) {
    std::string to(from.substr(0, 1));
    for (std::size_t i = 1; i < from.size(); ++i) {
      if (from[i - 1] == ' ' && drops_space(from.substr(i))) to.pop_back();
      to.push_back(from[i]);
    }
    return to;
  };
  std::string clean = drop_before(text, [](std::string_view rest) {
    return std::string_view("?!.,").find(rest[0]) != std::string_view::npos;
  });
  for (std::size_t at = clean.find(" ' "); at != clean.npos; at = clean.find(" ' ", at + 1)) {
    clean.replace(at, 3, "'");
  }
  return drop_before(clean, [](std::string_view rest) {
    return rest.starts_with("'s") || rest.starts_with("'m") || rest.starts_with("'re") ||
           rest.starts_with("'ve");
  });
}

// `cleaned`: the vectors are of a model where llama.cpp does that.
void check_decode(const Tokenizer& tokenizer, const Json& test, bool cleaned, Tally& tally) {
  const std::vector<TokenId> ids = ids_of(*test.find("ids"));
  const auto check = [&](std::string_view key, SpecialsShown shown) {
    if (test.find(key) == nullptr) return;
    const std::string expected = *test.string_at(key);
    // The vectors are JSON, so where tokens are no text they have U+FFFD.
    const std::string decoded = make_valid_utf8(tokenizer.decode(ids, shown));
    tally.check((cleaned ? without_accidents(decoded) : decoded) == expected, expected);

    StreamDecoder decoder(tokenizer, shown, StreamDecoder::From::Beginning);
    std::string streamed;
    for (TokenId id : ids) streamed += decoder.add(id);
    streamed += decoder.finish();
    tally.check(streamed == decoded, format("streamed: {}", decoded));
  };
  check("text_keep_special", SpecialsShown::Yes);
  check("text_drop_special", SpecialsShown::No);
}

std::string small_vocabulary(const std::string& name) {
  if (name == "gemma4") return small_gemma();
  if (name == "llama") return small_sentence_piece();
  return small_byte_level_bpe(name);
}

TEST_CASE("tokenizer vectors: small vocabularies, every kind and every way to split") {
  const Json vectors = parse(kRoot / "tests/fixtures/tokenizer_vectors.json");
  Tally tally;
  std::size_t vocabularies = 0;
  for (const Json& vocabulary : *vectors.find("vocabularies")->items()) {
    const std::string name = *vocabulary.string_at("name");
    const auto tokenizer = load(small_vocabulary(name), name);
    for (const Json& test : *vocabulary.find("cases")->items()) {
      check_encode(*tokenizer, test, tally);
    }
    tally.check(tokenizer->end_of_generation() == ids_of(*vocabulary.find("end_of_generation")),
                format("the end of generation of {}", name));
    ++vocabularies;
  }
  CHECK(vocabularies == 9);
  CHECK(tally.mismatches == 0);
  CHECK(tally.checks > 400);
}

TEST_CASE("tokenizer vectors: real vocabularies, every way to split") {
  const fs::path folder = kFixtures / "tokenizers";
  if (is_missing(folder)) return;
  std::map<std::string, std::string> vocabularies;
  std::size_t files = 0;
  for (const fs::path& path : files_in(folder, ".json")) {
    const Json vectors = parse(path);
    const std::string name = *vectors.string_at("vocab_file");
    std::string& bytes = vocabularies[name];
    if (bytes.empty()) bytes = read_compressed(folder / name);
    if (bytes.empty()) {
      std::printf("SKIPPED: gzip cannot be run\n");
      return;
    }
    const Json* pre = vectors.find("pre_override");
    const bool replaced = pre != nullptr && pre->is_string();
    const auto tokenizer = load(replaced ? with_pre(bytes, *pre->string()) : bytes, path);
    CHECK(static_cast<std::int64_t>(tokenizer->size()) == *vectors.integer_at("n_vocab"));

    const std::string stem = path.stem().string();
    const bool cleaned =
        stem.starts_with("llama-bpe") || stem.starts_with("gpt-2") || stem == "gemma-4";
    Tally tally;
    for (std::string_view key : {"cases", "upstream_vectors"}) {
      const Json* cases = vectors.find(key);
      if (cases == nullptr) continue;
      for (const Json& test : *cases->items()) check_encode(*tokenizer, test, tally);
    }
    for (const Json& test : *vectors.find("detokenize")->items()) {
      check_decode(*tokenizer, test, cleaned, tally);
    }
    CHECK_MESSAGE(tally.mismatches == 0,
                  format("{}: {} of {}", path.filename().string(), tally.mismatches, tally.checks));
    CHECK(tally.checks > 300);
    ++files;
  }
  CHECK(files >= 9);
}

TEST_CASE("tokenizer vectors: the models with vocabularies of their own") {
  const fs::path folder = kFixtures / "models";
  if (is_missing(folder)) return;
  Tally tally;
  for (const fs::path& path : files_in(folder, "expected.json")) {
    const Result<OpenGguf> opened = open_gguf(path.parent_path() / "model.gguf");
    REQUIRE_MESSAGE(opened.ok(), opened.error().message);
    const Result<std::unique_ptr<Tokenizer>> tokenizer = Tokenizer::load(opened->file);
    REQUIRE_MESSAGE(tokenizer.ok(), tokenizer.error().message);
    const Json expected = parse(path);
    for (const Json& test : *expected.find("tokenize")->items()) {
      const Specials specials =
          *test.boolean_at("parse_special") ? Specials::Parsed : Specials::AsText;
      const Ends ends = *test.boolean_at("add_special") ? Ends::Added : Ends::None;
      const std::string text = *test.string_at("text");
      tally.check((*tokenizer)->encode(text, specials, ends) == ids_of(*test.find("ids")),
                  format("{}: {}", path.string(), text));
    }
  }
  CHECK(tally.mismatches == 0);
  CHECK(tally.checks >= 16 * 16);
}

}  // namespace
}  // namespace temper::engine
