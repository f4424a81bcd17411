// Gemma's calls, after <|tool_call>: call:NAME{key:VALUE,...}.
#pragma once

#include <string>

#include "engine/dialect/call_reader.h"
#include "engine/dialect/transcoder.h"

namespace temper::engine {

class GemmaCallReader : public CallReader {
 public:
  explicit GemmaCallReader(ReaderOutput& output) : output_(output) {}

  CallVerdict feed(const Symbol& symbol) override;

 private:
  CallVerdict in_name(char byte);
  CallVerdict in_arguments(const Symbol& symbol);

  ReaderOutput& output_;
  bool in_arguments_ = false;
  std::string name_;  // with "call:" before it
  JsonTranscoder arguments_{ObjectSpelling::Gemma};
};

}  // namespace temper::engine
