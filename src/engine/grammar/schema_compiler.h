// The inside of json_grammar.h: from schemas to parts of a grammar.
//
// A schema is first made one without references and combinations (schema_compiler.cpp),
// then each type that it allows is built (schema_types.cpp).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/grammar/json_grammar.h"

namespace temper::engine {

class SchemaCompiler {
 public:
  using Part = GrammarBuilder::Part;
  using Bindings = JsonGrammar::Bindings;

  SchemaCompiler(GrammarBuilder& builder, const Json& document, JsonStyle style,
                 const SchemaLimits& limits)
      : builder_(builder), document_(document), style_(style), limits_(limits) {}

  // Where a schema stands, and what it is compiled for.
  struct Place {
    std::string path = "#";
    std::size_t depth = 0;
    const Bindings* bindings = nullptr;        // of its properties
    std::optional<std::string_view> end = {};  // it is a text of its own, up to here

    Place below(std::string_view step) const;  // a schema of a part of the value
    Place deeper() const;                      // another schema of the same value
  };

  Result<Part> compile(const Json& schema, const Place& place);
  Result<std::vector<SchemaProperty>> properties();
  const Json& document() const { return document_; }

 private:
  enum class Type { Null, Boolean, Integer, Number, String, Array, Object };
  static Result<std::vector<Type>> types_of(const Json& schema, const Place& place);

  // The schema without $ref and allOf at its top.
  Result<Json> resolved(const Json& schema, const Place& place);
  static Result<Count> read_counts(const Json& schema, std::string_view least,
                                   std::string_view most, std::string_view place);
  Result<Part> compile_reference(const Json& schema, const Place& place);
  Result<Part> compile_options(const Json& schema, std::string_view key, const Place& place);
  Result<Part> compile_values(const Json& schema, const Place& place);
  Result<Part> compile_types(const Json& schema, const Place& place);
  Result<Part> compile_type(Type type, const Json& schema, const Place& place);
  Result<Part> compile_object(const Json& schema, const Place& place);
  Result<Part> compile_array(const Json& schema, const Place& place);
  Result<Part> compile_string(const Json& schema, const Place& place);
  Result<Part> compile_integer(const Json& schema, const Place& place);
  Result<Part> compile_number(const Json& schema, const Place& place);

  Result<const Json*> target_of(const Json& reference, const Place& place) const;
  Result<Json> merged(const Json& a, const Json& b, const Place& place);
  Result<Json> merged_all_of(const Json& schema, const Place& place);
  Result<Json> without_reference(const Json& schema, const Place& place);
  Result<void> count(const Place& place);

  struct Member {
    Part part;
    bool is_required = false;
  };
  Result<std::vector<Member>> members_of(const Json& schema, const Place& place);
  // A member of which the schema does not know the name, if it allows any.
  Result<std::optional<Part>> additional_member(const Json& schema, const Place& place);
  Part object_of(const std::vector<Member>& members, const std::optional<Part>& additional);

  // Any value; any string, number, and so on.
  Part any_value();
  // The text between what stands around strings.
  Part quoted(Part content);
  Part any_content(Count characters);
  Result<std::shared_ptr<const Dfa>> dfa_of_pattern(const std::string& pattern, const Place& place);
  Part quoted_text(std::string_view text);
  Part key_of(std::string_view name);
  Part written(const Json& value);
  // A value that is not a string, with what ends it where it is a text of its own.
  Part finished(Part value, const Place& place);
  Part automaton(Dfa dfa) { return builder_.automaton(std::make_shared<Dfa>(std::move(dfa))); }

  GrammarBuilder& builder_;
  const Json& document_;
  JsonStyle style_;
  SchemaLimits limits_;
  std::size_t schemas_ = 0;
  std::size_t copied_ = 0;
  std::map<std::string, Part, std::less<>> rules_;  // by what a $ref says
  std::map<std::string, std::shared_ptr<const Dfa>, std::less<>> patterns_;
  std::optional<Part> any_value_;
  Json properties_of_;  // what properties() has shown, where it is not the document
};

// "PLACE: WHAT", with the place shortened where it is long.
Error schema_error(Code code, std::string_view place, std::string_view what);

}  // namespace temper::engine
