#include "providers/api_key.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/format.h"
#include "base/text.h"

namespace temper::providers {
namespace {

constexpr std::size_t kMaxKeyBytes = 16 * 1024;

Result<std::optional<net::Secret>> key_in(std::string_view text, const std::string& source) {
  const std::string_view key = trim(text);
  if (key.empty()) return Error{Code::NotFound, format("{} has no key in it", source)};
  const bool is_plain =
      std::all_of(key.begin(), key.end(), [](char byte) { return byte > 0x20 && byte < 0x7f; });
  if (!is_plain || key.size() > kMaxKeyBytes) {
    return Error{Code::Invalid,
                 format("what {} has in it is no key: it has spaces, line breaks or other "
                        "characters that no key has",
                        source)};
  }
  return std::optional<net::Secret>(net::Secret(std::string(key)));
}

}  // namespace

Result<std::optional<net::Secret>> read_key(const KeySource& source,
                                            const Environment& environment) {
  if (!source.environment_variable.empty() && !source.file.empty()) {
    return Error{Code::Invalid,
                 "the key is to come from a variable and from a file; name one of them"};
  }
  if (!source.environment_variable.empty()) {
    const auto value = environment.get(source.environment_variable);
    if (!value) {
      return Error{Code::NotFound, format("the environment variable {}, which is to have the key, "
                                          "is not set; set it, or name another",
                                          source.environment_variable)};
    }
    return key_in(*value, "the environment variable " + source.environment_variable);
  }
  if (source.file.empty()) return std::optional<net::Secret>();
  struct stat status {};
  if (::stat(source.file.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{Code::Denied, format("others may read the key in {}; keep it to yourself with "
                                      "chmod 600",
                                      source.file)};
  }
  return key_in(TRY(read_file(source.file, kMaxKeyBytes)), source.file);
}

}  // namespace temper::providers
