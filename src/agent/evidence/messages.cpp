#include "agent/evidence/messages.h"

#include <array>
#include <cstddef>

#include "agent/evidence/scan.h"
#include "base/text.h"

namespace temper::agent {
namespace {

using enum ProblemKind;

struct Wording {
  // Text as it stands in the message, with every quote a '. {m} is a module, {s} a symbol, {t}
  // the type that should have it, {f} a file, {*} anything. What is to be caught ends where the
  // text behind it begins; at the end of the pattern, or in front of white space, it is one word.
  std::string_view pattern;
  ProblemKind kind;
};

// The first that fits counts, so the special stand before the general.
constexpr auto kWordings = std::to_array<Wording>({
    // Python
    {"Error while finding module specification for '{m}'", MissingModule},
    {"No module named '{m}'", MissingModule},
    {"No module named {m}", MissingModule},
    {"cannot import name '{s}' from partially initialized module '{m}'", UnknownSymbol},
    {"cannot import name '{s}' from '{m}'", UnknownSymbol},
    {"cannot import name '{s}'", UnknownSymbol},
    {"attempted relative import", MissingModule},
    {"module '{m}' has no attribute '{s}'", UnknownSymbol},
    {"'str' object has no attribute", WrongArguments},
    {"'bytes' object has no attribute", WrongArguments},
    {"'int' object has no attribute", WrongArguments},
    {"'float' object has no attribute", WrongArguments},
    {"'bool' object has no attribute", WrongArguments},
    {"'list' object has no attribute", WrongArguments},
    {"'tuple' object has no attribute", WrongArguments},
    {"'dict' object has no attribute", WrongArguments},
    {"'set' object has no attribute", WrongArguments},
    {"'NoneType' object has no attribute", WrongArguments},
    {"type object '{t}' has no attribute '{s}'", UnknownSymbol},
    {"'{t}' object has no attribute '{s}'", UnknownSymbol},
    {"has no attribute '{s}'", UnknownSymbol},
    {"name '{s}' is not defined", UnknownSymbol},
    {"{s}() takes ", WrongArguments},
    {"{s}() missing ", WrongArguments},
    {"{s}() got an unexpected keyword argument", WrongArguments},
    {"{s}() got multiple values", WrongArguments},
    {"ModuleNotFoundError: {*}", MissingModule},
    {"No such file or directory: '{f}'", MissingFile},
    {"can't open file '{f}'", MissingFile},
    // TypeScript and JavaScript
    {"Could not read package.json{*}open '{f}'", MissingFile},
    {"ENOENT: no such file or directory, {*} '{f}'", MissingFile},
    {"Failed to resolve import '{m}' from '{f}'", MissingModule},
    {"Cannot find module '{m}'", MissingModule},
    {"Cannot find package '{m}'", MissingModule},
    {"Can't resolve '{m}'", MissingModule},
    {"Could not resolve '{m}'", MissingModule},
    {"The requested module '{m}' does not provide an export named '{s}'", UnknownSymbol},
    {"'{m}'' has no exported member named '{s}'", UnknownSymbol},
    {"'{m}'' has no exported member '{s}'", UnknownSymbol},
    {"'{m}'' declares '{s}' locally", UnknownSymbol},
    {"'{m}'' has no default export", UnknownSymbol},
    {"Cannot find name '{s}'", UnknownSymbol},
    {"Property '{s}' does not exist on type '{t}'", UnknownSymbol},
    {" is not assignable to ", WrongArguments},
    {"Expected {*} arguments, but got", WrongArguments},
    {"Cannot read properties of", WrongArguments},
    {"{s} is not a function", UnknownSymbol},
    {"{s} is not a constructor", UnknownSymbol},
    {"ReferenceError: {s} is not defined", UnknownSymbol},
    // Rust
    {"unresolved import '{m}'", MissingModule},
    {"file not found for module '{m}'", MissingModule},
    {"use of undeclared crate or module '{m}'", MissingModule},
    {"use of unresolved module or unlinked crate '{m}'", MissingModule},
    {"can't find crate for '{m}'", MissingModule},
    {"could not find '{s}' in '{m}'", MissingModule},
    {"use of undeclared type '{s}'", UnknownSymbol},
    {"no method named '{s}' found for {*} '{t}'", UnknownSymbol},
    {"no field '{s}' on type '{t}'", UnknownSymbol},
    {"no function or associated item named '{s}' found for {*} '{t}'", UnknownSymbol},
    {"no variant or associated item named '{s}' found for {*} '{t}'", UnknownSymbol},
    {"no associated item named '{s}'", UnknownSymbol},
    {"function takes {*} argument", WrongArguments},
    {"method takes {*} argument", WrongArguments},
    {"arguments to this function are incorrect", WrongArguments},
    {"mismatched types", WrongArguments},
    // Go
    {"no required module provides package {m}", MissingModule},
    {"cannot find module providing package {m}", MissingModule},
    {"package {m} is not in ", MissingModule},
    {"cannot find package '{m}'", MissingModule},
    {"could not import {m} (", MissingModule},
    {"not enough arguments in call to {s}", WrongArguments},
    {"too many arguments in call to {s}", WrongArguments},
    {"value in argument to {s}", WrongArguments},
    {"in argument to {s}", WrongArguments},
    {"undefined: {s}", UnknownSymbol},
    {"{s} undefined (type {t} has no", UnknownSymbol},
    // C and C++
    {"fatal error: {f}: No such file or directory", MissingFile},
    {"'{f}' file not found", MissingFile},
    {"undefined reference to '{s}'", UnknownSymbol},
    {"undefined symbol: {s}", UnknownSymbol},
    {"implicit declaration of function '{s}'", UnknownSymbol},
    {"call to undeclared function '{s}'", UnknownSymbol},
    {"call to undeclared library function '{s}'", UnknownSymbol},
    {"use of undeclared identifier '{s}'", UnknownSymbol},
    {"'{s}' was not declared in this scope", UnknownSymbol},
    {"'{s}' undeclared", UnknownSymbol},
    {"'{s}' is not a member of", UnknownSymbol},
    {"unknown type name '{s}'", UnknownSymbol},
    {"'{s}' does not name a type", UnknownSymbol},
    {"'{s}' has not been declared", UnknownSymbol},
    {"'{t}' has no member named '{s}'", UnknownSymbol},
    {"no member named '{s}' in '{t}'", UnknownSymbol},
    {"no type named '{s}' in", UnknownSymbol},
    {"no matching function for call to '{s}'", WrongArguments},
    {"no matching member function for call to '{s}'", WrongArguments},
    {"too few arguments to function '{s}'", WrongArguments},
    {"too many arguments to function '{s}'", WrongArguments},
    {"too few arguments to function call", WrongArguments},
    {"too many arguments to function call", WrongArguments},
    {"passing argument {*} of '{s}'", WrongArguments},
    {"incompatible type for argument {*} of '{s}'", WrongArguments},
    {"conflicting types for '{s}'", WrongArguments},
    {"invalid conversion from", WrongArguments},
    {"cannot convert '", WrongArguments},
    {"incompatible pointer ", WrongArguments},
    // Rust again: wordings that are the beginning of others
    {"cannot find {*} '{s}' in ", UnknownSymbol},
    // Shells and tools
    {"cannot access '{f}': No such file", MissingFile},
    {"cannot stat '{f}': No such file", MissingFile},
    {"cannot open '{f}'", MissingFile},
    {"can't open '{f}'", MissingFile},
    {"can't cd to {f}", MissingFile},
    {"No rule to make target '{f}'", MissingFile},
    {"cannot create directory '{f}'", MissingFile},
    {"pathspec '{f}' did not match any", MissingFile},
    {"ERROR: file or directory not found: {f}", MissingFile},
    {" {f}: No such file or directory", MissingFile},
    {" {f}: command not found", MissingFile},
    {" {f}: not found", MissingFile},
    {"No such file or directory", MissingFile},
    // What most languages share
    {"SyntaxError: ", Syntax},
    {"IndentationError: ", Syntax},
    {"TabError: ", Syntax},
    {"syntax error", Syntax},
    {"error: expected ", Syntax},
    {"Unexpected token", Syntax},
    {"AssertionError", Assertion},
    {"expect(received)", Assertion},
    {"AssertionFailed", Assertion},
    {"assertion failed", Assertion},
    {"Assertion failed", Assertion},
    {"assertion '", Assertion},
    {"Assertion '", Assertion},
    {"panicked at", Assertion},
    {"TypeError: ", WrongArguments},
});

constexpr std::size_t kLongestName = 300;

std::string one_kind_of_quotes(std::string_view message) {
  std::string plain;
  for (std::size_t at = 0; at < message.size();) {
    const std::string_view rest = message.substr(at);
    if (rest.starts_with("‘") || rest.starts_with("’")) {
      plain += '\'';
      at += std::string_view("‘").size();
    } else {
      plain += rest.front() == '"' || rest.front() == '`' ? '\'' : rest.front();
      ++at;
    }
  }
  return plain;
}

bool is_space(char byte) { return byte == ' ' || byte == '\t'; }

// A word, as it ends a message: without the punctuation behind it.
std::string_view without_stops(std::string_view word) {
  while (!word.empty() && std::string_view(".,;:)'").find(word.back()) != word.npos) {
    word.remove_suffix(1);
  }
  return word;
}

// Reads one wording against a message.
class Match {
 public:
  explicit Match(std::string_view message) : message_(message) {}

  std::optional<Meaning> read(const Wording& wording) {
    // Cheap first: most wordings have a long piece of text that is not there.
    const std::size_t brace = wording.pattern.find('{');
    const std::string_view first = wording.pattern.substr(0, brace);
    if (first.empty()) return read_backwards(wording);
    for (std::size_t at = message_.find(first); at != message_.npos;
         at = message_.find(first, at + 1)) {
      meaning_ = {.kind = wording.kind};
      if (fits(wording.pattern.substr(first.size()), at + first.size())) return meaning_;
    }
    return std::nullopt;
  }

 private:
  // A pattern that begins with a name: the word in front of the text behind it.
  std::optional<Meaning> read_backwards(const Wording& wording) {
    const std::string_view behind = wording.pattern.substr(3);
    const std::string_view text = behind.substr(0, behind.find('{'));
    for (std::size_t at = message_.find(text); at != message_.npos;
         at = message_.find(text, at + 1)) {
      std::size_t begin = at;
      while (begin > 0 && !is_space(message_[begin - 1]) && at - begin < kLongestName) --begin;
      if (begin == at) continue;
      meaning_ = {.kind = wording.kind};
      if (!keep(wording.pattern[1], message_.substr(begin, at - begin))) continue;
      if (fits(behind.substr(text.size()), at + text.size())) return meaning_;
    }
    return std::nullopt;
  }

  bool fits(std::string_view pattern, std::size_t at) {
    while (!pattern.empty()) {
      if (pattern.front() != '{') {
        const std::string_view text = pattern.substr(0, pattern.find('{'));
        if (message_.compare(at, text.size(), text) != 0) return false;
        at += text.size();
        pattern.remove_prefix(text.size());
        continue;
      }
      const char what = pattern[1];
      pattern.remove_prefix(3);
      const std::string_view behind = pattern.substr(0, pattern.find('{'));
      std::size_t end =
          behind.empty() ? message_.find_first_of(" \t", at) : message_.find(behind, at);
      if (end == message_.npos) {
        if (!behind.empty()) return false;
        end = message_.size();
      }
      std::string_view caught = message_.substr(at, end - at);
      if (behind.empty()) caught = without_stops(caught);
      if (caught.size() > kLongestName) return false;
      if (what != '*') {
        if (caught.empty()) return false;
        // A name outside of quotes has no spaces: it begins behind the last of them.
        if (!behind.starts_with('\'') && what == 'f') {
          caught = caught.substr(caught.find_last_of(" \t") + 1);
        }
        if (!keep(what, caught)) return false;
      }
      at = end;
    }
    return true;
  }

  bool keep(char what, std::string_view caught) {
    if (what == 'm') {
      while (caught.starts_with('\'')) caught.remove_prefix(1);
      meaning_.module = caught;
    }
    if (what == 'f') meaning_.file = caught;
    if (what == 's') meaning_.symbol = name_in(caught);
    if (what == 't') meaning_.owner = last_name(name_in(caught));
    return what != 's' || !meaning_.symbol.empty();
  }

  // "ns::f(int)", "int& f(int)", "Class.f", "tags.<locals>.f", "(*T).f", "&mut T<U>": the name.
  static std::string_view name_in(std::string_view text) {
    std::string_view name = text.substr(0, text.find('(', 1));
    const std::size_t inner = name.rfind(">.");
    if (inner != name.npos) name.remove_prefix(inner + 2);
    name = name.substr(0, name.find('<', 1));
    while (!name.empty() && !is_name_byte(name.back())) name.remove_suffix(1);
    name = name.substr(name.find_last_of(" \t") + 1);
    while (!name.empty() && !is_name_byte(name.front())) name.remove_prefix(1);
    return name;
  }

  std::string_view message_;
  Meaning meaning_;
};

}  // namespace

std::optional<Meaning> meaning_of(std::string_view message) {
  // In front of it a space, so that " {f}: not found" also fits at its beginning.
  const std::string plain = " " + one_kind_of_quotes(message);
  for (const Wording& wording : kWordings) {
    if (std::optional<Meaning> meaning = Match(plain).read(wording)) return meaning;
  }
  return std::nullopt;
}

}  // namespace temper::agent
