#include "engine/template/chat_template.h"

#include <algorithm>

#include "base/format.h"
#include "engine/template/interpreter.h"
#include "engine/template/parser.h"

namespace temper::engine {
namespace {

using jinja::Dict;
using jinja::Heap;
using jinja::NameId;
using jinja::None;
using jinja::Trust;
using jinja::Value;

constexpr std::string_view kRoles[] = {"system", "developer",   "user",     "assistant",
                                       "tool",   "model",       "function", "ipython",
                                       "tools",  "tool_results"};

bool is_usual_role(const Json& json) {
  const std::string* text = json.string();
  return text != nullptr &&
         std::find(std::begin(kRoles), std::end(kRoles), *text) != std::end(kRoles);
}

// JSON as values of one rendering.
class Importer {
 public:
  Importer(Heap& heap, Trust trust) : heap_(heap), trust_(trust) {}

  Result<Value> value(const Json& json, std::size_t depth = 0) {
    if (depth > kMaxDepth) {
      return Error{Code::Limit, format("a variable nests more than {} levels deep", kMaxDepth)};
    }
    switch (json.kind()) {
      case Json::Kind::Null: return Value(None{});
      case Json::Kind::Boolean: return Value(*json.boolean());
      case Json::Kind::Number: return Value(TRY(json.as_number()));
      case Json::Kind::String: return heap_.text(*json.string(), trust_);
      case Json::Kind::Integer: break;
      case Json::Kind::Array: return list(*json.items(), depth);
      case Json::Kind::Object: return dict(*json.members(), depth);
    }
    const Result<std::int64_t> number = json.as_integer();
    if (number) return Value(*number);
    return Error{Code::Limit,
                 "a variable has the integer " + json.dump() + ", which is beyond 64 bits"};
  }

 private:
  static constexpr std::size_t kMaxDepth = 150;

  Result<Value> list(const Json::Array& array, std::size_t depth) {
    std::vector<Value> items;
    items.reserve(array.size());
    for (const Json& item : array) items.push_back(TRY(value(item, depth + 1)));
    return heap_.list(std::move(items));
  }

  Result<Value> dict(const Json::Object& object, std::size_t depth) {
    std::vector<Dict::Entry> entries;
    entries.reserve(object.size());
    for (const auto& [name, member] : object) {
      Value held = name == "role" && is_usual_role(member)
                       ? heap_.text(*member.string(), Trust::Trusted)
                       : TRY(value(member, depth + 1));
      entries.emplace_back(heap_.text(name, trust_), std::move(held));
    }
    return heap_.dict(std::move(entries));
  }

  Heap& heap_;
  Trust trust_;
};

bool among(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Those variables that the template mentions, by its own numbers for names.
Result<std::vector<std::pair<NameId, Value>>> import_variables(
    Heap& heap, const Json& variables, const std::vector<std::string_view>& names,
    const RenderOptions& options) {
  if (!variables.is_object()) {
    return Error{Code::Invalid, "the variables of a template are an object with their names"};
  }
  std::vector<std::pair<NameId, Value>> imported;
  for (const auto& [name, json] : *variables.members()) {
    const auto known = std::find(names.begin(), names.end(), name);
    if (known == names.end()) continue;
    const Trust trust = among(options.trusted_variables, name) ? Trust::Trusted : Trust::Untrusted;
    imported.emplace_back(static_cast<NameId>(known - names.begin()),
                          TRY(Importer(heap, trust).value(json)));
  }
  if (heap.exceeded() != jinja::Exceeded::Nothing) {
    return Error{Code::Limit, "the variables take more than a template may use"};
  }
  return imported;
}

Result<Rendered> render_parsed(const jinja::ParsedTemplate& parsed, const Json& variables,
                               const RenderOptions& options) {
  Heap heap(options.limits);
  jinja::Runtime runtime{heap, options.now};
  auto imported = TRY(import_variables(heap, variables, parsed.names, options));
  jinja::Interpreter interpreter(parsed, runtime, options.limits);
  const jinja::MarkedText text = TRY(interpreter.run(std::move(imported)));
  Rendered rendered;
  text.for_each_run([&](std::string_view piece, Trust trust) {
    rendered.segments.push_back({std::string(piece), trust == Trust::Trusted});
  });
  return rendered;
}

Error named(std::string_view name, Error error) {
  return name.empty() ? std::move(error) : in_context(name, std::move(error));
}

}  // namespace

std::string Rendered::text() const {
  std::string whole;
  for (const RenderedSegment& segment : segments) whole += segment.text;
  return whole;
}

Result<ChatTemplate> ChatTemplate::parse(std::string_view source, std::string_view name,
                                         const TemplateLimits& limits) {
  auto parsed = jinja::parse_template(source, name, limits);
  if (!parsed) return named(name, std::move(parsed).error());
  return ChatTemplate(std::move(parsed).take());
}

Result<Rendered> ChatTemplate::render(const Json& variables, const RenderOptions& options) const {
  Result<Rendered> rendered = render_parsed(*parsed_, variables, options);
  if (!rendered) return named(parsed_->name, std::move(rendered).error());
  return rendered;
}

bool ChatTemplate::mentions(std::string_view variable) const {
  const auto& names = parsed_->names;
  return std::find(names.begin() + jinja::kKnownNames, names.end(), variable) != names.end();
}

}  // namespace temper::engine
