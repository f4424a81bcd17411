// What a reader has read, as events: neighbours joined, calls numbered, white space that
// belongs to the dialect left out.
//
// Keeps the rules of chat/provider.h that readers could break: no text inside a call, no
// empty delta, and no end of a call whose arguments are not one JSON object.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "chat/events.h"

namespace temper::engine {

enum class SpeechKind : std::uint8_t { Text, Thinking };

class ReaderOutput {
 public:
  static constexpr std::size_t kMaxArgumentBytes = 16 * 1024 * 1024;
  static constexpr std::size_t kMaxNameBytes = 256;

  // `lead`: what the dialect puts between speech and a call.
  ReaderOutput(std::string lead, std::uint64_t first_call_number)
      : lead_(std::move(lead)), next_id_(first_call_number) {}

  // White space is held until it is known what follows it.
  void say(SpeechKind kind, std::string_view bytes);
  // Speech ends here. What was only white space is dropped; of white space at its end, what
  // belongs to the dialect: the longest end that `lead` ends with too.
  void end_speech(std::string_view lead);

  // Is it a name that a call may have?
  static bool is_name(std::string_view name);
  // Ends the speech before it. `name` is one. An id is made where the model gave none, or one that
  // is taken.
  void begin_call(std::string_view name, std::string_view id = {});
  void arguments(std::string_view json);
  // Fails the reply where the arguments are not a JSON object.
  void end_call();
  bool call_open() const { return call_open_; }
  std::size_t calls_ended() const { return calls_ended_; }

  // The call that is open is not written as it must be: nothing more is said.
  void fail(std::string_view why);
  const std::optional<Error>& failure() const { return failure_; }

  std::vector<chat::StreamEvent> take();

 private:
  void emit(SpeechKind kind, std::string_view text);
  std::string unused_id(std::string_view wanted);

  std::string lead_;
  std::vector<chat::StreamEvent> events_;
  SpeechKind kind_ = SpeechKind::Text;
  bool spoke_ = false;
  std::string space_;  // held
  bool call_open_ = false;
  std::string name_;
  std::string arguments_;
  std::size_t calls_begun_ = 0;
  std::size_t calls_ended_ = 0;
  std::uint64_t next_id_;
  std::set<std::string, std::less<>> ids_;
  std::optional<Error> failure_;
};

// Text as it stands inside a JSON string. Control characters are escaped; what is not ASCII
// stays as it is.
void append_json_escaped(std::string& json, std::string_view text);

}  // namespace temper::engine
