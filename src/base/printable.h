// Making foreign text safe to show: what a model, a file or a program wrote must not
// steer the terminal, hide itself, or pass for another line.
#pragma once

#include <string>
#include <string_view>

namespace temper {

enum class LineBreaks {
  Keep,    // "\n" and "\t" pass
  Escape,  // one line stays one line
};

// The text with everything visible that would otherwise act: control characters and
// escape sequences ("\x1b[31m"), changes of the writing direction ("\u202e"), other line
// separators, characters that cannot be seen ("\u200b"), invalid UTF-8 ("\xff"). Joiners
// and variation selectors pass, for words and emoji need them. What comes out is valid
// UTF-8. For showing only: "\x1b" may also have been in the text as four characters.
std::string printable(std::string_view text, LineBreaks breaks = LineBreaks::Keep);

// The text without the sequences that colour, move and title (ECMA-48: CSI, OSC, DCS and
// the like), as programs write them to terminals. A sequence without its end loses only
// its beginning, so that no text is swallowed. Other control characters stay.
std::string strip_ansi(std::string_view text);

}  // namespace temper
