// Every type against blocks and the values that llama.cpp decodes them to, bit for
// bit: tests/fixtures/quants/vectors.json.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "engine/gguf/tensor_type.h"
#include "engine/quant/quant.h"

namespace temper::engine {
namespace {

Json read_vectors() {
  const Result<std::string> text =
      read_file(TEMPER_SOURCE_DIR "/tests/fixtures/quants/vectors.json", 1 << 20);
  REQUIRE_MESSAGE(text.ok(), text.error().message);
  Result<Json> json = parse_json(*text);
  REQUIRE_MESSAGE(json.ok(), json.error().message);
  return std::move(json).take();
}

std::vector<std::byte> from_hex(const std::string& text) {
  std::vector<std::byte> bytes(text.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(std::stoi(text.substr(2 * i, 2), nullptr, 16));
  }
  return bytes;
}

std::string to_hex(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return format("{:08x}", bits);
}

const TensorTypeInfo& type_of(const Json& entry) {
  const Result<std::int64_t> id = entry.integer_at("type_id");
  REQUIRE(id.ok());
  const TensorTypeInfo* info = find_tensor_type(static_cast<std::uint32_t>(*id));
  REQUIRE(info != nullptr);
  return *info;
}

std::vector<float> wanted_values(const Json& test) {
  const std::vector<std::byte> bytes = from_hex(*test.string_at("f32"));
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

// "right", or where the first wrong value is.
std::string outcome(TensorType type, const Json& test) {
  const std::vector<std::byte> blocks = from_hex(*test.string_at("raw"));
  const std::vector<float> wanted = wanted_values(test);
  std::vector<float> decoded(wanted.size());
  decode(type, blocks.data(), decoded);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (to_hex(decoded[i]) != to_hex(wanted[i])) {
      return format("value {} is {}, not {}", i, to_hex(decoded[i]), to_hex(wanted[i]));
    }
  }
  return "right";
}

TEST_CASE("decode: the same bits as llama.cpp, for every type") {
  const Json vectors = read_vectors();
  std::size_t types = 0;
  for (const Json::Member& member : *vectors.members()) {
    const Json& entry = member.second;
    if (!entry.is_object()) continue;
    const TensorTypeInfo& info = type_of(entry);
    CAPTURE(info.name);
    CHECK(*entry.integer_at("block_elems") == info.elements_per_block);
    CHECK(*entry.integer_at("block_bytes") == info.bytes_per_block);
    REQUIRE(can_decode(info.type));
    for (const Json& test : *entry.find("cases")->items()) {
      CAPTURE(*test.string_at("name"));
      CHECK(outcome(info.type, test) == "right");
    }
    ++types;
  }
  CHECK(types == 21);
}

// What another quantiser has made of gaussian values lies on its own grid. Where there
// is a unique scale for that, ours finds it; elsewhere it may find another one as near.
TEST_CASE("encode: keeps what llama.cpp has encoded") {
  const Json vectors = read_vectors();
  for (const Json::Member& member : *vectors.members()) {
    const Json& entry = member.second;
    if (!entry.is_object() || !can_encode(type_of(entry).type)) continue;
    const TensorType type = type_of(entry).type;
    const std::vector<float> values = wanted_values(entry.find("cases")->items()->front());
    std::vector<std::byte> blocks(
        from_hex(*entry.find("cases")->items()->front().string_at("raw")));
    encode(type, values, blocks.data());
    std::vector<float> kept(values.size());
    decode(type, blocks.data(), kept);
    double errors = 0;
    double squares = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      errors += std::pow(kept[i] - values[i], 2);
      squares += std::pow(values[i], 2);
    }
    CAPTURE(member.first);
    const double bound = type == TensorType::Q4_K ? 0.02 : type == TensorType::Q6_K ? 0.005 : 0;
    CHECK(std::sqrt(errors / squares) <= bound);
  }
}

}  // namespace
}  // namespace temper::engine
