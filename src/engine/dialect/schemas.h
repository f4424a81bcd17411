// What the tools' schemas say that a reader of calls has to know: which tools there are,
// and which of their arguments are texts.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "chat/message.h"

namespace temper::engine {

// The types that a schema allows; none where it says nothing.
struct ArgumentTypes {
  bool text = false;
  bool null = false;
  bool boolean = false;
  bool number = false;
  bool list = false;
  bool object = false;

  bool only_text() const { return text && !others(); }
  bool others() const { return null || boolean || number || list || object; }

  bool operator==(const ArgumentTypes&) const = default;
};

ArgumentTypes argument_types(const Json& schema);

class ToolSchemas {
 public:
  ToolSchemas() = default;
  explicit ToolSchemas(std::span<const chat::ToolSpec> tools);

  bool empty() const { return tools_.empty(); }
  bool knows(std::string_view tool) const { return tools_.contains(tool); }
  // None for tools and arguments that are not described.
  ArgumentTypes types(std::string_view tool, std::string_view argument) const;
  // Does the tool's schema name an argument like that?
  bool has_argument(std::string_view tool, std::string_view argument) const;

  using Arguments = std::map<std::string, ArgumentTypes, std::less<>>;
  const std::map<std::string, Arguments, std::less<>>& tools() const { return tools_; }

 private:
  std::map<std::string, Arguments, std::less<>> tools_;
};

// The JSON of an argument whose whole text, in a dialect that does not mark texts, is
// `written`: what its types allow it to be, else a string.
std::string argument_json(const ArgumentTypes& types, std::string_view written);

}  // namespace temper::engine
