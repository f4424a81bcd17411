#include "engine/dialect/reader.h"

#include <utility>

#include "engine/dialect/harmony_reader.h"
#include "engine/dialect/markers.h"
#include "engine/dialect/output.h"
#include "engine/dialect/plain_reader.h"
#include "engine/dialect/schemas.h"

namespace temper::engine {

struct DialectReader::State {
  State(Dialect spoken, const ReaderOptions& options)
      : dialect(std::move(spoken)),
        schemas(options.tools),
        output(dialect.call.lead, options.first_call_number) {
    if (dialect.family == DialectFamily::Harmony) {
      harmony = std::make_unique<HarmonyReader>(output, options.prompt_end);
    } else {
      plain = std::make_unique<PlainReader>(dialect, schemas, output,
                                            leaves_thinking(dialect, options.prompt_end));
    }
    SymbolSink* sink = plain.get();
    if (harmony) sink = harmony.get();
    symbols = std::make_unique<SymbolReader>(dialect.family, options.control_tokens, *sink);
  }

  bool turn_ended() const { return harmony ? harmony->turn_ended() : plain->turn_ended(); }

  void end() {
    symbols->finish();
    if (harmony) {
      harmony->end();
    } else {
      plain->end();
    }
  }

  const Dialect dialect;
  const ToolSchemas schemas;
  ReaderOutput output;
  // One of the two.
  std::unique_ptr<PlainReader> plain;
  std::unique_ptr<HarmonyReader> harmony;
  std::unique_ptr<SymbolReader> symbols;
};

DialectReader::DialectReader(Dialect dialect, const ReaderOptions& options)
    : state_(std::make_unique<State>(std::move(dialect), options)) {}
DialectReader::~DialectReader() = default;
DialectReader::DialectReader(DialectReader&&) noexcept = default;
DialectReader& DialectReader::operator=(DialectReader&&) noexcept = default;

std::vector<chat::StreamEvent> DialectReader::add(std::string_view bytes, bool is_control_token) {
  if (!wants_more()) return {};
  state_->symbols->add(bytes, is_control_token);
  return state_->output.take();
}

bool DialectReader::wants_more() const {
  return !state_->turn_ended() && !state_->output.failure();
}

bool DialectReader::is_thinking() const {
  return state_->harmony ? state_->harmony->is_thinking() : state_->plain->is_thinking();
}

ReadEnd DialectReader::finish(chat::StopReason why) {
  state_->end();
  ReadEnd end{state_->output.take(), why, state_->output.failure()};
  if (why == chat::StopReason::EndOfTurn || why == chat::StopReason::ToolCalls) {
    const bool has_calls = state_->output.calls_ended() > 0 && !state_->output.call_open();
    end.reason = has_calls ? chat::StopReason::ToolCalls : chat::StopReason::EndOfTurn;
  }
  return end;
}

}  // namespace temper::engine
