#include "providers/call_grammar.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/format.h"

namespace temper::providers {
namespace {

using chat::ArgumentDomain;
using chat::Request;
using chat::ToolSpec;
using engine::ArgumentSpelling;
using engine::CallSyntax;
using engine::Dialect;
using engine::DialectFamily;
using engine::Escaping;
using engine::Grammar;
using engine::GrammarBuilder;
using engine::JsonGrammar;
using engine::JsonStyle;
using engine::SlotId;
using Part = GrammarBuilder::Part;

constexpr std::string_view kGemmaQuote = "<|\"|>";

// One way to write a call: what stands around its name and its arguments.
struct CallForm {
  std::string before_name;
  std::string after_name;
  std::string close;
};

const Json& any_object() {
  static const Json kSchema = Json::object({{"type", "object"}});
  return kSchema;
}

class CallWriter {
 public:
  CallWriter(const Dialect& dialect, const Spelling& spelling, const Request& request)
      : syntax_(dialect.call), spelling_(spelling), request_(request) {
    if (syntax_.arguments == ArgumentSpelling::Gemma) {
      style_ = {.item_separator = ",",
                .key_separator = ":",
                .quote = spelling.marker(kGemmaQuote),
                .has_bare_keys = true};
    }
  }

  Result<std::shared_ptr<const Grammar>> one_call(const CallForm& form) {
    return finish(any_tool(form));
  }

  // Calls in a list, with what is between them and at their end.
  Result<std::shared_ptr<const Grammar>> list_of_calls(const CallForm& first,
                                                       const CallForm& next) {
    const Part more = builder_.repeat(any_tool(next), 0);
    return finish(builder_.sequence({any_tool(first), more, text(syntax_.end)}));
  }

 private:
  Result<std::shared_ptr<const Grammar>> finish(Part root) {
    return std::make_shared<const Grammar>(TRY(builder_.build(root)));
  }

  Part text(std::string_view text) { return spelling_.part(builder_, text); }

  Part any_tool(const CallForm& form) {
    std::vector<Part> tools;
    for (const ToolSpec& tool : request_.tools) {
      std::vector<Part> parts = {text(form.before_name), builder_.literal(tool.name)};
      if (!syntax_.id_open.empty()) {
        parts.push_back(text(syntax_.id_open));
        parts.push_back(call_id());
      }
      parts.push_back(text(form.after_name));
      parts.push_back(arguments_of(tool));
      parts.push_back(text(form.close));
      tools.push_back(builder_.sequence(parts));
    }
    return builder_.choice(tools);
  }

  // Mistral's: nine letters or digits.
  Part call_id() {
    std::vector<Part> characters;
    for (const char c :
         std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")) {
      characters.push_back(builder_.literal(std::string_view(&c, 1)));
    }
    return builder_.repeat(builder_.choice(characters), 9, 9);
  }

  Part arguments_of(const ToolSpec& tool) {
    const Result<Part> kept = arguments_of(tool, tool.parameters);
    if (kept) return *kept;
    const Result<Part> any = arguments_of(tool, any_object());
    return any ? *any : builder_.choice({});
  }

  Result<Part> arguments_of(const ToolSpec& tool, const Json& schema) {
    JsonGrammar json(builder_, schema, style_);
    const JsonGrammar::Bindings bindings = bind(tool.name);
    if (syntax_.arguments != ArgumentSpelling::XmlParameters) return json.value(bindings);
    std::vector<Part> parts;
    for (const engine::SchemaProperty& property : TRY(json.properties())) {
      const Part parameter = TRY(xml_parameter(json, property, bindings));
      parts.push_back(property.is_required ? parameter : builder_.optional(parameter));
    }
    return builder_.sequence(parts);
  }

  Result<Part> xml_parameter(JsonGrammar& json, const engine::SchemaProperty& property,
                             const JsonGrammar::Bindings& bindings) {
    const auto bound = bindings.find(property.name);
    const Part value = bound != bindings.end()
                           ? builder_.sequence({bound->second, text(syntax_.parameter_close)})
                           : TRY(json.text_of(*property.schema, syntax_.parameter_close));
    return builder_.sequence({text(syntax_.parameter_open), builder_.literal(property.name),
                              text(syntax_.parameter_key_close), value});
  }

  JsonGrammar::Bindings bind(std::string_view tool) {
    const Escaping escaping =
        syntax_.arguments == ArgumentSpelling::Json ? Escaping::Json : Escaping::Raw;
    std::map<std::string, SlotId, std::less<>> slots;
    for (const ArgumentDomain& domain : request_.domains) {
      if (domain.tool == tool && !domain.depends_on.empty() &&
          slots.count(domain.depends_on) == 0) {
        slots.emplace(domain.depends_on, builder_.new_slot());
      }
    }
    const auto slot_of = [&](const std::string& argument) -> std::optional<SlotId> {
      const auto found = slots.find(argument);
      if (found == slots.end()) return std::nullopt;
      return found->second;
    };
    JsonGrammar::Bindings bindings;
    for (const ArgumentDomain& domain : request_.domains) {
      if (domain.tool != tool) continue;
      bindings.emplace(domain.argument,
                       builder_.domain(domain.domain, {.escaping = escaping,
                                                       .keep = slot_of(domain.argument),
                                                       .given = slot_of(domain.depends_on),
                                                       .otherwise = {}}));
    }
    return bindings;
  }

  const CallSyntax& syntax_;
  const Spelling& spelling_;
  const Request& request_;
  JsonStyle style_ = {};
  GrammarBuilder builder_;
};

// The first word of the text, where it is one that marks: the text itself otherwise.
std::string first_word(const Dialect& dialect, const std::string& text) {
  for (const std::string& word : marker_texts(dialect.family)) {
    if (text.starts_with(word)) return word;
  }
  return text;
}

class Openings {
 public:
  Openings(const Dialect& dialect, const Spelling& spelling, const Request& request)
      : dialect_(dialect), spelling_(spelling), request_(request) {}

  Result<std::vector<CallOpening>> make() {
    const CallSyntax& syntax = dialect_.call;
    if (dialect_.family == DialectFamily::Harmony) {
      TRY(add_harmony());
      return std::move(openings_);
    }
    const std::string word = first_word(dialect_, syntax.opening);
    CallOpening opening = at(word);
    if (dialect_.family == DialectFamily::Llama) opening.where = CallOpening::Where::ReplyStart;
    const CallForm form{syntax.opening.substr(word.size()), syntax.after_name, syntax.close};
    CallWriter writer = this->writer();
    if (syntax.end.empty()) {
      opening.call = TRY(writer.one_call(form));
    } else {
      opening.call =
          TRY(writer.list_of_calls(form, {syntax.next_opening, syntax.after_name, syntax.close}));
    }
    openings_.push_back(std::move(opening));
    if (dialect_.family == DialectFamily::QwenXml) TRY(add_bare_xml());
    return std::move(openings_);
  }

 private:
  CallWriter writer() const { return CallWriter(dialect_, spelling_, request_); }

  CallOpening at(const std::string& word) const {
    CallOpening opening;
    opening.token = spelling_.marker(word);
    if (!opening.token) opening.text = word;
    return opening;
  }

  // A call that a model begins without the word for it.
  Result<void> add_bare_xml() {
    const CallSyntax& syntax = dialect_.call;
    const std::size_t bare = syntax.opening.find("<function=");
    const std::size_t close = syntax.close.find("</function>");
    if (bare == std::string::npos || bare == 0 || close == std::string::npos) return {};
    CallOpening opening;
    opening.text = syntax.opening.substr(bare);
    opening.where = CallOpening::Where::LineStart;
    opening.call = TRY(writer().one_call({"", syntax.after_name, "</function>"}));
    openings_.push_back(std::move(opening));
    return {};
  }

  // To whom a message goes may stand before its channel or after it.
  Result<void> add_harmony() {
    CallOpening opening;
    opening.text = " to=functions.";
    opening.where = CallOpening::Where::ChannelHeader;
    opening.call = TRY(writer().one_call({"", dialect_.call.after_name, dialect_.call.close}));
    openings_.push_back(opening);
    for (const engine::CallHead& head : dialect_.call.other_heads) {
      if (head.opening != opening.text) continue;
      opening.where = CallOpening::Where::Header;
      opening.call = TRY(writer().one_call({"", head.after_name, dialect_.call.close}));
      openings_.push_back(opening);
    }
    return {};
  }

  const Dialect& dialect_;
  const Spelling& spelling_;
  const Request& request_;
  std::vector<CallOpening> openings_;
};

}  // namespace

Result<std::vector<CallOpening>> call_openings(const Dialect& dialect, const Spelling& spelling,
                                               const Request& request) {
  const std::vector<CallOpening> none;
  if (dialect.family == DialectFamily::None || request.tools.empty()) return none;
  const bool is_gemma = dialect.call.arguments == ArgumentSpelling::Gemma;
  if (is_gemma && !spelling.marker(kGemmaQuote)) return none;
  return Openings(dialect, spelling, request).make();
}

}  // namespace temper::providers
