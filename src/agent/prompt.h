// What the model is told first: who it is, where, and by which rules.
//
// Short, for it is read again in every run and small models lose the thread of a long one. No
// clock and no state of git: the same run gives the same bytes.
#pragma once

#include <string>
#include <string_view>

namespace temper::agent {

// The text that is used where the user has none of their own. {directory}, {check} and
// {notes} stand for what PromptParts has.
std::string_view usual_prompt();

struct PromptParts {
  std::string directory;
  std::string check;  // the command; empty where none is known
  std::string notes;  // what the repository says to agents
};
// A line in which only a name with nothing behind it stands is left out.
std::string make_prompt(std::string_view text, const PromptParts& parts);

}  // namespace temper::agent
