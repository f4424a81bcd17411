#include "engine/gguf/value.h"

#include <doctest/doctest.h>

#include "engine/gguf/file.h"
#include "support/gguf_writer.h"

namespace temper::engine {
namespace {

std::string shown(bool value) { return value ? "true" : "false"; }
std::string shown(std::int64_t value) { return format("{}", value); }
std::string shown(std::uint64_t value) { return format("{}", value); }
std::string shown(double value) { return format("{}", value); }
std::string shown(std::string_view value) { return std::string(value); }
template <typename T>
std::string shown(const std::vector<T>& values) {
  std::string text;
  for (T value : values) text += "[" + shown(value) + "]";
  return text;
}

template <typename T>
std::string outcome(const Result<T>& result) {
  return result ? shown(*result) : result.error().message;
}

// What the one value written under the key "k" gives as T.
template <typename T>
std::string read_as(const GgufWriter& writer) {
  const std::string bytes = writer.bytes();
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), "m.gguf");
  return file ? outcome(file->at<T>("k")) : file.error().message;
}
template <typename T>
std::string read_list(const GgufWriter& writer) {
  const std::string bytes = writer.bytes();
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), "m.gguf");
  return file ? outcome(file->list_at<T>("k")) : file.error().message;
}
template <typename T>
GgufWriter with(const T& value) {
  GgufWriter writer;
  writer.put("k", value);
  return writer;
}

TEST_CASE("gguf value: integers of every width convert where they fit") {
  CHECK(read_as<std::uint64_t>(with(std::uint8_t{255})) == "255");
  CHECK(read_as<std::uint64_t>(with(std::int8_t{7})) == "7");
  CHECK(read_as<std::uint64_t>(with(std::uint16_t{65535})) == "65535");
  CHECK(read_as<std::uint64_t>(with(std::int16_t{7})) == "7");
  CHECK(read_as<std::uint64_t>(with(std::uint32_t{4294967295})) == "4294967295");
  CHECK(read_as<std::uint64_t>(with(std::int32_t{7})) == "7");
  CHECK(read_as<std::uint64_t>(with(UINT64_MAX)) == "18446744073709551615");
  CHECK(read_as<std::int64_t>(with(std::int8_t{-128})) == "-128");
  CHECK(read_as<std::int64_t>(with(std::int16_t{-32768})) == "-32768");
  CHECK(read_as<std::int64_t>(with(INT32_MIN)) == "-2147483648");
  CHECK(read_as<std::int64_t>(with(INT64_MIN)) == "-9223372036854775808");
  CHECK(read_as<std::int64_t>(with(std::uint64_t{INT64_MAX})) == "9223372036854775807");

  CHECK(read_as<std::int64_t>(with(UINT64_MAX)) ==
        "m.gguf: key `k`: it is 18446744073709551615, too large for a signed integer");
  CHECK(read_as<std::uint64_t>(with(std::int32_t{-1})) ==
        "m.gguf: key `k`: it is -1, but must not be negative");
  CHECK(read_as<std::int64_t>(with(1.0F)) == "m.gguf: key `k`: it is a float, not an integer");
  CHECK(read_as<std::int64_t>(with(true)) == "m.gguf: key `k`: it is a boolean, not an integer");
}

TEST_CASE("gguf value: floats, and integers where a float is exact") {
  CHECK(read_as<double>(with(0.5F)) == "0.5");
  CHECK(read_as<double>(with(0.1)) == "0.1");
  CHECK(read_as<double>(with(std::int32_t{-3})) == "-3");
  CHECK(read_as<double>(with(std::uint64_t{1} << 53)) == "9007199254740992");
  CHECK(read_as<double>(with((std::uint64_t{1} << 53) + 1)) ==
        "m.gguf: key `k`: it is 9007199254740993, which no float holds exactly");
  CHECK(read_as<double>(with("1")) == "m.gguf: key `k`: it is a string, not a number");
}

TEST_CASE("gguf value: booleans and text are only themselves") {
  CHECK(read_as<bool>(with(true)) == "true");
  CHECK(read_as<bool>(with(std::uint8_t{1})) == "m.gguf: key `k`: it is an integer, not a boolean");
  CHECK(read_as<bool>(GgufWriter().put_raw("k", 7, "\x02")) ==
        "m.gguf: key `k`: it holds the boolean 2, which must be 0 or 1");
  CHECK(read_as<std::string_view>(with("")) == "");
  CHECK(read_as<std::string_view>(with(std::string_view("a\0b", 3))) == std::string("a\0b", 3));
  CHECK(read_as<std::string_view>(with(1.0)) == "m.gguf: key `k`: it is a float, not a string");
}

TEST_CASE("gguf value: arrays give their items, converted like single values") {
  using Words = std::vector<std::string_view>;
  CHECK(read_list<std::string_view>(GgufWriter().put_array("k", Words{"a", "", "ccc"})) ==
        "[a][][ccc]");
  CHECK(read_list<std::int64_t>(GgufWriter().put_array("k", std::vector<std::int8_t>{-1, 2})) ==
        "[-1][2]");
  CHECK(read_list<double>(GgufWriter().put_array("k", std::vector<float>{0.5F, 2})) == "[0.5][2]");
  CHECK(read_list<std::uint64_t>(GgufWriter().put_array("k", std::vector<std::uint64_t>{})) == "");
  CHECK(read_list<bool>(GgufWriter().put_raw("k", 9,
                                             little_endian(7U) + little_endian(std::uint64_t{2}) +
                                                 std::string("\1\0", 2))) == "[true][false]");

  CHECK(read_list<std::uint64_t>(GgufWriter().put_array("k", std::vector<int>{1, -1})) ==
        "m.gguf: key `k`: it is -1, but must not be negative");
  CHECK(read_list<std::int64_t>(with(1)) == "m.gguf: key `k`: it is an integer, not an array");
  CHECK(read_as<std::int64_t>(GgufWriter().put_array("k", std::vector<int>{1})) ==
        "m.gguf: key `k`: it is an array, not an integer");
  CHECK(
      read_list<bool>(GgufWriter().put_raw(
          "k", 9, little_endian(7U) + little_endian(std::uint64_t{2}) + std::string("\1\3", 2))) ==
      "m.gguf: key `k`: it holds the boolean 3, which must be 0 or 1");
}

std::string text_of(const Result<std::optional<std::uint64_t>>& value) {
  if (!value) return value.error().message;
  return value->has_value() ? format("{}", **value) : "none";
}

TEST_CASE("gguf value: a key may be absent, but not of the wrong type") {
  const std::string bytes = GgufWriter().put("k", 7).put("text", "7").bytes();
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), "m.gguf");
  REQUIRE(file.ok());
  CHECK(text_of(file->find_as<std::uint64_t>("k")) == "7");
  CHECK(text_of(file->find_as<std::uint64_t>("K")) == "none");
  CHECK(text_of(file->find_as<std::uint64_t>("text")) ==
        "m.gguf: key `text`: it is a string, not an integer");
}

TEST_CASE("gguf value: a value for each layer, from one for all or from an array") {
  GgufWriter writer;
  writer.put("general.architecture", "qwen35")
      .put("qwen35.block_count", 5)
      .put("one", 7)
      .put("yes", true)
      .put_array("three", std::vector<int>{1, 2, 3})
      .put_array("four", std::vector<int>{1, 2, 3, 4})
      .put_array("five", std::vector<int>{1, 2, 3, 4, 5})
      .put_array("six", std::vector<int>{1, 2, 3, 4, 5, 6})
      .put_array("words", std::vector<std::string_view>(4, "a"));
  const std::string bytes = writer.bytes();
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), "m.gguf");
  REQUIRE(file.ok());
  // Four layers, of a model with five blocks: the last is a draft head.
  const auto numbers = [&](std::string_view key, std::uint64_t layers = 4) {
    return outcome(file->per_layer<std::uint64_t>(key, layers));
  };
  CHECK(numbers("one") == "[7][7][7][7]");
  CHECK(numbers("four") == "[1][2][3][4]");
  CHECK(numbers("five") == "[1][2][3][4]");
  CHECK(numbers("five", 5) == "[1][2][3][4][5]");
  CHECK(numbers("one", 0) == "");
  CHECK(outcome(file->per_layer<bool>("yes", 2)) == "[true][true]");

  CHECK(numbers("three") == "m.gguf: key `three`: it has 3 items, but the model has 4 layers");
  CHECK(numbers("six") == "m.gguf: key `six`: it has 6 items, but the model has 4 layers");
  CHECK(numbers("five", 6) == "m.gguf: key `five`: it has 5 items, but the model has 6 layers");
  CHECK(numbers("words") == "m.gguf: key `words`: it is a string, not an integer");
  CHECK(numbers("none") == "m.gguf: there is no key `none`");
  // A count from the file is no reason to fill the memory.
  CHECK(numbers("one", UINT64_MAX) ==
        "m.gguf: the model is said to have 18446744073709551615 layers, but at most 16384 are "
        "supported");
}

TEST_CASE("gguf value: two are equal when they are alike byte for byte") {
  GgufWriter writer;
  writer.put("a", 1).put("b", 1).put("c", 2).put("d", std::uint32_t{1}).put("e", 1.0F);
  writer.put_array("f", std::vector<int>{1}).put_array("g", std::vector<std::uint32_t>{1});
  const std::string bytes = writer.bytes();
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), "m.gguf");
  REQUIRE(file.ok());
  std::string equal;
  for (const MetadataEntry& one : file->metadata()) {
    for (const MetadataEntry& other : file->metadata()) {
      if (one.value == other.value) equal += format(" {}{}", one.key, other.key);
    }
  }
  CHECK(equal == " aa ab ba bb cc dd ee ff gg");
}

TEST_CASE("gguf value: the first items of an array, without the rest") {
  GgufWriter writer;
  writer.put_array("k", std::vector<std::string_view>{"a", "b", "c"}).put("one", 1);
  const std::string bytes = writer.bytes();
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), "m.gguf");
  REQUIRE(file.ok());
  const auto texts = [&](std::string_view key, std::uint64_t limit) {
    std::string all;
    for (const MetadataValue& item : file->find(key)->first_items(limit)) {
      all += outcome(item.as<std::string_view>());
    }
    return all;
  };
  CHECK(texts("k", 2) == "ab");
  CHECK(texts("k", 9) == "abc");
  CHECK(texts("one", 9) == "");
  CHECK(file->find("k")->item_type() == ValueType::String);
  CHECK(file->find("k")->item_count() == 3);
}

}  // namespace
}  // namespace temper::engine
