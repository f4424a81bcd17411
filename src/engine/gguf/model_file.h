// A model on the disk: one GGUF file, or all the parts that it was split into.
//
// The parts of a split model are called NAME-00001-of-0000N.gguf and so on and stand
// beside each other; opening any of them opens all. The first has the metadata, each
// has some of the tensors. What keys and tensors mean is not known here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/gguf/open.h"

namespace temper::engine {

// May be moved: tensors, their data and all other views stay valid while any of its
// moves lives. May be read from several threads.
class ModelFile {
 public:
  // Errors call the file `name`, or else by its path, and a part after its own file.
  //
  // Refuses, besides what GgufFile::parse does: parts that are missing; that are
  // called other than their place among the parts demands; that are not of one model,
  // by GGUF version, count, or a key that two of them have and that differs; a tensor
  // in two parts; and more or fewer tensors than the parts claim together.
  static Result<ModelFile> open(const std::string& path, const std::string& name = {});

  const std::string& name() const { return name_; }
  // The part whose metadata is the model's.
  const GgufFile& first() const { return parts_.front().file; }
  std::span<const OpenGguf> parts() const { return parts_; }
  std::uint64_t byte_count() const;  // of all parts

  // Of all parts, in their order, and unique by name.
  std::span<const Tensor* const> tensors() const { return tensors_; }
  // Null where there is none of that name.
  const Tensor* find_tensor(std::string_view name) const;

  // The metadata; see GgufFile for each.
  template <typename T>
  Result<T> at(std::string_view key) const {
    return first().at<T>(key);
  }
  template <typename T>
  Result<std::vector<T>> list_at(std::string_view key) const {
    return first().list_at<T>(key);
  }
  template <typename T>
  Result<std::optional<T>> find_as(std::string_view key) const {
    return first().find_as<T>(key);
  }
  template <typename T>
  Result<std::vector<T>> per_layer(std::string_view key, std::uint64_t layers) const {
    return first().per_layer<T>(key, layers);
  }

  // What tells this model from others, as 64 hexadecimal digits; what was computed with
  // a model (a saved state) belongs to models of the same fingerprint.
  //
  // SHA-256 of the headers, metadata and tensor tables of all parts, wholly, and of the
  // tensors' data: wholly where they are at most 64 MiB together, else at evenly spaced
  // places of every tensor, its beginning and its end among them. So another
  // model, training, quantisation or key always differs, also a tensor whose values
  // all changed; a patch of a few values of a large model, or damage between the
  // places, may go unnoticed. A model that is split anew is another.
  //
  // Reads up to 64 MiB, or some thousand pages of a large model: call it once.
  std::string fingerprint() const;

  // Hints to the system about bytes of any part; see MappedFile.
  void will_need(std::span<const std::byte> bytes) const;
  void drop_resident(std::span<const std::byte> bytes) const;

 private:
  explicit ModelFile(std::string name) : name_(std::move(name)) {}

  Result<void> add_other_parts(const std::string& path);
  Result<void> index_tensors();
  const MappedFile& mapping_of(std::span<const std::byte> bytes) const;

  std::string name_;
  std::vector<OpenGguf> parts_;  // at least one
  std::vector<const Tensor*> tensors_;
  std::vector<const Tensor*> by_name_;  // the same, sorted
};

}  // namespace temper::engine
