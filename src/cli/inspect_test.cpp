#include <doctest/doctest.h>

#include <optional>

#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/temporary_directory.h"
#include "cli/program.h"
#include "cli/registry.h"
#include "support/gguf_writer.h"

namespace temper::cli {
namespace {

using engine::GgufWriter;

// A folder with files in it, and what `temper inspect` says there.
class Folder {
 public:
  Folder() {
    auto created = TemporaryDirectory::create();
    REQUIRE(created.ok());
    directory_.emplace(*std::move(created));
  }

  void write(const std::string& name, std::string_view bytes) {
    REQUIRE(write_file_atomically(*directory_ / name, bytes).ok());
  }

  // "out | err | status".
  std::string inspect(std::vector<std::string> words) {
    words.insert(words.begin(), "inspect");
    StringSink out;
    StringSink err;
    ManualClock clock;
    const World world{.environment = {},
                      .directory = directory_->path(),
                      .out = out,
                      .err = err,
                      .out_terminal = {},
                      .err_terminal = {},
                      .clock = clock,
                      .stop = {}};
    const ExitCode code = run_program({inspect_command()}, words, world);
    return format("{}| {}| {}", out.text(), err.text(), static_cast<int>(code));
  }

 private:
  std::optional<TemporaryDirectory> directory_;
};

GgufWriter small_model() {
  GgufWriter writer;
  writer.put("general.architecture", "qwen3")
      .put("qwen3.block_count", std::uint32_t{2})
      .put_array("tokenizer.ggml.tokens", std::vector<std::string_view>(20, "ab"))
      .add({.name = "w", .dimensions = {32, 2}, .type_id = 8, .data = std::string(68, 'x')});
  return writer;
}

TEST_CASE("inspect: what a file says, and no more") {
  Folder folder;
  folder.write("m.gguf", small_model().bytes());
  CHECK(folder.inspect({"m.gguf"}) ==
        "m.gguf\n"
        "  architecture   qwen3\n"
        "  parameters     64\n"
        "  file size      484 B\n"
        "  layers         2\n"
        "  vocabulary     20 tokens\n"
        "  chat template  none\n"
        "\n"
        "  type  tensors  parameters  size    share  bits per weight\n"
        "  Q8_0        1          64  68 B  100.0 %             8.50\n"
        "\n"
        "  memory is not known: m.gguf: there is no key `qwen3.embedding_length`\n"
        "| | 0");
  CHECK(
      folder.inspect({"m.gguf", "--tensors", "--metadata"})
          .ends_with("\n"
                     "  w  Q8_0  32 x 2  68 B\n"
                     "\n"
                     "  general.architecture = qwen3\n"
                     "  qwen3.block_count = 2\n"
                     "  tokenizer.ggml.tokens = [ab, ab, ab, ab, ab, ab, ab, ab, ...] (20 in all)\n"
                     "| | 0"));
}

TEST_CASE("inspect: heads, windows, experts and layers that draft") {
  Folder folder;
  folder.write("m.gguf", GgufWriter()
                             .put("general.architecture", "a")
                             .put("a.block_count", 25)
                             .put("a.nextn_predict_layers", 1)
                             .put("a.embedding_length", 2048)
                             .put("a.attention.head_count", 16)
                             .put("a.attention.head_count_kv", 2)
                             .put("a.attention.key_length", 512)
                             .put("a.attention.key_length_swa", 256)
                             .put("a.attention.sliding_window", 1024)
                             .put("a.expert_count", 128)
                             .put("a.expert_used_count", 8)
                             .bytes());
  const std::string seen = folder.inspect({"m.gguf"});
  CHECK(seen.find("  layers         24 of width 2048, and 1 that drafts\n"
                  "  heads          16 of size 512 or 256, with 2 for keys and values\n"
                  "  window         1024 tokens\n"
                  "  experts        128, of which 8 for each token\n") != std::string::npos);
}

TEST_CASE("inspect: text from the file does nothing to a terminal") {
  Folder folder;
  folder.write("m.gguf", GgufWriter()
                             .put("general.name", "\x1b]0;owned\x07\nname  fake")
                             .put("general.architecture", "\x1b[2J")
                             .put("tokenizer.ggml.model", "\r\x9b")
                             .put_array("tokenizer.ggml.tokens",
                                        std::vector<std::string_view>{"\x1b[31m", "\xff"})
                             .put("long", std::string(5000, 'x'))
                             .add({.name = "\x1b[1m", .dimensions = {1}, .data = "xxxx"})
                             .bytes());
  for (const char* json : {"--metadata", "--json"}) {
    const std::string seen = folder.inspect({"m.gguf", "--tensors", "--metadata", json});
    CHECK(seen.ends_with("| | 0"));
    for (const char byte : seen) {
      CHECK((byte == '\n' || (byte >= ' ' && byte != 0x7f) || static_cast<signed char>(byte) < 0));
    }
    CHECK(seen.find('\xff') == std::string::npos);
    CHECK(seen.find("\nname  fake") == std::string::npos);
  }
  CHECK(folder.inspect({"m.gguf", "--metadata"})
            .find("  long = " + std::string(300, 'x') + "... (4.9 KiB)\n") != std::string::npos);
}

TEST_CASE("inspect: JSON is all of it, for a program") {
  Folder folder;
  folder.write("m.gguf", small_model().bytes());
  const std::string seen = folder.inspect({"m.gguf", "--json", "--tensors", "--metadata"});
  REQUIRE(seen.ends_with("| | 0"));
  const Result<Json> json = parse_json(seen.substr(0, seen.size() - 5));
  REQUIRE(json.ok());
  CHECK(*json->string_at("file") == "m.gguf");
  CHECK(*json->integer_at("parameters") == 64);
  CHECK(json->find("tensor_list")->items()->size() == 1);
  CHECK(json->find("metadata")->items()->size() == 3);
  CHECK(folder.inspect({"m.gguf", "--json"}).find("tensor_list") == std::string::npos);
}

TEST_CASE("inspect: a file that it cannot read is refused with status 1 and what to do") {
  Folder folder;
  folder.write("cut.gguf", small_model().bytes().substr(0, 468));
  folder.write("model.safetensors", engine::little_endian(std::uint64_t{2}) + "{}");
  folder.write("empty", "");
  CHECK(
      folder.inspect({"cut.gguf"}) ==
      "| temper: cut.gguf: tensor `w` has 68 bytes at offset 0, but the file has only 52 bytes of "
      "tensors; it may not have been downloaded whole\n| 1");
  CHECK(folder.inspect({"model.safetensors"}) ==
        "| temper: model.safetensors: it is not a GGUF file: it looks like safetensors; convert it "
        "to GGUF first\n| 1");
  CHECK(folder.inspect({"empty"}) == "| temper: empty: the file is empty; download it again\n| 1");
  CHECK(folder.inspect({"."}) ==
        "| temper: . is a directory; name a file in it, such as cut.gguf\n| 1");
  CHECK(folder.inspect({"none"}) == "| temper: cannot open none: No such file or directory\n| 1");
}

TEST_CASE("inspect: a part of a split model is called one") {
  Folder folder;
  folder.write(
      "m.gguf",
      GgufWriter().put("split.no", std::uint16_t{1}).put("split.count", std::uint16_t{3}).bytes());
  CHECK(folder.inspect({"m.gguf"})
            .find("  part           2 of 3; the others hold the rest of the tensors\n") !=
        std::string::npos);
}

}  // namespace
}  // namespace temper::cli
