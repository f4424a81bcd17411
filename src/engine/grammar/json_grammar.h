// JSON Schema to grammars: the values of a schema, as a model writes them.
//
// Read as tools use it (draft 7 and 2020-12, `$ref` within the document). What is written is
// narrower than what JSON allows, so that a model has one way: keys in the order of
// `properties`, white space as the style says, no members that the schema does not
// speak of, integers of 64 bits without a point, numbers of at most 15 digits before the
// point and 15 after it, 15 together where a bound holds.
//   - `additionalProperties` counts where it is written, and then such members come last;
//     an object without `properties` may have any. Two of them may have one name.
//   - `oneOf` is read as `anyOf`.
//   - A schema without `type` is of the types whose keywords it has, of any without those.
//   - `pattern` and known `format`s restrict a text as it is once unescaped, and it is
//     written with each character in its usual spelling.
// What restricts values and cannot be kept is refused by name, with the place, as in
// "#/properties/a: `not` is not supported". What restricts nothing is ignored, unknown
// formats too.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "engine/grammar/builder.h"

namespace temper::engine {

struct JsonStyle {
  std::string_view item_separator = ", ";
  std::string_view key_separator = ": ";
  // Stands around each string instead of quotes; between two of them is the text itself.
  std::optional<TokenId> quote = {};
  // Keys of objects stand as they are.
  bool has_bare_keys = false;

  static JsonStyle compact() { return {.item_separator = ",", .key_separator = ":"}; }
};

struct SchemaLimits {
  std::size_t max_depth = 64;          // of schemas within schemas, with all they refer to
  std::size_t max_schemas = 20'000;    // that are read, some more than once
  std::size_t max_copied = 1'000'000;  // values in schemas that are put together from others
};

// An argument that a dialect writes in a way of its own.
struct SchemaProperty {
  std::string name;
  const Json* schema = nullptr;  // lives as long as the document and the JsonGrammar
  bool is_required = false;
};

class SchemaCompiler;

// For one document. Works on a builder, whose parts it returns; both must outlive it.
class JsonGrammar {
 public:
  using Part = GrammarBuilder::Part;
  // Of a property, by name: in place of a string of its schema.
  using Bindings = std::map<std::string, Part, std::less<>>;

  JsonGrammar(GrammarBuilder& builder, const Json& document, JsonStyle style = {},
              const SchemaLimits& limits = {});
  ~JsonGrammar();

  // A value of the whole document; of objects, the properties that are bound are strings
  // whose text, between the quotes, is the part. Bindings to no property are ignored.
  Result<Part> value(const Bindings& bindings = {});
  // A value of a schema within the document.
  Result<Part> value_of(const Json& schema);
  // The same where it does not stand in JSON, but as a text of its own before `end`, and
  // with that: strings stand without quotes and as they are, all else is JSON.
  Result<Part> text_of(const Json& schema, std::string_view end);
  // What the document says of its properties, in their order. Fails where it is no
  // object, or not only that.
  Result<std::vector<SchemaProperty>> properties();

 private:
  std::unique_ptr<SchemaCompiler> compiler_;
};

}  // namespace temper::engine
