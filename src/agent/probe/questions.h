// What a probe asks, and what counts as the right answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chat/message.h"

namespace temper::agent {

// The tools of an agent, as it would have them.
std::vector<chat::ToolSpec> probe_tools();

// A conversation whose next message should be one call.
struct CallQuestion {
  std::string name;
  std::vector<chat::Message> messages;
  std::string tool;
  Json arguments;  // those that must be there, with their values
};
const std::vector<CallQuestion>& call_questions();

// A conversation whose next message should be words, and end.
struct WordsQuestion {
  std::string name;
  std::vector<chat::Message> messages;
  std::string contains;  // what a right answer says; empty: anything
};
const std::vector<WordsQuestion>& words_questions();

// Is the call one of these tools', with arguments as it declares them?
bool is_valid_call(const chat::ToolCall& call, const std::vector<chat::ToolSpec>& tools);
// The call that was asked for: white space around a text does not matter.
bool is_wanted_call(const chat::ToolCall& call, const CallQuestion& question);

// A text with two facts of the same kind far apart in it.
struct FactsText {
  std::string text;
  struct Fact {
    std::string colour;
    std::string key;
  };
  Fact first;
  Fact second;
};
// Of about so many bytes. The same seed gives the same text.
FactsText make_facts_text(std::size_t bytes, std::uint64_t seed);
std::string facts_question(const FactsText::Fact& fact);

enum class FactAnswer { Right, MixedUp, Missed };
FactAnswer judge_fact(std::string_view answer, const FactsText::Fact& asked,
                      const FactsText::Fact& other);

}  // namespace temper::agent
