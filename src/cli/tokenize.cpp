// `temper tokenize MODEL [TEXT]`: how a model reads a text, and what tokens say.
#include <algorithm>
#include <string>
#include <vector>

#include "base/format.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cli/local_models.h"
#include "cli/registry.h"
#include "cli/standard_input.h"
#include "engine/tokenizer/tokenizer.h"

namespace temper::cli {
namespace {

using engine::TokenId;
using engine::Tokenizer;
using engine::TokenKind;

// What is worth saying of a token; nothing of an ordinary one.
std::string_view kind_name(const Tokenizer& tokenizer, TokenId id) {
  switch (tokenizer.kind(id)) {
    case TokenKind::Normal: return "";
    case TokenKind::Unknown: return "unknown";
    case TokenKind::Control: return "control";
    case TokenKind::UserDefined: return "user-defined";
    case TokenKind::Byte: return "byte";
    case TokenKind::Undefined:
    case TokenKind::Unused: return "unused";
  }
  return "";
}

std::string joined(const std::vector<TokenId>& tokens) {
  std::vector<std::string> ids;
  ids.reserve(tokens.size());
  for (const TokenId id : tokens) ids.push_back(format("{}", id));
  return join(ids, ",");
}

std::string hex(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes) digits += format("{:02x}", static_cast<unsigned char>(byte));
  return digits;
}

Json to_json(const Tokenizer& tokenizer, const std::vector<TokenId>& tokens) {
  Json list = Json::array();
  for (const TokenId id : tokens) {
    const std::string_view piece = tokenizer.piece(id);
    Json token = Json::object({{"id", id}, {"piece", piece}});
    if (!is_valid_utf8(piece)) token.set("bytes", hex(piece));
    if (const std::string_view kind = kind_name(tokenizer, id); !kind.empty()) {
      token.set("kind", kind);
    }
    list.push(std::move(token));
  }
  return Json::object({{"count", tokens.size()}, {"tokens", std::move(list)}});
}

// Not a Table, which would take the spaces in pieces for places to break lines.
void print_tokens(Output& out, const Tokenizer& tokenizer, const std::vector<TokenId>& tokens) {
  std::size_t id_width = 0;
  for (const TokenId id : tokens) id_width = std::max(id_width, format("{}", id).size());
  const std::string quote = out.styled(Style::Dim, "\"");
  for (const TokenId id : tokens) {
    const std::string_view kind = kind_name(tokenizer, id);
    const std::string piece = printable(tokenizer.piece(id), LineBreaks::Escape);
    out.line(format("  {}  {}{}{}{}", pad(format("{}", id), id_width, Align::Right), quote, piece,
                    quote, kind.empty() ? "" : "  " + out.styled(Style::Dim, kind)));
  }
}

Result<ExitCode> decode(Context& context, const Tokenizer& tokenizer, const std::string& list) {
  std::vector<TokenId> tokens;
  for (const std::size_t id : TRY(parse_numbers("--decode", list))) {
    if (id >= tokenizer.size()) {
      return Error{Code::Invalid, format("--decode: there is no token {}; the last one is {}", id,
                                         tokenizer.size() - 1)};
    }
    tokens.push_back(static_cast<TokenId>(id));
  }
  const auto shown =
      context.arguments.has("--special") ? engine::SpecialsShown::Yes : engine::SpecialsShown::No;
  const std::string text = tokenizer.decode(tokens, shown);
  context.out.line(context.arguments.has("--json") ? Json::object({{"text", text}}).dump()
                                                   : printable(text));
  return ExitCode::Success;
}

void print(Context& context, const Tokenizer& tokenizer, const std::vector<TokenId>& tokens,
           std::size_t text_bytes) {
  const Arguments& arguments = context.arguments;
  if (arguments.has("--json")) {
    context.out.line(to_json(tokenizer, tokens).dump_pretty());
  } else if (arguments.has("--count")) {
    context.out.line(format("{}", tokens.size()));
  } else if (arguments.has("--ids")) {
    context.out.line(joined(tokens));
  } else {
    print_tokens(context.out, tokenizer, tokens);
    context.out.line(context.out.styled(
        Style::Dim, format("  {} token{} of {} byte{}", format_grouped(tokens.size()),
                           tokens.size() == 1 ? "" : "s", format_grouped(text_bytes),
                           text_bytes == 1 ? "" : "s")));
  }
}

Result<ExitCode> run(Context& context) {
  const Arguments& arguments = context.arguments;
  const auto list = arguments.value("--decode");
  if (list && arguments.has("TEXT")) {
    return Error{Code::Invalid, "--decode makes text of tokens; leave out the TEXT"};
  }
  const engine::ModelFile file = TRY(open_model_file(context, *arguments.value("MODEL")));
  const std::unique_ptr<Tokenizer> tokenizer = TRY(Tokenizer::load(file.first()));
  if (list) return decode(context, *tokenizer, *list);

  const std::string text = TRY(argument_or_input(context, "TEXT"));
  const auto specials =
      arguments.has("--special") ? engine::Specials::Parsed : engine::Specials::AsText;
  const auto ends = arguments.has("--no-bos") ? engine::Ends::None : engine::Ends::Added;
  print(context, *tokenizer, tokenizer->encode(text, specials, ends), text.size());
  return ExitCode::Success;
}

}  // namespace

Command tokenize_command() {
  return {
      .name = "tokenize",
      .group = Group::Models,
      .summary = "how a model reads a text: its tokens",
      .description =
          "Prints a line for each token: its number, and the text it stands for. What shows the "
          "beginning or end of a text to the model is added where the model's file asks for it. "
          "Only the vocabulary is read, so it takes no longer for a large model.",
      .positionals = {{.name = "MODEL", .help = "a GGUF file", .completes = Completes::Files},
                      {.name = "TEXT",
                       .help = "what to read; without it, the standard input",
                       .required = false}},
      .options = {{.name = "--ids", .help = "print only the numbers, as --decode takes them"},
                  {.name = "--count", .help = "print only how many tokens there are"},
                  {.name = "--special",
                   .help = "texts of control tokens, such as <|im_start|>, are these tokens; with "
                           "--decode, show them"},
                  {.name = "--no-bos", .help = "add nothing at the beginning and the end"},
                  {.name = "--decode",
                   .value = "IDS",
                   .help = "print the text of tokens, as in 1,2,3"},
                  json_option()},
      .examples = {{"temper tokenize model.gguf \"int main() {\"", "each token and its text"},
                   {"temper tokenize model.gguf --count < prompt.txt", "how long a prompt is"},
                   {"temper tokenize model.gguf --decode 9707,11,1879", "back to text"}},
      .exits = {{ExitCode::Failed, "the file is damaged, or has a tokenizer that is not known"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

}  // namespace temper::cli
