// Languages of text as machines for tabulate() (dfa.h): text up to its end, the inside of
// JSON strings, sets of texts and of characters, and ways to make one of others.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/grammar/dfa.h"
#include "engine/grammar/grammar.h"

namespace temper::engine {

// Valid UTF-8.
Dfa any_text_dfa();
// Valid UTF-8 in which `end`, which is not empty, stands at the end and nowhere before.
// Limit where `end` is too long.
Result<Dfa> text_until_dfa(std::string_view end);
// Valid UTF-8 in which `end` stands nowhere.
Result<Dfa> text_without_dfa(std::string_view end);
// What may stand between the quotes of a JSON string, each character in any spelling;
// surrogates only in pairs.
Dfa json_text_dfa();
// One character within one of the ranges. They may overlap.
Result<Dfa> character_dfa(std::span<const std::pair<char32_t, char32_t>> ranges);
// Any number of such characters.
Result<Dfa> characters_dfa(std::span<const std::pair<char32_t, char32_t>> ranges);
// Exactly these texts.
Result<Dfa> texts_dfa(std::span<const std::string> texts);

// Texts of both. Characters begin where they do in `a`.
Result<Dfa> both_dfa(const Dfa& a, const Dfa& b);
// Texts of `a` that are none of `b`.
Result<Dfa> without_dfa(const Dfa& a, const Dfa& b);
// Those of at least so many characters.
Result<Dfa> longer_dfa(const Dfa& dfa, std::uint32_t least);
// The same texts as they stand within the quotes of a JSON string (Escaping::Json).
Result<Dfa> escaped_dfa(const Dfa& dfa);
// The other way on texts: one text as it stands there.
std::string escaped_text(std::string_view text);

}  // namespace temper::engine
