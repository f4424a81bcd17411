#include "agent/git/names.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/format.h"
#include "base/printable.h"

namespace temper::agent {

Result<void> check_label(std::string_view label, std::string_view what) {
  const bool is_made_well = std::all_of(label.begin(), label.end(), [](char byte) {
    return is_alnum(byte) || byte == '-' || byte == '_' || byte == '.';
  });
  if (is_made_well && !label.empty() && label.size() <= 100 && label.front() != '.' &&
      label.front() != '-' && label.back() != '.' && label.find("..") == label.npos &&
      !label.ends_with(".lock")) {
    return {};
  }
  return Error{Code::Invalid,
               format("{} cannot be \"{}\"; letters, digits, \"-\" and \"_\" are fine.", what,
                      printable(label.substr(0, 100), LineBreaks::Escape))};
}

Result<void> check_commit(std::string_view commit) {
  if (commit == "HEAD") return {};
  if (commit.size() >= 4 && commit.size() <= 64 &&
      std::all_of(commit.begin(), commit.end(), is_hex_digit)) {
    return {};
  }
  return Error{Code::Invalid, format("\"{}\" is no commit; give its id, or HEAD.",
                                     printable(commit.substr(0, 100), LineBreaks::Escape))};
}

}  // namespace temper::agent
