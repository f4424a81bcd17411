#include "engine/dialect/detect.h"

#include <optional>
#include <utility>
#include <vector>

#include "engine/dialect/conversation.h"
#include "engine/dialect/transcoder.h"

namespace temper::engine {
namespace {

using chat::Message;
using chat::Role;

// Words that no template has of its own.
constexpr std::string_view kQuestion = "Zq question?";
constexpr std::string_view kText = "Zq text.";
constexpr std::string_view kThought = "Zq thought.";
constexpr std::string_view kName = "zq_name";
constexpr std::string_view kSecondName = "zq_second";
constexpr std::string_view kKey = "zq_key";
constexpr std::string_view kValue = "zq_value";
constexpr std::string_view kResult = "Zq result.";
constexpr std::string_view kId = "zqcall001";

std::string arguments_text() { return R"({"zq_key": "zq_value"})"; }

chat::ToolCall call_of(std::string_view name, std::string_view id) {
  return {std::string(id), std::string(name), arguments_text()};
}

chat::ToolSpec tool_of(std::string_view name) {
  return {std::string(name), "Zq.",
          Json::object(
              {{"type", "object"},
               {"properties",
                Json::object({{std::string(kKey),
                               Json::object({{"type", "string"}, {"description", "Zq."}})}})}})};
}

bool is_space(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

// From the last `word` on; nothing where there is none.
std::optional<std::string_view> from_last(std::string_view text, std::string_view word) {
  const std::size_t at = text.rfind(word);
  return at == text.npos ? std::nullopt : std::optional(text.substr(at));
}

// Up to and with the first `word`.
std::optional<std::string_view> up_to(std::string_view text, std::string_view word) {
  const std::size_t at = text.find(word);
  return at == text.npos ? std::nullopt : std::optional(text.substr(0, at + word.size()));
}

// How long the object is that the text begins with.
std::optional<std::size_t> object_length(std::string_view text) {
  JsonTranscoder object;
  std::string json;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const JsonTranscoder::State state = object.feed(text[i], json);
    if (state == JsonTranscoder::State::Bad) return {};
    if (state == JsonTranscoder::State::Done) return i + 1;
  }
  return {};
}

DialectFamily family_of(std::string_view before, std::string_view after) {
  const bool in_json = before.ends_with(R"("name": ")") || before.ends_with(R"("name":")");
  if (before.ends_with("<function=") && after.starts_with('>')) return DialectFamily::QwenXml;
  if (before.ends_with("<|tool_call>call:")) return DialectFamily::Gemma;
  if (before.ends_with("to=functions.")) return DialectFamily::Harmony;
  if (before.ends_with("[TOOL_CALLS]")) return DialectFamily::Mistral;
  if (in_json && before.find("[TOOL_CALLS]") != before.npos) return DialectFamily::MistralList;
  if (in_json && before.find("<tool_call>") != before.npos) return DialectFamily::Hermes;
  if (in_json) return DialectFamily::Llama;
  return DialectFamily::None;
}

DialectFamily family_in_source(std::string_view source) {
  const auto has = [&](std::string_view word) { return source.find(word) != source.npos; };
  if (has("<function=")) return DialectFamily::QwenXml;
  if (has("[TOOL_CALLS]"))
    return has("[ARGS]") ? DialectFamily::Mistral : DialectFamily::MistralList;
  if (has("<|tool_call>")) return DialectFamily::Gemma;
  if (has("<|channel|>") && has("functions.")) return DialectFamily::Harmony;
  if (has("<tool_call>")) return DialectFamily::Hermes;
  if (has("<|python_tag|>")) return DialectFamily::Llama;
  return DialectFamily::None;
}

// Where what the model writes of a call begins, in what stands before its name.
std::string_view opening_word(DialectFamily family) {
  switch (family) {
    case DialectFamily::QwenXml:
    case DialectFamily::Hermes: return "<tool_call>";
    case DialectFamily::Gemma: return "<|tool_call>";
    case DialectFamily::Mistral:
    case DialectFamily::MistralList: return "[TOOL_CALLS]";
    case DialectFamily::Harmony: return "<|start|>assistant";
    case DialectFamily::Llama: return "{";
    case DialectFamily::None: break;
  }
  return {};
}

// Where it ends, in what stands behind its arguments; empty: at once.
std::string_view closing_word(DialectFamily family) {
  switch (family) {
    case DialectFamily::QwenXml:
    case DialectFamily::Hermes: return "</tool_call>";
    case DialectFamily::Gemma: return "<tool_call|>";
    case DialectFamily::MistralList:
    case DialectFamily::Llama: return "}";
    case DialectFamily::Harmony: return "<|call|>";
    case DialectFamily::Mistral:
    case DialectFamily::None: break;
  }
  return {};
}

class Detector {
 public:
  Detector(const ChatTemplate& chat, std::string_view source) : chat_(chat), source_(source) {}

  Dialect detect() {
    const auto text = render({call_message({kName})});
    const std::optional<Pair> around = text ? split_at(*text, kName) : std::nullopt;
    const DialectFamily family =
        around ? family_of(around->before, around->after) : DialectFamily::None;
    if (family == DialectFamily::None) {
      dialect_ = standard_dialect(chat_.mentions("tools") ? family_in_source(source_)
                                                          : DialectFamily::None);
      if (source_.find("<think>") == source_.npos && dialect_.thinking.open == "<think>\n") {
        dialect_.thinking = {};
        dialect_.habits.thinking_key.clear();
      }
      return dialect_;
    }
    dialect_ = standard_dialect(family);
    dialect_.habits = {};
    read_call(around->before, around->after);
    read_other_heads();
    read_second_call();
    read_lead();
    read_thinking();
    read_habits();
    return dialect_;
  }

 private:
  struct Pair {
    std::string_view before;
    std::string_view after;
  };

  static Message call_message(std::initializer_list<std::string_view> names,
                              std::string_view text = {}) {
    Message message{Role::Assistant, {}};
    if (!text.empty()) message.parts.emplace_back(chat::Text{std::string(text)});
    int number = 0;
    for (const std::string_view name : names) {
      std::string id(kId);
      id.back() = static_cast<char>('1' + number++);
      message.parts.emplace_back(call_of(name, id));
    }
    return message;
  }

  // What the template writes behind the question, without the prompt for more.
  std::optional<std::string> render(const std::vector<Message>& rest) const {
    std::vector<Message> messages{chat::text_message(Role::User, std::string(kQuestion))};
    messages.insert(messages.end(), rest.begin(), rest.end());
    const std::vector<chat::ToolSpec> tools{tool_of(kName), tool_of(kSecondName)};
    const auto variables =
        conversation_variables(dialect_, messages, tools, {.add_generation_prompt = false});
    if (!variables) return {};
    RenderOptions options;
    options.limits.max_steps = 2'000'000;
    const auto rendered = chat_.render(*variables, options);
    if (!rendered) return {};
    const std::string text = rendered->text();
    const std::size_t question = text.rfind(kQuestion);
    if (question == text.npos) return {};
    return text.substr(question + kQuestion.size());
  }

  static std::optional<Pair> split_at(std::string_view text, std::string_view word) {
    const std::size_t at = text.find(word);
    if (at == text.npos) return {};
    return Pair{text.substr(0, at), text.substr(at + word.size())};
  }

  // Each field is what the template writes, or the standard one where that is not found.
  void read_call(std::string_view before, std::string_view after) {
    CallSyntax& call = dialect_.call;
    const DialectFamily family = dialect_.family;
    if (auto opening = from_last(before, opening_word(family))) {
      if (family == DialectFamily::Harmony) opening->remove_prefix(opening_word(family).size());
      call.opening = *opening;
    }
    if (family == DialectFamily::QwenXml) return read_parameters(after);
    if (family == DialectFamily::Gemma) return;
    if (after.starts_with("[CALL_ID]")) {
      call.id_open = "[CALL_ID]";
      after.remove_prefix(call.id_open.size() + kId.size());
    }
    const std::size_t object = after.find('{');
    if (object == after.npos) return;
    call.after_name = after.substr(0, object);
    after.remove_prefix(object);
    const auto length = object_length(after);
    if (!length) return;
    if (const auto close = up_to(after.substr(*length), closing_word(family))) call.close = *close;
  }

  // The standard way is another one where the template has its own.
  void read_other_heads() {
    const CallSyntax standard = standard_dialect(dialect_.family).call;
    const CallHead read{dialect_.call.opening, dialect_.call.after_name};
    if (standard.other_heads.empty()) return;
    std::vector<CallHead> heads = standard.other_heads;
    heads.insert(heads.begin(), {standard.opening, standard.after_name});
    std::erase(heads, read);
    dialect_.call.other_heads = heads;
  }

  void read_parameters(std::string_view after) {
    CallSyntax& call = dialect_.call;
    const auto key = split_at(after, kKey);
    const auto value = key ? split_at(key->after, kValue) : std::nullopt;
    if (!value) return;
    const std::size_t open = key->before.rfind("<parameter=");
    const std::size_t end = value->after.find("</function>");
    if (open == key->before.npos || end == value->after.npos) return;
    call.after_name = key->before.substr(0, open);
    call.parameter_open = key->before.substr(open);
    call.parameter_key_close = value->before;
    call.parameter_close = value->after.substr(0, end);
    if (const auto close = up_to(value->after.substr(end), closing_word(dialect_.family))) {
      call.close = *close;
    }
  }

  void read_second_call() {
    const auto text = render({call_message({kName, kSecondName})});
    const auto first = text ? split_at(*text, kName) : std::nullopt;
    const auto second = first ? split_at(first->after, kSecondName) : std::nullopt;
    dialect_.call.many = second.has_value();
    dialect_.habits.one_call_per_message = !second;
    dialect_.call.next_opening.clear();
    if (!second) return;
    // Behind the value stand the end of the arguments, the close, and then the next.
    const std::size_t value = second->before.rfind(kValue);
    if (value == second->before.npos) return;
    std::string_view between = second->before.substr(value + kValue.size());
    const std::string_view close = dialect_.call.close;
    if (close.empty()) {
      const std::size_t end = between.find('}');
      between.remove_prefix(end == between.npos ? 0 : end + 1);
    } else {
      // The close of a JSON call begins with a bracket like the one before it.
      const std::size_t object = dialect_.call.arguments == ArgumentSpelling::Json
                                     ? between.find('}')
                                     : std::string_view::npos;
      const std::size_t at = between.find(close, object == between.npos ? 0 : object + 1);
      if (at == between.npos) return;
      between.remove_prefix(at + close.size());
    }
    dialect_.call.next_opening = between;
  }

  void read_lead() {
    const auto text = render({call_message({kName}, kText)});
    const auto after = text ? split_at(*text, kText) : std::nullopt;
    const std::size_t opening =
        after ? after->after.find(dialect_.call.opening) : std::string::npos;
    dialect_.call.lead.clear();
    if (opening == std::string::npos) return;
    const std::string_view lead = after->after.substr(0, opening);
    if (is_space(lead)) dialect_.call.lead = lead;
  }

  void read_thinking() {
    const ThinkingSyntax standard = dialect_.thinking;
    dialect_.thinking = {};
    Message message = call_message({kName});
    message.parts.insert(message.parts.begin(), chat::Thinking{std::string(kThought), {}});
    for (const std::string_view key : {"reasoning_content", "reasoning", "thinking", "content"}) {
      dialect_.habits.thinking_key = key;
      const auto text = render({message});
      const auto thought = text ? split_at(*text, kThought) : std::nullopt;
      if (thought && read_thinking(thought->before, thought->after)) return;
    }
    dialect_.habits.thinking_key.clear();
    // A template may leave the thinking of the past out, and yet ask for it.
    const std::string_view word =
        std::string_view(standard.open).substr(0, standard.open.find('\n'));
    if (!word.empty() && source_.find(word) != source_.npos) dialect_.thinking = standard;
  }

  bool read_thinking(std::string_view before, std::string_view after) {
    const std::size_t call = after.find(dialect_.call.opening);
    if (call == after.npos) return false;
    for (const std::string_view word :
         {"<think>", "[THINK]", "<|channel>", "<|channel|>analysis<|message|>"}) {
      const auto open = from_last(before, word);
      if (!open || call == 0) continue;
      dialect_.thinking = {.open = std::string(*open), .close = std::string(after.substr(0, call))};
      return true;
    }
    return false;
  }

  void read_habits() {
    if (dialect_.call.arguments == ArgumentSpelling::Json) {
      dialect_.habits.raw_arguments = true;
      Message message = call_message({kName});
      const std::string odd = "{\"zq_key\":   \"zq_value\"}";
      std::get<chat::ToolCall>(message.parts.front()).arguments = odd;
      const auto text = render({message});
      dialect_.habits.raw_arguments = text && text->find(odd) != std::string::npos;
    }
    if (dialect_.family != DialectFamily::Gemma) return;
    const auto text = render(
        {call_message({kName}), chat::result_message({std::string(kId), std::string(kResult)})});
    const auto result = text ? split_at(*text, kResult) : std::nullopt;
    dialect_.habits.results_with_calls =
        result && result->before.find("response:" + std::string(kName)) == std::string::npos;
  }

  const ChatTemplate& chat_;
  std::string_view source_;
  Dialect dialect_;
};

}  // namespace

Dialect detect_dialect(const ChatTemplate& chat, std::string_view source) {
  return Detector(chat, source).detect();
}

}  // namespace temper::engine
