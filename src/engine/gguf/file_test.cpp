#include "engine/gguf/file.h"

#include <doctest/doctest.h>

#include "base/format.h"
#include "support/gguf_writer.h"

namespace temper::engine {
namespace {

Result<GgufFile> parse(const std::string& bytes) {
  return GgufFile::parse(std::as_bytes(std::span(bytes)), "m.gguf");
}

std::string outcome(const std::string& bytes) {
  const Result<GgufFile> file = parse(bytes);
  return file ? "accepted" : file.error().message;
}
std::string outcome(const GgufWriter& writer) { return outcome(writer.bytes()); }

// A valid file with every part that a file can have.
GgufWriter small_file() {
  GgufWriter writer;
  writer.put("general.architecture", "qwen3")
      .put("qwen3.block_count", std::uint32_t{2})
      .put_array("tokenizer.ggml.tokens", std::vector<std::string_view>{"a", "", "b c"})
      .put_array("tokenizer.ggml.scores", std::vector<float>{0.5F, -1})
      .add({.name = "a.weight", .dimensions = {3, 2}, .type_id = 0, .data = std::string(24, 'a')})
      .add({.name = "b.weight",
            .dimensions = {64, 1, 2},
            .type_id = 8,
            .data = std::string(136, 'b')})
      .add({.name = "c.weight", .dimensions = {1}, .type_id = 30, .data = "cc"});
  return writer;
}

// A file with one tensor of our choice, whose data are there.
GgufWriter one_tensor(GgufWriter::TensorClaim tensor) {
  GgufWriter writer;
  if (tensor.data.empty()) tensor.data.resize(64);
  writer.add(std::move(tensor));
  return writer;
}

std::string described(const GgufFile& file) {
  std::string text = format("version {}, alignment {}\n", file.version(), file.alignment());
  for (const MetadataEntry& entry : file.metadata()) {
    text += format("{}: {} {}\n", entry.key, value_type_name(entry.value.type()),
                   entry.value.item_count());
  }
  for (const Tensor& tensor : file.tensors()) {
    text += format("{}: {}", tensor.name, tensor_type_info(tensor.type).name);
    for (std::uint64_t dimension : tensor.shape()) text += format(" {}", dimension);
    text += format(", {} elements, {} bytes of '{}'\n", tensor.element_count, tensor.data.size(),
                   static_cast<char>(tensor.data.back()));
  }
  return text;
}

TEST_CASE("gguf file: metadata and tensors are read as they were written") {
  for (std::uint32_t version : {2U, 3U}) {
    GgufWriter writer = small_file();
    writer.version = version;
    const std::string bytes = writer.bytes();
    const Result<GgufFile> file = parse(bytes);
    REQUIRE(file.ok());
    CHECK(described(*file) == format("version {}, alignment 32\n", version) +
                                  "general.architecture: string 0\n"
                                  "qwen3.block_count: u32 0\n"
                                  "tokenizer.ggml.tokens: array 3\n"
                                  "tokenizer.ggml.scores: array 2\n"
                                  "a.weight: F32 3 2, 6 elements, 24 bytes of 'a'\n"
                                  "b.weight: Q8_0 64 1 2, 128 elements, 136 bytes of 'b'\n"
                                  "c.weight: BF16 1, 1 elements, 2 bytes of 'c'\n");
    CHECK(file->byte_count() == bytes.size());
  }
}

TEST_CASE("gguf file: keys and tensors are found by name") {
  const std::string bytes = small_file().bytes();
  const Result<GgufFile> file = parse(bytes);
  REQUIRE(file.ok());
  CHECK(*file->at<std::string_view>("general.architecture") == "qwen3");
  CHECK(*file->at<std::uint64_t>("qwen3.block_count") == 2);
  CHECK(file->list_at<std::string_view>("tokenizer.ggml.tokens")->at(2) == "b c");
  for (const Tensor& tensor : file->tensors()) CHECK(file->find_tensor(tensor.name) == &tensor);
  CHECK(file->find("qwen3.block_coun") == nullptr);
  CHECK(file->find_tensor("b.weightx") == nullptr);
  CHECK(file->at<bool>("nope").error() == Error{Code::NotFound, "m.gguf: there is no key `nope`"});
}

TEST_CASE("gguf file: a file may hold only metadata, or nothing") {
  CHECK(outcome(GgufWriter().put("k", 1)) == "accepted");
  CHECK(outcome(GgufWriter()) == "accepted");
}

TEST_CASE("gguf file: cut anywhere, it is refused") {
  const std::string bytes = small_file().bytes();
  REQUIRE(outcome(bytes) == "accepted");
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    // A copy of its own, so that a sanitizer sees a read past the end.
    const std::string cut = bytes.substr(0, length);
    CHECK_MESSAGE(outcome(cut) != "accepted", length);
  }
}

TEST_CASE("gguf file: after the last tensor comes all of the padding, or none") {
  const std::string bytes = small_file().bytes();
  const std::string padded = bytes + std::string(30, '\0');
  CHECK(outcome(padded) == "accepted");
  CHECK(outcome(padded + "more") == "accepted");
  for (std::size_t left = 1; left < 30; ++left) {
    CHECK(outcome(padded.substr(0, bytes.size() + left)) ==
          format("m.gguf: it ends {} bytes into the padding after its last tensor, so it has been "
                 "cut; download it again",
                 left));
  }
}

TEST_CASE("gguf file: what is cut is named") {
  const std::string bytes = small_file().bytes();
  CHECK(outcome(bytes.substr(0, bytes.size() - 1)) ==
        "m.gguf: tensor `c.weight` has 2 bytes at offset 192, but the file has only 193 bytes of "
        "tensors; it may not have been downloaded whole");
  CHECK(outcome(bytes.substr(0, 20)) ==
        "m.gguf: the file ends inside the header, which needs 8 bytes at byte 16 where 4 are left; "
        "it "
        "may not have been downloaded whole");
  CHECK(outcome(bytes.substr(0, 210)) ==
        "m.gguf: key `tokenizer.ggml.scores`: the file ends inside its item type, which needs 4 "
        "bytes at byte 208 where 2 are left; it may not have been downloaded whole");
}

TEST_CASE("gguf file: other files are recognised") {
  CHECK(outcome("") == "m.gguf: the file is empty; download it again");
  CHECK(outcome("GGU") == "m.gguf: it is not a GGUF file: it does not begin with \"GGUF\"");
  CHECK(outcome(little_endian(std::uint64_t{100}) + "{\"__metadata__\":{}}") ==
        "m.gguf: it is not a GGUF file: it looks like safetensors; convert it to GGUF first");
  CHECK(outcome("version https://git-lfs.github.com/spec/v1\n") ==
        "m.gguf: it is not a GGUF file: it is a Git LFS pointer; fetch the file itself with `git "
        "lfs pull`");
  CHECK(outcome("<!DOCTYPE html>") ==
        "m.gguf: it is not a GGUF file: it is a web page or a server's error, so the download went "
        "wrong; fetch it again");

  GgufWriter writer = small_file();
  writer.version = 1;
  CHECK(outcome(writer) == "m.gguf: it has version 1 of GGUF, but only 2 and 3 are supported");
  writer.version = 0x03000000;
  CHECK(outcome(writer) ==
        "m.gguf: it is a big-endian file, which is not supported; fetch the ordinary one");
}

TEST_CASE("gguf file: metadata that contradicts itself is refused") {
  CHECK(outcome(GgufWriter().put("k", 1).put("x", 2).put("k", 3)) ==
        "m.gguf: key `k` occurs more than once");
  CHECK(outcome(GgufWriter().put("", 1)) ==
        "m.gguf: key 1 of 1: its name has 0 bytes, but must have 1 to 65535");
  CHECK(outcome(GgufWriter().put(std::string(65536, 'k'), 1)) ==
        "m.gguf: key 1 of 1: its name has 65536 bytes, but must have 1 to 65535");
  CHECK(outcome(GgufWriter().put_raw("k", 13, "\1\1\1\1")) ==
        "m.gguf: key `k`: its type is 13, but types go from 0 to 12");
  const std::string one_item = little_endian(std::uint64_t{1}) + "xxxxxxxxxxxxxxxx";
  CHECK(outcome(GgufWriter().put_raw("k", 9, little_endian(99U) + one_item)) ==
        "m.gguf: key `k`: its type is 99, but types go from 0 to 12");
  CHECK(outcome(GgufWriter().put_raw("k", 9, little_endian(9U) + one_item)) ==
        "m.gguf: key `k`: it is an array of arrays, which is not supported");
  // A name cannot write to a terminal or fill a screen.
  CHECK(outcome(GgufWriter().put("\x1b[31mk", 1).put("\x1b[31mk", 2)) ==
        "m.gguf: key `\\x1b[31mk` occurs more than once");
  CHECK(outcome(GgufWriter().put(std::string(500, 'k'), 1).put(std::string(500, 'k'), 2)).size() <
        200);
}

TEST_CASE("gguf file: the alignment is the file's own, and a power of two") {
  const auto aligned = [](std::uint32_t alignment) {
    GgufWriter writer = small_file();
    writer.alignment = alignment;
    writer.put("general.alignment", alignment);
    return writer;
  };
  for (std::uint32_t alignment : {1U, 8U, 64U, 4096U})
    CHECK(outcome(aligned(alignment)) == "accepted");
  CHECK(outcome(aligned(24)) ==
        "m.gguf: key `general.alignment`: it is 24, but must be a power of two");
  CHECK(outcome(GgufWriter().put("general.alignment", 0)) ==
        "m.gguf: key `general.alignment`: it is 0, but must be a power of two");
  CHECK(outcome(GgufWriter().put("general.alignment", "32")) ==
        "m.gguf: key `general.alignment`: it is a string, not an integer");
  GgufWriter far = small_file();
  far.put("general.alignment", std::uint64_t{1} << 63);
  CHECK(outcome(far).starts_with("m.gguf: tensor `b.weight`: its offset 32 is no multiple"));
  CHECK(outcome(one_tensor({.dimensions = {1}}).put("general.alignment", std::uint64_t{1} << 63))
            .starts_with("m.gguf: the file ends inside the padding before the tensors"));
}

TEST_CASE("gguf file: tensors that cannot be are refused") {
  CHECK(outcome(one_tensor({.dimensions = {}})) ==
        "m.gguf: tensor `t`: it has 0 dimensions, but must have 1 to 4");
  CHECK(outcome(one_tensor({.dimensions = {1, 1, 1, 1, 1}})) ==
        "m.gguf: tensor `t`: it has 5 dimensions, but must have 1 to 4");
  CHECK(outcome(one_tensor({.dimensions = {4, 0}})) == "m.gguf: tensor `t`: its dimension 1 is 0");
  CHECK(outcome(one_tensor({.name = std::string(65, 't'), .dimensions = {1}})) ==
        "m.gguf: tensor 1 of 1: its name has 65 bytes, but must have 1 to 64");
  CHECK(outcome(one_tensor({.dimensions = {4}, .type_id = 4})) ==
        "m.gguf: tensor `t`: its type 4 is not supported");
  CHECK(outcome(one_tensor({.dimensions = {4}, .type_id = UINT32_MAX})) ==
        "m.gguf: tensor `t`: its type 4294967295 is not supported");
  CHECK(outcome(one_tensor({.dimensions = {48, 2}, .type_id = 8})) ==
        "m.gguf: tensor `t`: its rows have 48 elements, which is no whole number of Q8_0 blocks of "
        "32");
  CHECK(outcome(one_tensor({.dimensions = {16}, .offset = 8})) ==
        "m.gguf: tensor `t`: its offset 8 is no multiple of the file's alignment 32");
  CHECK(
      outcome(one_tensor({.dimensions = {17}})) ==
      "m.gguf: tensor `t` has 68 bytes at offset 0, but the file has only 64 bytes of tensors; it "
      "may not have been downloaded whole");
  CHECK(
      outcome(one_tensor({.dimensions = {1}, .offset = 96})) ==
      "m.gguf: tensor `t` has 4 bytes at offset 96, but the file has only 64 bytes of tensors; it "
      "may not have been downloaded whole");
}

TEST_CASE("gguf file: two tensors have neither one name nor one place") {
  const auto two = [](std::string_view names, std::uint64_t first, std::uint64_t second) {
    GgufWriter writer;
    writer.add({.name = std::string(1, names[0]),
                .dimensions = {9},
                .data = std::string(64, 'x'),
                .offset = first});
    writer.add({.name = std::string(1, names[1]),
                .dimensions = {8},
                .data = std::string(32, 'x'),
                .offset = second});
    return writer;
  };
  CHECK(outcome(two("ab", 0, 64)) == "accepted");
  CHECK(outcome(two("ab", 32, 0)) == "accepted");  // in any order
  CHECK(outcome(two("ab", 0, 32)) == "m.gguf: tensors `a` and `b` overlap");
  CHECK(outcome(two("ab", 32, 32)) == "m.gguf: tensors `a` and `b` overlap");
  CHECK(outcome(two("aa", 0, 64)) == "m.gguf: tensor `a` occurs more than once");
}

constexpr std::uint64_t kHuge[] = {1000,           UINT32_MAX,         1ULL << 32,
                                   UINT64_MAX / 8, UINT64_MAX / 8 + 1, UINT64_MAX / 2,
                                   1ULL << 63,     UINT64_MAX - 7,     UINT64_MAX};

// CVE-2024-23496 (a length) and its kin, CVE-2024-21802, 21825, 21836 and 23605: a
// count or a length from the file, multiplied or incremented until it wrapped, became
// the size of an allocation.
TEST_CASE("gguf file: counts and lengths that the file cannot hold are refused (CVE-2024-23496)") {
  for (std::uint64_t huge : kHuge) {
    GgufWriter keys = small_file();
    keys.claimed_keys = huge;
    CHECK_MESSAGE(outcome(keys) != "accepted", huge);
    GgufWriter tensors = small_file();
    tensors.claimed_tensors = huge;
    CHECK_MESSAGE(outcome(tensors) != "accepted", huge);

    CHECK_MESSAGE(
        outcome(GgufWriter().put_raw("k", 8, GgufWriter::text("abc", huge))) != "accepted", huge);
    CHECK_MESSAGE(
        outcome(GgufWriter().put_raw(
            "k", 9, GgufWriter::array(std::vector<std::uint32_t>{1, 2}, huge))) != "accepted",
        huge);
    CHECK_MESSAGE(outcome(GgufWriter().put_raw(
                      "k", 9, GgufWriter::array(std::vector<std::string_view>{"a", "b"}, huge))) !=
                      "accepted",
                  huge);
  }
  GgufWriter claims;
  claims.claimed_keys = 1000;
  CHECK(outcome(claims) ==
        "m.gguf: 1000 keys are claimed, but the 0 bytes that are left hold at most 0; the file may "
        "not "
        "have been downloaded whole");
  claims.claimed_keys = UINT64_MAX;
  CHECK(
      outcome(claims) ==
      "m.gguf: it claims 18446744073709551615 keys and 0 tensors, but at most 1048576 of each are "
      "read");
}

TEST_CASE("gguf file: dimensions whose product wraps are refused (CVE-2026-33298)") {
  const std::uint64_t half = 1ULL << 32;
  CHECK(outcome(one_tensor({.dimensions = {half, half}})) ==
        "m.gguf: tensor `t`: its dimensions multiply to more than 64 bits can count");
  CHECK(outcome(one_tensor({.dimensions = {1ULL << 62, 1, 4, 1}})) ==
        "m.gguf: tensor `t`: its dimensions multiply to more than 64 bits can count");
  CHECK(outcome(one_tensor({.dimensions = {1ULL << 62}})) ==
        "m.gguf: tensor `t`: its size in bytes is more than 64 bits can count");
  for (std::uint64_t huge : kHuge) {
    CHECK_MESSAGE(outcome(one_tensor({.dimensions = {huge, 1}})) != "accepted", huge);
    CHECK_MESSAGE(outcome(one_tensor({.dimensions = {256, huge}, .type_id = 12})) != "accepted",
                  huge);
    CHECK_MESSAGE(outcome(one_tensor({.dimensions = {1}, .offset = huge})) != "accepted", huge);
  }
}

// CVE-2025-53630: sizes of tensors, each padded and summed, wrapped to a small
// sum. CVE-2026-27940: the check added for it was passed by a sum just below the limit,
// which wrapped one step later, when the room for the table was added to it.
TEST_CASE("gguf file: tensor sizes whose sum wraps are refused (CVE-2025-53630, CVE-2026-27940)") {
  const auto of_bytes = [](std::initializer_list<std::uint64_t> sizes, bool contiguous) {
    GgufWriter writer;
    std::uint64_t sum = 0;
    for (std::uint64_t size : sizes) {
      writer.add({.name = format("t{}", sum + writer.bytes().size()),
                  .dimensions = {size},
                  .type_id = 24,
                  .data = std::string(64, 'x'),
                  .offset = contiguous ? sum : 0});
      sum += (size + 31) / 32 * 32;  // wraps, as it did there
    }
    return writer;
  };
  for (bool contiguous : {true, false}) {
    CHECK(outcome(of_bytes({1ULL << 63, 1ULL << 63}, contiguous)) != "accepted");
    CHECK(outcome(of_bytes({32, UINT64_MAX - 63, 32}, contiguous)) != "accepted");
    CHECK(outcome(of_bytes({32, UINT64_MAX - 31, 64}, contiguous)) != "accepted");
    // The padding alone wraps.
    CHECK(outcome(of_bytes({UINT64_MAX}, contiguous)) != "accepted");
    CHECK(outcome(of_bytes({UINT64_MAX - 30, 32}, contiguous)) != "accepted");
    CHECK(outcome(of_bytes({UINT64_MAX / 2, UINT64_MAX / 2, 64}, contiguous)) != "accepted");
  }
}

}  // namespace
}  // namespace temper::engine
