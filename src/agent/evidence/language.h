// Which language a file is written in, by its name; as far as looking for evidence tells them
// apart.
#pragma once

#include <cstdint>
#include <string_view>

namespace temper::agent {

enum class Language : std::uint8_t { Python, C, Script, Go, Rust, Shell, Unknown };

Language language_of(std::string_view path);
// Is it made to be read instead of the source: .pyi, .d.ts, a header?
bool is_declaration_file(std::string_view path);
bool is_test_file(std::string_view path);

}  // namespace temper::agent
