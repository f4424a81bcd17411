// A set of texts that an argument of a call may be, known to who asks and not written in
// any schema: the files that exist, a text that occurs in a file.
//
// Read byte by byte, so that a provider which owns its model can forbid what leads out of
// the set while it is being written. For all others the same set answers after the fact.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace temper::chat {

// Does not change while a request that holds it is being answered. May be read from
// several threads.
class Domain {
 public:
  // What has been read so far. Small numbers of the domain's own; equal states accept the
  // same continuations.
  using State = std::uint64_t;
  static constexpr State kDead = ~State{0};  // no member goes on like this

  virtual ~Domain() = default;

  // Where nothing has been read yet. `given` is the state at the end of the argument that
  // this one depends on (the file, for a text in it), 0 where there is none. kDead where
  // there is no member at all.
  virtual State start(State given) const = 0;
  // What follows a state that is not dead. Never a state from which no member is reached.
  virtual State next(State state, std::uint8_t byte) const = 0;
  // Is what has been read a member?
  virtual bool is_member(State state) const = 0;
};

// The state after all of the text; kDead where it is no beginning of a member.
Domain::State read(const Domain& domain, std::string_view text, Domain::State given = 0);
bool contains(const Domain& domain, std::string_view text, Domain::State given = 0);

// That an argument of a tool, a string at the top of its object, is of a domain.
struct ArgumentDomain {
  std::string tool;
  std::string argument;
  std::shared_ptr<const Domain> domain;
  // The argument, of the same call and written before this one, whose final state `start`
  // is given. Empty: none.
  std::string depends_on = {};

  bool operator==(const ArgumentDomain&) const = default;
};

}  // namespace temper::chat
