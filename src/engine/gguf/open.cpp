#include "engine/gguf/open.h"

#include <utility>

namespace temper::engine {

namespace {

// The error of a file, which names its path, as one of `name`.
Error renamed(Error error, const std::string& path, const std::string& name) {
  const std::size_t place = error.message.find(path);
  if (place != error.message.npos) error.message.replace(place, path.size(), name);
  return error;
}

}  // namespace

Result<OpenGguf> open_gguf(const std::string& path, const std::string& name) {
  const std::string& shown = name.empty() ? path : name;
  Result<MappedFile> mapping = MappedFile::open(path);
  if (!mapping) return renamed(std::move(mapping).error(), path, shown);
  GgufFile file = TRY(GgufFile::parse(mapping->bytes(), shown));
  return OpenGguf{*std::move(mapping), std::move(file)};
}

}  // namespace temper::engine
