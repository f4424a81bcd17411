// What the model has been shown of files: whether it may write over one, and whether it
// needs to be shown the same again.
//
// Files are told apart by their bytes, so that a change from outside counts too. What was
// known stays known for a whole run; what stands in the context is forgotten when the
// layer above takes it out.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.h"

namespace temper::agent {

struct LineRange {
  std::size_t first = 1;
  std::size_t last = 0;  // the last of them; less than first where there is none

  bool operator==(const LineRange&) const = default;
};

class ShownFiles {
 public:
  // The model has been shown the range of a file that holds `bytes`, and has `lines` lines.
  void show(const std::string& path, std::string_view bytes, LineRange range, std::size_t lines);
  // The model has made the file what it is: it knows all of it.
  void wrote(const std::string& path, std::string_view bytes);
  // The model has changed a part of it: it knows as much as before.
  void edited(const std::string& path, std::string_view before, std::string_view after);

  enum class Knowledge { None, Outdated, Part, Whole };
  Knowledge knowledge(const std::string& path, std::string_view bytes) const;
  // Does the range, as it is now, stand in the context?
  bool stands(const std::string& path, std::string_view bytes, LineRange range) const;

  // What was shown of this file, or of all, no longer stands in the context.
  void forget(std::string_view path);
  void forget_all();

 private:
  struct Shown {
    Sha256Digest digest{};
    std::vector<LineRange> known;   // ever, as long as the file is the same
    std::vector<LineRange> stands;  // those that are in the context
    bool is_whole = false;
  };

  // Empty where the file was another before.
  Shown& of(const std::string& path, std::string_view bytes);

  std::map<std::string, Shown, std::less<>> files_;
};

}  // namespace temper::agent
