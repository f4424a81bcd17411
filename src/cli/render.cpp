// `temper render FILE [CONVERSATION]`: what a model would read of a conversation.
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/text.h"
#include "cli/registry.h"
#include "engine/gguf/open.h"
#include "engine/template/chat_template.h"
#include "engine/template/chat_variables.h"

namespace temper::cli {
namespace {

using engine::ChatInput;
using engine::ChatTemplate;
using engine::GgufFile;
using engine::Rendered;

constexpr std::size_t kMaxConversationBytes = 64 * 1024 * 1024;
constexpr std::string_view kTemplateKey = "tokenizer.chat_template";

// A template, and what comes with it.
struct Source {
  std::string text;
  std::string name;  // for errors
  std::string bos_token;
  std::string eos_token;
};

std::string resolved(const Context& context, const std::string& name) {
  return std::filesystem::path(context.directory) / name;
}

// ---- Where the template is ----

Result<bool> is_gguf(const std::string& path) {
  const OpenedFile file = TRY(open_regular_file(path));
  std::array<char, 4> magic{};
  const std::size_t read = TRY(read_some(file.descriptor.get(), magic.data(), magic.size(), path));
  return std::string_view(magic.data(), read) == "GGUF";
}

// The text of the token whose id stands under `key`; empty where the file names none.
std::string token_at(const GgufFile& file, std::string_view key) {
  if (file.find(key) == nullptr) return "";
  const auto id = file.at<std::uint64_t>(key);
  const auto tokens = file.list_at<std::string_view>("tokenizer.ggml.tokens");
  return id && tokens && *id < tokens->size() ? std::string((*tokens)[*id]) : "";
}

Error no_template(const GgufFile& file, std::string_view wanted) {
  std::vector<std::string> names;
  for (const engine::MetadataEntry& entry : file.metadata()) {
    if (!entry.key.starts_with(kTemplateKey)) continue;
    const std::string_view rest = entry.key.substr(kTemplateKey.size());
    if (rest.starts_with('.')) names.push_back(printable(rest.substr(1), LineBreaks::Escape));
  }
  const std::string has = names.empty() ? "" : format("; --template takes {}", join(names, ", "));
  if (wanted.empty()) {
    return Error{Code::NotFound, format("{} has no chat template{}", file.name(), has)};
  }
  return Error{Code::NotFound,
               format("{} has no chat template called \"{}\"{}", file.name(), wanted, has)};
}

Result<Source> source_of_model(const std::string& path, const std::string& name,
                               const std::string& wanted) {
  const engine::OpenGguf opened = TRY(engine::open_gguf(path, name));
  const std::string key = std::string(kTemplateKey) + (wanted.empty() ? "" : "." + wanted);
  if (opened.file.find(key) == nullptr) return no_template(opened.file, wanted);
  Source source;
  source.text = TRY(opened.file.at<std::string_view>(key));
  source.name = format("the chat template of {}", name);
  source.bos_token = token_at(opened.file, "tokenizer.ggml.bos_token_id");
  source.eos_token = token_at(opened.file, "tokenizer.ggml.eos_token_id");
  return source;
}

Result<Source> read_source(const Context& context) {
  const std::string name = *context.arguments.value("FILE");
  const std::string path = resolved(context, name);
  const std::string wanted = context.arguments.value("--template").value_or("");
  if (TRY(is_gguf(path))) return source_of_model(path, name, wanted);
  if (!wanted.empty()) {
    return Error{Code::Invalid, format("--template is for GGUF files, and {} is none", name)};
  }
  Source source;
  source.text = TRY(read_file(path, engine::TemplateLimits{}.max_source_bytes));
  source.name = name;
  return source;
}

// ---- What is said in it ----

Result<std::string> read_standard_input() {
  std::string bytes;
  std::array<char, 65536> buffer{};
  while (true) {
    const std::size_t read =
        TRY(read_some(STDIN_FILENO, buffer.data(), buffer.size(), "standard input"));
    if (read == 0) return bytes;
    bytes.append(buffer.data(), read);
    if (bytes.size() > kMaxConversationBytes) {
      return Error{Code::Limit,
                   format("standard input has more than {}", format_bytes(kMaxConversationBytes))};
    }
  }
}

Result<Json> read_conversation(const Context& context) {
  const std::string name = context.arguments.value("CONVERSATION").value_or("-");
  const std::string text =
      TRY(name == "-" ? read_standard_input()
                      : read_file(resolved(context, name), kMaxConversationBytes));
  Result<Json> json = parse_json(text, {.max_bytes = kMaxConversationBytes});
  if (!json) return in_context(name == "-" ? "standard input" : name, json.error());
  return json;
}

// A list is the messages; an object has them, and perhaps tools and other variables.
Result<ChatInput> input_from(Json conversation) {
  ChatInput input;
  if (conversation.is_array()) {
    input.messages = std::move(conversation);
    return input;
  }
  if (conversation.find("messages") == nullptr) {
    return Error{Code::Invalid,
                 "the conversation is neither a list of messages nor an object with `messages`"};
  }
  input.extra = Json::object();
  for (auto& [name, value] : *conversation.members()) {
    if (name == "messages") {
      input.messages = std::move(value);
    } else if (name == "tools") {
      input.tools = std::move(value);
    } else {
      input.extra.set(name, std::move(value));
    }
  }
  return input;
}

Result<void> set_variables(const Arguments& arguments, Json& extra) {
  for (const std::string& word : arguments.values("--set")) {
    const std::size_t equals = word.find('=');
    if (equals == 0 || equals == word.npos) {
      return Error{Code::Invalid, format("--set takes NAME=JSON, not \"{}\"", word)};
    }
    Result<Json> value = parse_json(std::string_view(word).substr(equals + 1));
    if (!value) return in_context("--set " + word.substr(0, equals), value.error());
    extra.set(word.substr(0, equals), std::move(value).take());
  }
  return {};
}

// ---- What comes out ----

void print_json(Output& out, const Rendered& rendered) {
  Json segments = Json::array();
  for (const engine::RenderedSegment& segment : rendered.segments) {
    segments.push(Json::object({{"text", segment.text}, {"trusted", segment.trusted}}));
  }
  out.line(
      Json::object({{"text", rendered.text()}, {"segments", std::move(segments)}}).dump_pretty());
}

void print_segments(Output& out, const Rendered& rendered) {
  for (const engine::RenderedSegment& segment : rendered.segments) {
    out.write(segment.trusted ? out.styled(Style::Green, "template      ") : "conversation  ");
    out.line(printable(segment.text, LineBreaks::Escape));
  }
}

Result<ExitCode> run(Context& context) {
  const Source source = TRY(read_source(context));
  const ChatTemplate chat = TRY(ChatTemplate::parse(source.text, source.name));
  ChatInput input = TRY(input_from(TRY(read_conversation(context))));
  input.bos_token = source.bos_token;
  input.eos_token = source.eos_token;
  input.add_generation_prompt = !context.arguments.has("--no-generation-prompt");
  TRY(set_variables(context.arguments, input.extra));
  const Json variables = TRY(engine::chat_variables(std::move(input)));
  const Rendered rendered = TRY(chat.render(variables, {.now = context.clock.wall()}));

  if (context.arguments.has("--json")) {
    print_json(context.out, rendered);
  } else if (context.arguments.has("--show-trust")) {
    print_segments(context.out, rendered);
  } else {
    const std::string text = rendered.text();
    context.out.write(printable(text));
    if (!text.ends_with('\n')) context.out.line();
  }
  return ExitCode::Success;
}

}  // namespace

Command render_command() {
  return {
      .name = "render",
      .group = Group::Models,
      .summary = "what a model reads of a conversation",
      .description =
          "Writes the text that a model's chat template makes of a conversation, which is JSON: "
          "a list of messages as OpenAI's clients send them, or an object with `messages` and "
          "perhaps `tools` and other variables of the template.\n\n"
          "The text is shown so that a terminal is safe from it; --json has every byte.",
      .positionals = {{.name = "FILE",
                       .help = "a GGUF file, or a template in a file of its own",
                       .completes = Completes::Files},
                      {.name = "CONVERSATION",
                       .help = "a JSON file; standard input where it is not given",
                       .required = false,
                       .completes = Completes::Files}},
      .options = {{.name = "--template",
                   .value = "NAME",
                   .help = "another template of the file, such as tool_use"},
                  {.name = "--set",
                   .value = "NAME=JSON",
                   .help = "a variable of the template, such as enable_thinking=false",
                   .repeatable = true},
                  {.name = "--no-generation-prompt", .help = "do not begin the answer at the end"},
                  {.name = "--show-trust",
                   .help = "list the pieces, each with who wrote it: only what the template "
                           "wrote can hold control tokens"},
                  json_option()},
      .examples = {{"temper render model.gguf chat.json", "the prompt as the model reads it"},
                   {"echo '[{\"role\":\"user\",\"content\":\"Hi\"}]' | temper render model.gguf",
                    "a conversation from standard input"}},
      .exits = {{ExitCode::Failed,
                 "a file is missing, the template is damaged, or it refuses the conversation"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

}  // namespace temper::cli
