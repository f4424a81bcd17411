// Whole outputs of tools, of which the model was shown less, under names that are short
// enough to ask for: "output-3".
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

class ResultStore {
 public:
  virtual ~ResultStore() = default;

  // The name under which the text can be had from now on.
  virtual std::string keep(std::string text) = 0;
  // None where nothing has that name, or no longer.
  virtual std::optional<std::string> find(std::string_view name) const = 0;
  virtual std::vector<std::string> names() const = 0;
};

// In memory; the oldest are forgotten when all together are larger than `max_bytes`, the
// last one never.
class MemoryResultStore final : public ResultStore {
 public:
  explicit MemoryResultStore(std::size_t max_bytes = std::size_t{16} << 20)
      : max_bytes_(max_bytes) {}

  std::string keep(std::string text) override;
  std::optional<std::string> find(std::string_view name) const override;
  std::vector<std::string> names() const override;

 private:
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::size_t kept_ = 0;                      // ever
  std::map<std::size_t, std::string> texts_;  // by their number
};

}  // namespace temper::agent
