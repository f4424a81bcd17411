// What it costs to write a call, with the constraint and without: the same calls, token by
// token, on the same model. The constraint looks at each token, and spares the model those
// that are forced.
//
//   TEMPER_BENCH_MODELS=model.gguf ./dev bench calls
//
// The model's choice is overruled by a script that says the call, so that any weights do;
// every token is computed as if the model had chosen it. Of each of twenty tools the first
// example is written, in Hermes' dialect; in turns with and without, the median of
// TEMPER_BENCH_ROUNDS rounds (else 3) for each call.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/verify.h"
#include "providers/local_provider.h"
#include "support/schema_validator.h"
#include "support/tiny_models.h"

namespace temper::providers {
namespace {

using Tokens = std::unordered_map<std::string, engine::TokenId>;

// Says a text in the longest tokens that are allowed.
class Speaker final : public TokenChooser {
 public:
  Speaker(const engine::Tokenizer& tokenizer, const Tokens& tokens, std::string text)
      : tokenizer_(tokenizer), tokens_(tokens), text_(std::move(text)) {}

  Result<engine::TokenId> choose(std::span<const float>, engine::TokenMask allowed) override {
    if (at_ == text_.size()) return tokenizer_.special_ids().eos;
    for (std::size_t length = std::min<std::size_t>(64, text_.size() - at_); length > 0; --length) {
      const auto found = tokens_.find(text_.substr(at_, length));
      if (found != tokens_.end() && allowed.allows(found->second)) return found->second;
    }
    return Error{Code::Invalid, "the script may not go on at: " + text_.substr(at_, 40)};
  }
  void accept(engine::TokenId token) override {
    last_ = tokenizer_.shown(token, engine::SpecialsShown::Yes, false).size();
    at_ = std::min(text_.size(), at_ + last_);
  }
  void take_back() override { at_ -= last_; }

 private:
  const engine::Tokenizer& tokenizer_;
  const Tokens& tokens_;
  std::string text_;
  std::size_t at_ = 0;
  std::size_t last_ = 0;
};

struct Call {
  chat::Request request;
  std::string text;
};

std::vector<Call> read_calls(const TinyModel& model) {
  std::vector<Call> calls;
  const std::string folder = TEMPER_SOURCE_DIR "/tests/fixtures/schemas";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const Result<std::string> text = read_file(entry.path().string(), 1 << 20);
    const Result<Json> json = text ? parse_json(*text) : Result<Json>(text.error());
    VERIFY(json.ok(), "the tools are read");
    Call call;
    call.request.tools = {{*json->string_at("name"), "", *json->find("parameters")}};
    call.request.messages = {chat::text_message(chat::Role::User, "Call the tool.")};
    const std::string arguments =
        testing::written_in_style(json->find("examples")->items()->front());
    call.text = model.written(call.request,
                              {chat::ToolCall{"call00001", call.request.tools[0].name, arguments}});
    calls.push_back(std::move(call));
  }
  std::sort(calls.begin(), calls.end(), [](auto& a, auto& b) { return a.text < b.text; });
  return calls;
}

struct Cost {
  double seconds = 0;
  std::uint64_t tokens = 0;
};

// From the end of the prompt to the end of the reply.
Cost write_call(LocalProvider& provider, const Call& call) {
  std::optional<std::chrono::steady_clock::time_point> begun;
  Cost cost;
  bool wrote_call = false;
  provider.stream(
      call.request,
      [&](const chat::StreamEvent& event) {
        const auto* prefill = std::get_if<chat::PrefillProgress>(&event);
        if (prefill != nullptr && prefill->done == prefill->total) {
          begun = std::chrono::steady_clock::now();
        }
        if (const auto* done = std::get_if<chat::Done>(&event)) {
          wrote_call = done->reason == chat::StopReason::ToolCalls;
          cost.tokens = done->usage.output_tokens;
        }
        if (const auto* failed = std::get_if<chat::Failed>(&event)) {
          std::fprintf(stderr, "%s\n", failed->error.message.c_str());
        }
        return chat::Flow::Continue;
      },
      StopToken());
  const auto ended = std::chrono::steady_clock::now();
  VERIFY(begun && wrote_call, "the call is written");
  cost.seconds = std::chrono::duration<double>(ended - *begun).count();
  return cost;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class Bench {
 public:
  explicit Bench(const std::string& path)
      : model_({"hermes"}, path),
        calls_(read_calls(model_)),
        tokenizer_(load_tokenizer(path)),
        with_(provider(true)),
        without_(provider(false)) {
    for (engine::TokenId token = 0; tokenizer_->is_valid(token); ++token) {
      tokens_.emplace(tokenizer_->shown(token, engine::SpecialsShown::Yes, false), token);
    }
  }

  void run(std::size_t rounds) {
    std::vector<double> with;
    std::vector<double> without;
    std::vector<double> ratios;
    std::uint64_t tokens = 0;
    for (const Call& call : calls_) {
      script_ = call.text;
      std::vector<double> times[2];
      write_call(*with_, call);  // the prompt is known from here on, and the grammar
      write_call(*without_, call);
      for (std::size_t round = 0; round < rounds; ++round) {
        const Cost cost = write_call(*with_, call);
        times[0].push_back(cost.seconds);
        times[1].push_back(write_call(*without_, call).seconds);
        if (round == 0) tokens += cost.tokens;
      }
      with.push_back(median(times[0]));
      without.push_back(median(times[1]));
      ratios.push_back(with.back() / without.back());
    }
    std::printf("%zu calls of %.0f tokens: median %.1f ms with, %.1f ms without, ratio %.2f\n",
                calls_.size(), static_cast<double>(tokens) / static_cast<double>(calls_.size()),
                median(with) * 1e3, median(without) * 1e3, median(ratios));
  }

 private:
  static std::unique_ptr<engine::Tokenizer> load_tokenizer(const std::string& path) {
    const Result<engine::ModelFile> file = engine::ModelFile::open(path);
    VERIFY(file.ok(), "the file is a model");
    Result<std::unique_ptr<engine::Tokenizer>> tokenizer = engine::Tokenizer::load(file->first());
    VERIFY(tokenizer.ok(), "it has a vocabulary");
    return std::move(tokenizer).take();
  }

  std::unique_ptr<LocalProvider> provider(bool constrain) {
    LocalOptions options;
    options.name = "bench";
    options.chat_template = model_.chat_template();
    options.constrain = constrain;
    options.chooser = [this](const chat::Request&) {
      return std::make_unique<Speaker>(*tokenizer_, tokens_, script_);
    };
    auto made = LocalProvider::create(model_.load(4096), test_clock(), std::move(options));
    VERIFY(made.ok(), "the provider is made");
    return std::move(made).take();
  }

  TinyModel model_;
  std::vector<Call> calls_;
  std::unique_ptr<engine::Tokenizer> tokenizer_;
  Tokens tokens_;
  std::string script_;
  std::unique_ptr<LocalProvider> with_;
  std::unique_ptr<LocalProvider> without_;
};

std::string setting(const char* name, const char* otherwise) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

}  // namespace
}  // namespace temper::providers

int main() {
  using namespace temper::providers;
  const std::string paths =
      setting("TEMPER_BENCH_MODELS", TEMPER_SOURCE_DIR "/tests/fixtures/tiny-qwen3.gguf");
  const std::size_t rounds = std::strtoul(setting("TEMPER_BENCH_ROUNDS", "3").c_str(), nullptr, 10);
  for (const std::string_view path : temper::split(paths, ':')) {
    std::printf("%s\n", std::string(path.substr(path.rfind('/') + 1)).c_str());
    Bench(std::string(path)).run(std::max<std::size_t>(rounds, 1));
  }
}
