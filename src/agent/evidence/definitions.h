// Where a name is defined in the tree, and how it is declared there. Our own finder reads lines
// of any of the usual languages without parsing them; a better source may be asked first.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/evidence/source_tree.h"

namespace temper::agent {

struct Definition {
  std::string path;
  std::size_t line = 0;   // from 1
  std::string signature;  // the lines that declare it, at most kSignatureLines

  bool operator==(const Definition&) const = default;
};

constexpr std::size_t kSignatureLines = 8;

struct SymbolPlace {
  std::string path;
  std::size_t line = 0;

  bool operator==(const SymbolPlace&) const = default;
};

class DefinitionSource {
 public:
  virtual ~DefinitionSource() = default;
  // Where `files`, paths of the tree, define `symbol`. Empty when nothing was found, also for
  // want of time.
  virtual std::vector<SymbolPlace> find(std::string_view symbol,
                                        std::span<const std::string> files) const = 0;
};

// The definitions of a name, best first: declarations that are made to be read (.pyi, .d.ts,
// headers) before sources, files of the language of `near` before others, then what is nearest
// to it. `hint` is a word that the right file's path should have ("" for none): the module that
// the call names. Reads a limited number of files.
std::vector<Definition> find_definitions(const SourceTree& tree, std::string_view symbol,
                                         std::string_view near, std::string_view hint = "",
                                         const DefinitionSource* source = nullptr);

// The name defined in the tree that is most like `symbol`; "" where none is near.
std::string nearest_name(const SourceTree& tree, std::string_view symbol, std::string_view near);

// The names that a file defines at its outermost level, in order; at most 200.
std::vector<std::string> names_defined(std::string_view text, std::string_view path);

// The lines of `text` that define the name, from 1, in order.
std::vector<std::size_t> defining_lines(std::string_view text, std::string_view symbol,
                                        std::string_view path);

}  // namespace temper::agent
