#include "engine/gguf/model_file.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/format.h"
#include "support/gguf_writer.h"
#include "support/temporary.h"

namespace temper::engine {
namespace {

void write(const std::string& path, const std::string& bytes) {
  REQUIRE(write_file_atomically(path, bytes).ok());
}

std::string part_name(int number, int count = 3) {
  return format("m-{:05}-of-{:05}.gguf", number, count);
}

// Part `number` (from 1): two tensors, `a1` and `b1`, and the first has the metadata.
GgufWriter part(int number, int count = 3) {
  GgufWriter writer;
  if (number == 1) {
    writer.put("general.architecture", "qwen3").put("qwen3.block_count", std::uint32_t{2});
  }
  writer.put("split.no", static_cast<std::uint16_t>(number - 1))
      .put("split.count", static_cast<std::uint16_t>(count))
      .put("split.tensors.count", std::int32_t{2 * count});
  for (char letter : {'b', 'a'}) {
    writer.add({.name = format("{}{}", letter, number),
                .dimensions = {4},
                .data = std::string(16, static_cast<char>(letter + number))});
  }
  return writer;
}

// A directory with the three parts of a model.
TemporaryDirectory three_parts() {
  TemporaryDirectory directory = make_temporary_directory();
  for (int number : {1, 2, 3}) write(directory / part_name(number), part(number).bytes());
  return directory;
}

std::string described(const ModelFile& model) {
  std::string text = format("{} ", model.name());
  for (const Tensor* tensor : model.tensors()) {
    text += format(" {}:{}", tensor->name, static_cast<char>(tensor->data.back()));
    if (model.find_tensor(tensor->name) != tensor) text += " not found";
  }
  return text;
}

// What the model is, or why it is none; the directory's name is left out.
std::string outcome(const TemporaryDirectory& directory, const std::string& name) {
  const Result<ModelFile> model = ModelFile::open(directory / name, "D/" + name);
  return model ? described(*model) : model.error().message;
}

TEST_CASE("model file: one file is a model") {
  const TemporaryDirectory directory = make_temporary_directory();
  write(directory / "m.gguf", part(1, 1).bytes());
  CHECK(outcome(directory, "m.gguf") == "D/m.gguf  b1:c a1:b");
  const Result<ModelFile> model = ModelFile::open(directory / "m.gguf");
  REQUIRE(model.ok());
  CHECK(model->name() == directory / "m.gguf");
  CHECK(model->first().name() == directory / "m.gguf");
  CHECK(model->byte_count() == part(1, 1).bytes().size());
  CHECK(model->find_tensor("a2") == nullptr);
  CHECK(outcome(directory, "none.gguf") == "cannot open D/none.gguf: No such file or directory");
}

TEST_CASE("model file: any part opens all of them, in order") {
  const TemporaryDirectory directory = three_parts();
  for (int number : {1, 2, 3}) {
    CHECK(outcome(directory, part_name(number)) ==
          format("D/{}  b1:c a1:b b2:d a2:c b3:e a3:d", part_name(number)));
    Result<ModelFile> opened = ModelFile::open(directory / part_name(number), "x");
    REQUIRE(opened.ok());
    const Tensor* tensor = opened->find_tensor("a3");
    const ModelFile model = *std::move(opened);
    CHECK(model.find_tensor("a3") == tensor);
    CHECK(tensor->data.front() == std::byte{'d'});
    CHECK(model.name() == "x");
    CHECK(model.first().name() == (number == 1 ? "x" : directory / part_name(1)));
    CHECK(model.parts().size() == 3);
    CHECK(model.byte_count() ==
          part(1).bytes().size() + part(2).bytes().size() + part(3).bytes().size());
    CHECK(*model.at<std::uint64_t>("qwen3.block_count") == 2);
    CHECK(!model.find_as<std::uint64_t>("none")->has_value());
    CHECK(model.per_layer<std::uint64_t>("qwen3.block_count", 3)->size() == 3);
    CHECK(!model.list_at<std::uint64_t>("qwen3.block_count").ok());
  }
}

TEST_CASE("model file: a part that is missing is named") {
  const TemporaryDirectory directory = three_parts();
  REQUIRE(std::filesystem::remove(directory / part_name(2)));
  for (int number : {1, 3}) {
    CHECK(outcome(directory, part_name(number)) ==
          "part 2 of 3 of the model is missing: there is no D/m-00002-of-00003.gguf; download it "
          "too");
  }
  // Without a fitting name of our own, the path is what is left to say.
  const Result<ModelFile> model = ModelFile::open(directory / part_name(1), "my model");
  CHECK(model.error().message ==
        format("part 2 of 3 of the model is missing: there is no {}; download it too",
               directory / part_name(2)));
}

TEST_CASE("model file: parts that do not belong together are refused") {
  struct Row {
    GgufWriter second;
    std::string outcome;
  };
  GgufWriter other_version = part(2);
  other_version.version = 2;
  GgufWriter other_total;
  other_total.put("split.no", 1)
      .put("split.count", std::uint16_t{3})
      .put("split.tensors.count", std::int32_t{7});
  GgufWriter twin = part(2);
  twin.add({.name = "a1", .dimensions = {1}, .data = "xxxx"});
  GgufWriter one_more = part(2);
  one_more.add({.name = "c", .dimensions = {1}, .data = "xxxx"});
  GgufWriter own_alignment;
  own_alignment.alignment = 64;
  own_alignment.put("general.alignment", 64)
      .put("split.no", 1)
      .put("split.count", std::uint16_t{3})
      .add({.name = "a2", .dimensions = {1}, .data = "xxxx"})
      .add({.name = "b2", .dimensions = {1}, .data = "yyyy"});
  const std::string not_one =
      "D/m-00001-of-00003.gguf and D/m-00002-of-00003.gguf are not parts of one model: ";
  const std::string again = "; download all parts of the same version";
  const std::vector<Row> rows = {
      {other_version, not_one + "one has version 3 of GGUF, the other 2" + again},
      {part(2).put("general.architecture", "llama"),
       not_one + "they differ in `general.architecture`" + again},
      {part(2).put("general.architecture", "qwen3"),
       "D/m-00001-of-00003.gguf  b1:c a1:b b2:d a2:c b3:e a3:d"},
      {other_total, not_one + "they differ in `split.tensors.count`" + again},
      {own_alignment, "D/m-00001-of-00003.gguf  b1:c a1:b a2:x b2:y b3:e a3:d"},
      {twin, "D/m-00001-of-00003.gguf: two parts of the model have the tensor `a1`"},
      {one_more,
       "D/m-00001-of-00003.gguf: the model's parts have 7 tensors, but say that they have 6 "
       "together; download them again"},
      {part(3),
       "D/m-00002-of-00003.gguf: it says that it is part 3 of 3, not what its name says; download "
       "it again"},
      {part(2, 4),
       "D/m-00002-of-00003.gguf: it says that it is part 2 of 4, not what its name says; download "
       "it again"},
      {GgufWriter(),
       "D/m-00002-of-00003.gguf: it says that it is part 1 of 1, not what its name says; download "
       "it again"},
      {GgufWriter().put("split.count", 3), "D/m-00002-of-00003.gguf: there is no key `split.no`"},
      {GgufWriter().put("split.count", "3"),
       "D/m-00002-of-00003.gguf: key `split.count`: it is a string, not an integer"},
  };
  for (const Row& row : rows) {
    const TemporaryDirectory directory = three_parts();
    write(directory / part_name(2), row.second.bytes());
    CHECK(outcome(directory, part_name(1)) == row.outcome);
  }
  const TemporaryDirectory directory = three_parts();
  write(directory / part_name(2), part(2).bytes().substr(0, 200));
  CHECK(outcome(directory, part_name(1)).starts_with("D/m-00002-of-00003.gguf: tensor `"));
}

TEST_CASE("model file: a part is found by its name, so it must have it") {
  const TemporaryDirectory directory = make_temporary_directory();
  write(directory / "renamed.gguf", part(2).bytes());
  CHECK(outcome(directory, "renamed.gguf") ==
        "D/renamed.gguf: it is part 2 of 3 of a model, so that the others are found its name must "
        "end in -00002-of-00003.gguf; give all parts their names back");
  write(directory / part_name(1), part(2).bytes());
  CHECK(outcome(directory, part_name(1)).starts_with("D/m-00001-of-00003.gguf: it is part 2 of 3"));
  write(directory / "m.gguf", GgufWriter().put("split.no", 3).put("split.count", 3).bytes());
  CHECK(outcome(directory, "m.gguf") ==
        "D/m.gguf: key `split.no`: it is 3, but there are only 3 parts");
  write(directory / "m.gguf",
        GgufWriter().put("split.no", UINT64_MAX - 1).put("split.count", UINT64_MAX).bytes());
  CHECK(outcome(directory, "m.gguf").find("part 18446744073709551615 of 18446744073709551615") !=
        std::string::npos);
}

std::string fingerprint_of(const std::string& path) {
  const Result<ModelFile> model = ModelFile::open(path);
  REQUIRE_MESSAGE(model.ok(), model.error().message);
  return model->fingerprint();
}

std::string fingerprint(const std::string& bytes) {
  const TemporaryDirectory directory = make_temporary_directory();
  write(directory / "m.gguf", bytes);
  return fingerprint_of(directory / "m.gguf");
}

TEST_CASE("model file: the fingerprint of a small model is of every byte that counts") {
  const std::string bytes = part(1, 1).bytes();
  const std::string whole = fingerprint(bytes);
  CHECK(whole.size() == 64);
  CHECK(fingerprint(bytes) == whole);
  // Padding after the last tensor is not of the model.
  CHECK(fingerprint(bytes + std::string(16, '\0')) == whole);
  std::size_t same = 0;
  for (std::size_t i = bytes.size() - 48; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = '!';
    same += static_cast<std::size_t>(fingerprint(changed) == whole);
  }
  CHECK(same == 16);  // the padding between the two tensors
  CHECK(fingerprint(part(1, 1).put("k", 1).bytes()) != whole);
}

TEST_CASE("model file: the fingerprint of parts is of all of them") {
  const TemporaryDirectory directory = three_parts();
  const auto opened = [&](int number) {
    return ModelFile::open(directory / part_name(number))->fingerprint();
  };
  const std::string whole = opened(1);
  CHECK(opened(3) == whole);
  std::string changed = part(3).bytes();
  changed.back() = '!';
  write(directory / part_name(3), changed);
  CHECK(opened(1) != whole);
}

TEST_CASE("model file: the fingerprint of a large model is of its table and of samples") {
  const TemporaryDirectory directory = make_temporary_directory();
  // Of a file of zeros, which takes no room on the disk, but for an 'x' at `place`.
  const auto large = [&](std::size_t place, std::size_t bytes = 65 << 20) {
    const std::string path = directory / "m.gguf";
    GgufWriter writer;
    writer.add({.name = "t", .dimensions = {bytes}, .type_id = 24, .data = {}});
    const std::string table = writer.bytes();
    write(path, table);
    std::filesystem::resize_file(path, table.size() + bytes);
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(table.size() + place));
    file.put('x');
    file.close();
    REQUIRE(file.good());
    return fingerprint_of(path);
  };
  // Five samples: the third is in the middle.
  const std::size_t bytes = 65 << 20;
  const std::size_t gap = (bytes - 4096) / 4;
  const std::string untouched = large(5000);
  for (std::size_t place : {std::size_t{0}, std::size_t{4095}, gap, gap + 4095, 2 * gap, 3 * gap,
                            bytes - 4096, bytes - 1}) {
    CHECK_MESSAGE(large(place) != untouched, place);
  }
  CHECK(large(gap - 1) == untouched);
  CHECK(large(gap + 4096) == untouched);
  CHECK(large(5000, bytes + 1) != untouched);
}

TEST_CASE("model file: hints reach the part that they are about") {
  const TemporaryDirectory directory = three_parts();
  const Result<ModelFile> model = ModelFile::open(directory / part_name(2));
  REQUIRE(model.ok());
  for (const Tensor* tensor : model->tensors()) {
    model->will_need(tensor->data);
    model->drop_resident(tensor->data);
  }
  for (const OpenGguf& part : model->parts()) model->drop_resident(part.mapping.bytes());
  model->drop_resident({});
  CHECK(described(*model).ends_with("b1:c a1:b b2:d a2:c b3:e a3:d"));
}

}  // namespace
}  // namespace temper::engine
