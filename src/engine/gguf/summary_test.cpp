#include "engine/gguf/summary.h"

#include <doctest/doctest.h>

#include "engine/gguf/open.h"
#include "support/gguf_writer.h"

namespace temper::engine {
namespace {

// The summary of a file with these contents, as JSON: all of it, or one member.
Json summary(const GgufWriter& writer, std::string_view member = {}) {
  const std::string bytes = writer.bytes();
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), "m.gguf");
  REQUIRE_MESSAGE(file.ok(), file.error().message);
  const Json json = to_json(summarise(*file));
  return member.empty() ? json : *json.find(member);
}

TEST_CASE("gguf summary: the tiny model") {
  const Result<OpenGguf> opened = open_gguf(TEMPER_SOURCE_DIR "/tests/fixtures/tiny-qwen3.gguf");
  REQUIRE_MESSAGE(opened.ok(), opened.error().message);
  Json json = to_json(summarise(opened->file));
  const Json types = *json.find("types");
  json.set("types", nullptr);
  CHECK(json.dump() ==
        R"({"name":"Tiny Qwen3","architecture":"qwen3","file_bytes":138784,"gguf_version":3,)"
        R"("tensors":24,"parameters":141696,"tensor_bytes":131712,)"
        R"("bits_per_weight":7.436314363143631,"types":null,"context_length":4096,"layers":2,)"
        R"("draft_layers":null,"embedding_length":64,"heads":[4],"kv_heads":[2],"head_sizes":[16],)"
        R"("sliding_window":null,"experts":null,"experts_used":[],"tokenizer":"gpt2",)"
        R"("pre_tokenizer":"qwen2","vocabulary_size":288,"chat_template_bytes":198,"split":null})");
  REQUIRE(types.items()->size() == 7);
  std::uint64_t bytes = 0;
  double share = 0;
  for (const Json& type : *types.items()) {
    bytes += *type.find("bytes")->as_unsigned();
    share += *type.find("share")->as_number();
  }
  CHECK(bytes == 131712);
  CHECK(share == doctest::Approx(1));
  CHECK(*types.items()->front().find("type") == Json("F16"));
}

TEST_CASE("gguf summary: numbers may differ by layer") {
  GgufWriter writer;
  writer.put("general.architecture", "gemma4")
      .put_array("gemma4.attention.head_count", std::vector<std::int32_t>{8, 8, 16, 8})
      .put("gemma4.attention.head_count_kv", std::int32_t{2});
  CHECK(summary(writer, "heads").dump() == "[8,16]");
  CHECK(summary(writer, "kv_heads").dump() == "[2]");
}

TEST_CASE("gguf summary: draft layers, experts, windows and sizes of heads") {
  GgufWriter writer;
  writer.put("general.architecture", "a")
      .put("a.block_count", 25)
      .put("a.nextn_predict_layers", 1)
      .put("a.embedding_length", 4096)
      .put("a.attention.head_count", 16)
      .put("a.attention.key_length", 512)
      .put("a.attention.value_length", 512)
      .put("a.attention.key_length_swa", 256)
      .put("a.attention.sliding_window", 1024)
      .put("a.expert_count", 128)
      .put_array("a.expert_used_count", std::vector<int>{8, 8, 4});
  const Json json = summary(writer);
  const auto member = [&](const char* name) { return json.find(name)->dump(); };
  CHECK(member("layers") == "24");
  CHECK(member("draft_layers") == "1");
  CHECK(member("head_sizes") == "[512,256]");
  CHECK(member("sliding_window") == "1024");
  CHECK(member("experts") == "128");
  CHECK(member("experts_used") == "[8,4]");

  // Where there are none of something, files say 0.
  GgufWriter none;
  none.put("general.architecture", "a")
      .put("a.block_count", 24)
      .put("a.nextn_predict_layers", 0)
      .put("a.embedding_length", 4096)
      .put_array("a.attention.head_count", std::vector<int>{16, 0, 32})
      .put("a.attention.sliding_window", 0)
      .put("a.expert_count", 0)
      .put("a.expert_used_count", 0);
  Json empty = summary(none);
  CHECK(empty.find("layers")->dump() == "24");
  CHECK(empty.find("head_sizes")->dump() == "[256,128]");
  for (const char* name : {"draft_layers", "sliding_window", "experts"}) {
    CHECK_MESSAGE(empty.find(name)->is_null(), name);
  }
  CHECK(empty.find("experts_used")->dump() == "[]");

  // All layers cannot be drafts.
  GgufWriter wrong;
  wrong.put("general.architecture", "a").put("a.block_count", 2).put("a.nextn_predict_layers", 2);
  CHECK(summary(wrong, "layers").dump() == "2");
  CHECK(summary(wrong, "draft_layers").is_null());
}

TEST_CASE("gguf summary: what a file does not say, or says wrongly, is null") {
  CHECK(
      summary(GgufWriter()).dump() ==
      R"({"name":null,"architecture":null,"file_bytes":24,"gguf_version":3,"tensors":0,)"
      R"("parameters":0,"tensor_bytes":0,"bits_per_weight":0.0,"types":[],"context_length":null,)"
      R"("layers":null,"draft_layers":null,"embedding_length":null,"heads":[],"kv_heads":[],)"
      R"("head_sizes":[],"sliding_window":null,"experts":null,"experts_used":[],"tokenizer":null,)"
      R"("pre_tokenizer":null,"vocabulary_size":null,"chat_template_bytes":null,"split":null})");
  GgufWriter wrong;
  wrong.put("general.architecture", "q")
      .put("general.name", 7)
      .put("q.block_count", "many")
      .put("q.context_length", -1)
      .put_array("q.attention.head_count", std::vector<float>{1})
      .put("tokenizer.ggml.tokens", 3);
  Json json = summary(wrong);
  for (const char* member : {"name", "layers", "context_length", "vocabulary_size"}) {
    CHECK_MESSAGE(json.find(member)->is_null(), member);
  }
  CHECK(json.find("heads")->dump() == "[]");
}

TEST_CASE("gguf summary: a part of a split model says which") {
  const auto split = [](std::uint16_t number, std::uint16_t count) {
    return summary(GgufWriter().put("split.no", number).put("split.count", count), "split").dump();
  };
  CHECK(split(0, 3) == R"({"number":1,"count":3})");
  CHECK(split(2, 3) == R"({"number":3,"count":3})");
  CHECK(split(0, 1) == "null");
}

TEST_CASE("gguf summary: metadata and tensors as JSON, and on one line") {
  GgufWriter writer;
  writer.put("text", "a\xff")
      .put("float", 1e-6F)
      .put("big", UINT64_MAX)
      .put_array("words", std::vector<std::string_view>{"a", "b", "c"})
      .put_array("none", std::vector<std::uint8_t>{})
      .add({.name = "w", .dimensions = {4, 2}, .data = std::string(32, 'x')});
  const std::string bytes = writer.bytes();
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), "m.gguf");
  REQUIRE(file.ok());
  const std::vector<const Tensor*> tensors{&file->tensors()[0]};
  CHECK(tensors_to_json(tensors).dump() ==
        R"([{"name":"w","type":"F32","shape":[4,2],"bytes":32}])");
  CHECK(metadata_to_json(*file, 2).dump() ==
        "[{\"key\":\"text\",\"type\":\"string\",\"value\":\"a\uFFFD\"},"
        R"({"key":"float","type":"f32","value":9.999999974752427e-07},)"
        R"({"key":"big","type":"u64","value":18446744073709551615},)"
        R"({"key":"words","type":"array","item_type":"string","item_count":3,"items":["a","b"]},)"
        R"({"key":"none","type":"array","item_type":"u8","item_count":0,"items":[]}])");

  const auto described = [&](std::string_view key) { return describe(*file->find(key), 2); };
  CHECK(described("float") == "1e-06");
  CHECK(described("big") == "18446744073709551615");
  CHECK(described("words") == "[a, b, ...] (3 in all)");
  CHECK(described("none") == "[]");
}

}  // namespace
}  // namespace temper::engine
