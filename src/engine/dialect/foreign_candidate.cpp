#include "engine/dialect/foreign_candidate.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "engine/dialect/foreign_cues.h"
#include "engine/dialect/markers.h"
#include "engine/dialect/transcoder.h"

namespace temper::engine {
namespace {

constexpr std::size_t kMaxHeadBytes = 400;  // of what is looked at to see what opens

// Of the beginning of a name, how it stands to the word: 0 unlike, 1 the beginning of it,
// 2 begins with it.
int begins_like(std::string_view text, std::string_view word) {
  if (text.starts_with(word)) return 2;
  return word.starts_with(text) ? 1 : 0;
}

// A call that a family's own reader reads.
class SpelledCandidate : public ForeignCandidate, private SymbolSink {
 public:
  SpelledCandidate(DialectFamily family, CallOpening opening, const ToolSchemas& schemas)
      : schemas_(schemas),
        reader_(make_call_reader(family, opening, output_, schemas)),
        symbols_(family, {}, *this) {}

  CallVerdict feed(char byte) override {
    symbols_.add(std::string_view(&byte, 1), false);
    return verdict_;
  }

  std::vector<ForeignCall> calls() override {
    std::vector<ForeignCall> all;
    for (const chat::StreamEvent& event : output_.take()) {
      if (const auto* begin = std::get_if<chat::CallBegin>(&event))
        all.push_back({begin->name, {}});
      if (const auto* delta = std::get_if<chat::CallDelta>(&event)) {
        all.back().arguments += delta->arguments;
      }
    }
    for (const ForeignCall& call : all) {
      const Result<Json> arguments = parse_json(call.arguments);
      if (!schemas_.knows(call.name) || !arguments || has_placeholder(*arguments)) return {};
    }
    return all;
  }

 private:
  void symbol(const Symbol& symbol) override {
    if (verdict_ != CallVerdict::More) return;
    verdict_ = reader_->feed(symbol);
    if (output_.failure()) verdict_ = CallVerdict::Refused;
  }

  const ToolSchemas& schemas_;
  ReaderOutput output_{{}, 1};
  std::unique_ptr<CallReader> reader_;
  SymbolReader symbols_;
  CallVerdict verdict_ = CallVerdict::More;
};

// <tool_call> and what comes then: JSON or tags.
class TaggedCandidate : public ForeignCandidate {
 public:
  explicit TaggedCandidate(const ToolSchemas& schemas) : schemas_(schemas) {}

  CallVerdict feed(char byte) override {
    if (!inner_) {
      if (is_json_space(byte)) return CallVerdict::More;
      if (byte != '{' && byte != '<') return CallVerdict::Refused;
      inner_.emplace(byte == '{' ? DialectFamily::Hermes : DialectFamily::QwenXml,
                     CallOpening::Marked, schemas_);
    }
    return inner_->feed(byte);
  }

  std::vector<ForeignCall> calls() override { return inner_->calls(); }

 private:
  const ToolSchemas& schemas_;
  std::optional<SpelledCandidate> inner_;
};

// JSON with nothing around it, or with a head that names the tool.
class JsonCandidate : public ForeignCandidate {
 public:
  JsonCandidate(const ToolSchemas& schemas, std::string name)
      : schemas_(schemas), name_(std::move(name)) {}

  CallVerdict feed(char byte) override {
    if (json_.size() > ReaderOutput::kMaxArgumentBytes) return CallVerdict::Refused;
    switch (transcoder_.feed(byte, json_)) {
      case JsonTranscoder::State::More: return CallVerdict::More;
      case JsonTranscoder::State::Done: return CallVerdict::Finished;
      case JsonTranscoder::State::Bad: break;
    }
    return CallVerdict::Refused;
  }

  std::vector<ForeignCall> calls() override {
    const Result<Json> parsed = parse_json(json_);
    if (!parsed) return {};
    if (name_.empty()) return calls_in_json(*parsed, schemas_);
    if (!parsed->is_object() || has_placeholder(*parsed)) return {};
    return {{name_, json_}};
  }

 private:
  const ToolSchemas& schemas_;
  std::string name_;
  JsonTranscoder transcoder_;
  std::string json_;
};

// Harmony, with or without its control tokens: "<|start|>assistant<|channel|>commentary
// to=functions.NAME <|constrain|>json<|message|>{...}".
struct Head {
  Opens opens = Opens::Nothing;
  std::string name;
  std::size_t length = 0;  // up to the {
};

Head harmony_head(std::string_view text, const ToolSchemas& schemas) {
  constexpr std::string_view kBefore[] = {"<|start|>", "assistant", "<|channel|>", "commentary",
                                          " "};
  constexpr std::size_t kMaxBefore = 64;
  constexpr std::string_view kTo = "to=functions.";
  constexpr std::string_view kAfter[] = {
      "<|channel|>", "commentary", "<|constrain|>", "<|message|>", "json", "code", " ", "\n"};
  std::size_t at = 0;
  const auto skip = [&](const auto& words) {
    for (bool found = true; found;) {
      found = false;
      for (const std::string_view word : words) {
        const int like = at == text.size() ? 1 : begins_like(text.substr(at), word);
        if (like == 1) return false;
        if (like != 2) continue;
        at += word.size();
        found = true;
        break;
      }
    }
    return true;
  };
  const bool clear = skip(kBefore);
  if (at > kMaxBefore) return {};
  if (!clear) return {Opens::Unclear, {}, 0};
  const int to = begins_like(text.substr(at), kTo);
  if (to != 2) return {to == 1 ? Opens::Unclear : Opens::Nothing, {}, 0};
  at += kTo.size();
  const std::size_t end = text.find_first_of(" <{\n", at);
  if (end == text.npos) return {Opens::Unclear, {}, 0};
  const std::string name(text.substr(at, end - at));
  if (!schemas.knows(name)) return {};
  at = end;
  if (!skip(kAfter)) return {Opens::Unclear, {}, 0};
  if (text[at] != '{') return {};
  return {Opens::Call, name, at};
}

Opening opened(std::unique_ptr<ForeignCandidate> candidate, std::size_t fed) {
  return {Opens::Call, std::move(candidate), fed};
}

// A tool's name, and right behind it what Mistral's models write of a call where the
// server has taken their first control token away.
Opening open_by_name(std::string_view text, const ToolSchemas& schemas) {
  Opening opening;
  for (const auto& [name, arguments] : schemas.tools()) {
    const int like = begins_like(text, name);
    if (like == 0) continue;
    const std::string_view rest = text.substr(std::min(name.size(), text.size()));
    int next = like == 1 ? 1 : 0;
    for (const std::string_view word : {"[ARGS]", "[CALL_ID]", "{"}) {
      if (like == 2) next = std::max(next, begins_like(rest, word));
    }
    if (next == 2) {
      return opened(
          std::make_unique<SpelledCandidate>(DialectFamily::Mistral, CallOpening::Marked, schemas),
          0);
    }
    if (next == 1) opening.opens = Opens::Unclear;
  }
  return opening;
}

struct Word {
  std::string_view text;
  DialectFamily family;
};
constexpr Word kWords[] = {{"[TOOL_CALLS]", DialectFamily::Mistral},
                           {"<|tool_call>", DialectFamily::Gemma},
                           {"<|python_tag|>", DialectFamily::Llama}};

// Words that only control tokens have.
Opening open_by_word(std::string_view text, const ToolSchemas& schemas) {
  Opening opening;
  for (const Word& word : kWords) {
    const int like = begins_like(text, word.text);
    if (like == 2) {
      return opened(std::make_unique<SpelledCandidate>(word.family, CallOpening::Marked, schemas),
                    word.text.size());
    }
    if (like == 1) opening.opens = Opens::Unclear;
  }
  return opening;
}

}  // namespace

Opening open_call(std::string_view text, const ToolSchemas& schemas) {
  if (text.size() > kMaxHeadBytes) text = text.substr(0, kMaxHeadBytes);
  bool unclear = text.empty();
  Opening opening = open_by_word(text, schemas);
  if (opening.opens == Opens::Call) return opening;
  unclear = unclear || opening.opens == Opens::Unclear;
  constexpr std::string_view kTag = "<tool_call>";
  const int tag = begins_like(text, kTag);
  if (tag == 2) return opened(std::make_unique<TaggedCandidate>(schemas), kTag.size());
  const int function = begins_like(text, "<function=");
  if (function == 2) {
    return opened(
        std::make_unique<SpelledCandidate>(DialectFamily::QwenXml, CallOpening::Bare, schemas), 0);
  }
  unclear = unclear || tag == 1 || function == 1;
  Head head = harmony_head(text, schemas);
  if (head.opens == Opens::Call) {
    return opened(std::make_unique<JsonCandidate>(schemas, std::move(head.name)), head.length);
  }
  unclear = unclear || head.opens == Opens::Unclear;
  opening = open_by_name(text, schemas);
  if (opening.opens == Opens::Call) return opening;
  unclear = unclear || opening.opens == Opens::Unclear;
  if (unclear && text.size() < kMaxHeadBytes) return {Opens::Unclear};
  if (text.front() == '{' || text.front() == '[') {
    return opened(std::make_unique<JsonCandidate>(schemas, std::string{}), 0);
  }
  return {};
}

Opening open_call_within_line(std::string_view text, const ToolSchemas& schemas) {
  Opening opening = open_by_word(text, schemas);
  if (opening.opens != Opens::Nothing) return opening;
  constexpr std::string_view kChannel = "<|channel|>commentary to=";
  constexpr std::string_view kStart = "<|start|>assistant";
  const int channel = begins_like(text, kChannel);
  const int start = begins_like(text, kStart);
  if (channel == 1 || start == 1) return {Opens::Unclear};
  if (channel != 2 && start != 2) return {};
  Head head = harmony_head(text, schemas);
  if (head.opens != Opens::Call) {
    return {text.size() < kMaxHeadBytes ? head.opens : Opens::Nothing};
  }
  return opened(std::make_unique<JsonCandidate>(schemas, std::move(head.name)), head.length);
}

std::size_t closing_length(std::string_view text) {
  bool unclear = false;
  for (const std::string_view word :
       {"</function>", "</tool_call>", "<tool_call|>", "<|call|>", "<|end|>", "<|im_end|>",
        "<|eot_id|>", "<|eom_id|>", "<|return|>", "<|tool_response>", "<turn|>", "</s>"}) {
    const int like = begins_like(text, word);
    if (like == 2) return word.size();
    unclear = unclear || like == 1;
  }
  return unclear ? std::string_view::npos : 0;
}

std::vector<ForeignCall> calls_in_block(std::string_view text, const ToolSchemas& schemas) {
  std::vector<ForeignCall> all;
  while (true) {
    while (!text.empty() &&
           (is_json_space(text.front()) || (!all.empty() && text.front() == ','))) {
      text.remove_prefix(1);
    }
    if (text.empty()) return all;
    const std::size_t closing = all.empty() ? 0 : closing_length(text);
    if (closing != 0 && closing != text.npos) {
      text.remove_prefix(closing);
      continue;
    }
    Opening opening = open_call(text, schemas);
    if (opening.opens != Opens::Call) return {};
    std::size_t at = opening.fed;
    CallVerdict verdict = CallVerdict::More;
    while (verdict == CallVerdict::More && at < text.size()) {
      verdict = opening.candidate->feed(text[at++]);
    }
    if (verdict != CallVerdict::Finished) return {};
    std::vector<ForeignCall> calls = opening.candidate->calls();
    if (calls.empty()) return {};
    std::move(calls.begin(), calls.end(), std::back_inserter(all));
    text.remove_prefix(at);
  }
}

}  // namespace temper::engine
