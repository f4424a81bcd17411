// Small models of every dialect for tests, and a chooser that makes them say what a test
// wants.
#pragma once

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/verify.h"
#include "engine/dialect/conversation.h"
#include "engine/dialect/detect.h"
#include "engine/kernels/kernels.h"
#include "fixtures/tiny_gguf.h"
#include "providers/local_provider.h"
#include "support/temporary.h"

namespace temper::providers {

inline std::string read_test_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  VERIFY(file.is_open(), "the file is there");
  return {std::istreambuf_iterator<char>(file), {}};
}

struct TinyDialect {
  std::string name;        // of the template, without its ending
  bool has_tokens = true;  // for its words; otherwise they are text
};

inline std::vector<TinyDialect> tiny_dialects() {
  return {{"qwen_xml"},     {"hermes"}, {"hermes_compact"}, {"mistral"}, {"mistral", false},
          {"mistral_list"}, {"gemma"},  {"llama"},          {"harmony"}, {"none"}};
}

// The model as a file, for as long as this lives.
class TinyModel {
 public:
  explicit TinyModel(const TinyDialect& which) : directory_(make_temporary_directory()) {
    source_ = read_test_file(TEMPER_SOURCE_DIR "/tests/golden/dialect_templates/" + which.name +
                             ".jinja");
    const Result<engine::ChatTemplate> parsed = engine::ChatTemplate::parse(source_, which.name);
    VERIFY(parsed.ok(), "the template is one");
    dialect_ = detect_dialect(*parsed, source_);
    std::vector<std::string> control;
    if (which.has_tokens) control = marker_texts(dialect_.family);
    path_ = directory_.path() + "/model.gguf";
    std::ofstream(path_, std::ios::binary) << engine::make_tiny_gguf(source_, control);
  }

  // Another model, which knows nothing of the template.
  TinyModel(const TinyDialect& which, std::string path) : TinyModel(which) {
    path_ = std::move(path);
  }

  const std::string& chat_template() const { return source_; }
  const engine::Dialect& dialect() const { return dialect_; }
  const std::string& path() const { return path_; }
  // The template without what it says of tools, for which a prompt of many is short.
  std::string template_without_tools() const { return "{%- set tools = none -%}" + source_; }

  std::unique_ptr<engine::LocalModel> load(std::size_t context) const {
    return load_model(path_, context);
  }

  static std::unique_ptr<engine::LocalModel> load_model(const std::string& path,
                                                        std::size_t context) {
    engine::LoadOptions options;
    options.kernels = engine::available_kernels(detect_cpu_features()).back();
    options.context = context;
    options.step = 64;
    Result<engine::ModelFile> file = engine::ModelFile::open(path);
    VERIFY(file.ok(), "the file is a model");
    auto model = engine::LocalModel::load(std::move(file).take(), options);
    VERIFY(model.ok(), "the model loads");
    return std::move(model).take();
  }

  std::string prompt(const chat::Request& request) const {
    return render(request, request.messages, true);
  }

  // What the model has to write for such a message, after the prompt of a request.
  std::string written(const chat::Request& request, std::vector<chat::Part> parts) const {
    const std::string prompt = render(request, request.messages, true);
    std::vector<chat::Message> messages = request.messages;
    messages.push_back({chat::Role::Assistant, std::move(parts)});
    std::string whole = render(request, messages, false);
    VERIFY(whole.starts_with(prompt), "the template writes a turn as it is asked for");
    return whole.substr(prompt.size());
  }

 private:
  std::string render(const chat::Request& request, const std::vector<chat::Message>& messages,
                     bool asks) const {
    engine::ConversationOptions how;
    how.add_generation_prompt = asks;
    const Result<Json> variables = conversation_variables(dialect_, messages, request.tools, how);
    VERIFY(variables.ok(), "the conversation is one");
    const Result<engine::ChatTemplate> parsed = engine::ChatTemplate::parse(source_, "test");
    const Result<engine::Rendered> rendered = parsed->render(*variables, {});
    VERIFY(rendered.ok(), "the template takes the conversation");
    return rendered->text();
  }

  TemporaryDirectory directory_;
  std::string source_;
  std::string path_;
  engine::Dialect dialect_;
};

enum class ScriptEnd { EndsTurn, Fails, FailsAtOnce };

// Says a text, in the longest tokens that are allowed.
class ScriptedChooser final : public TokenChooser {
 public:
  ScriptedChooser(const engine::Tokenizer& tokenizer, std::string text,
                  ScriptEnd end = ScriptEnd::EndsTurn)
      : tokenizer_(tokenizer), left_(std::move(text)), end_(end) {}

  Result<engine::TokenId> choose(std::span<const float>, engine::TokenMask allowed) override {
    if (end_ == ScriptEnd::FailsAtOnce) return Error{Code::Io, "the script says so"};
    engine::TokenId best = -1;
    std::size_t longest = 0;
    for (engine::TokenId token = 0; tokenizer_.is_valid(token); ++token) {
      const bool ends = tokenizer_.is_end_of_generation(token);
      const std::string_view text = tokenizer_.shown(token, engine::SpecialsShown::Yes, false);
      if (!allowed.allows(token)) continue;
      if (left_.empty() && ends && end_ == ScriptEnd::EndsTurn) return token;
      if (!text.empty() && left_.starts_with(text) && text.size() > longest) {
        best = token;
        longest = text.size();
      }
    }
    if (best < 0) return Error{Code::Invalid, "the script may not go on here: \"" + left_ + "\""};
    return best;
  }

  void accept(engine::TokenId token) override {
    const std::string_view text = tokenizer_.shown(token, engine::SpecialsShown::Yes, false);
    before_ = left_;
    if (left_.starts_with(text)) {
      left_.erase(0, text.size());
    } else if (!tokenizer_.is_end_of_generation(token)) {
      left_ = "(the model was made to say " + std::string(text) + ")" + left_;
    }
  }

  void take_back() override { left_ = before_; }

 private:
  const engine::Tokenizer& tokenizer_;
  std::string left_;
  std::string before_;  // the last token
  ScriptEnd end_;
};

inline Clock& test_clock() {
  static SystemClock clock;
  return clock;
}

}  // namespace temper::providers
