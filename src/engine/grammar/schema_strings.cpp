// Strings: any, or with a pattern, a format, a length.
#include <array>

#include "engine/grammar/pattern.h"
#include "engine/grammar/schema_compiler.h"
#include "engine/grammar/text_machines.h"

namespace temper::engine {
namespace {

using Part = GrammarBuilder::Part;

struct Format {
  std::string_view name;
  std::string_view pattern;
};

#define TEMPER_DATE R"([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))"
#define TEMPER_TIME \
  R"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))"
#define TEMPER_OCTET R"((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))"

// Their usual forms; an address that is allowed somewhere but not here can be written
// where the schema names no format.
constexpr std::array<Format, 7> kFormats{{
    {"date", "^" TEMPER_DATE "$"},
    {"time", "^" TEMPER_TIME "$"},
    {"date-time", "^" TEMPER_DATE "T" TEMPER_TIME "$"},
    {"email", R"(^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$)"},
    {"uuid", "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"},
    {"ipv4", "^(" TEMPER_OCTET R"(\.){3})" TEMPER_OCTET "$"},
    {"uri", R"(^[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~]+$)"},
}};

#undef TEMPER_DATE
#undef TEMPER_TIME
#undef TEMPER_OCTET

}  // namespace

Part SchemaCompiler::quoted(Part content) {
  const Part quote = style_.quote ? builder_.control(*style_.quote) : builder_.literal("\"");
  return builder_.sequence({quote, content, quote});
}

Part SchemaCompiler::any_content(Count characters) {
  return style_.quote ? builder_.text(characters) : builder_.json_text(characters);
}

Result<std::shared_ptr<const Dfa>> SchemaCompiler::dfa_of_pattern(const std::string& pattern,
                                                                  const Place& place) {
  std::shared_ptr<const Dfa>& known = patterns_[pattern];
  if (!known) {
    Result<Dfa> dfa = pattern_dfa(pattern);
    if (!dfa) return schema_error(dfa.error().code, place.path, dfa.error().message);
    known = std::make_shared<Dfa>(*std::move(dfa));
  }
  return known;
}

Result<Part> SchemaCompiler::compile_string(const Json& schema, const Place& place) {
  const Count count = TRY(read_counts(schema, "minLength", "maxLength", place.path));
  std::vector<std::string> patterns;
  if (const Json* pattern = schema.find("pattern")) {
    if (pattern->string() == nullptr) {
      return schema_error(Code::Invalid, place.path, "`pattern` must be a string");
    }
    patterns.push_back(*pattern->string());
  }
  if (const Json* named = schema.find("format"); named != nullptr && named->string() != nullptr) {
    for (const Format& known : kFormats) {
      if (known.name == *named->string()) patterns.emplace_back(known.pattern);
    }
  }
  if (patterns.empty() && !place.end) return quoted(any_content(count));
  if (patterns.empty() && count == Count{}) return builder_.text_until(*place.end);

  const auto explained = [&](Result<Dfa> dfa) -> Result<Dfa> {
    if (dfa) return dfa;
    return schema_error(dfa.error().code, place.path, dfa.error().message);
  };
  Dfa content = any_text_dfa();
  if (place.end) content = TRY(explained(text_without_dfa(*place.end)));
  for (const std::string& pattern : patterns) {
    const std::shared_ptr<const Dfa> dfa = TRY(dfa_of_pattern(pattern, place));
    content = TRY(explained(both_dfa(content, *dfa)));
  }
  if (count.least > 0) content = TRY(explained(longer_dfa(content, count.least)));
  if (!place.end && !style_.quote) content = TRY(explained(escaped_dfa(content)));
  const Part part = builder_.automaton(std::make_shared<Dfa>(std::move(content)), {0, count.most});
  return place.end ? finished(part, place) : quoted(part);
}

Part SchemaCompiler::quoted_text(std::string_view text) {
  return quoted(builder_.literal(style_.quote ? std::string(text) : escaped_text(text)));
}

Part SchemaCompiler::key_of(std::string_view name) {
  return style_.has_bare_keys ? builder_.literal(name) : quoted_text(name);
}

}  // namespace temper::engine
