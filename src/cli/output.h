// Text for people: styles that vanish where there is no colour, and tables that
// fit the terminal. Knows nothing of commands or of what it prints.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace temper::cli {

// Where bytes go: a file descriptor, or a string in a test.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void write(std::string_view bytes) = 0;
};

class StringSink final : public Sink {
 public:
  void write(std::string_view bytes) override { text_.append(bytes); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

enum class Style { Plain, Bold, Dim, Green, Red, Yellow };
enum class Colour { Off, On };

// A sink and how it looks. The sink must outlive it.
class Output {
 public:
  Output(Sink& sink, Colour colour, std::size_t width)
      : sink_(&sink), colour_(colour), width_(width) {}

  void write(std::string_view text) { sink_->write(text); }
  void line(std::string_view text = {});

  // The text in that style, or unchanged where there is no colour.
  std::string styled(Style style, std::string_view text) const;

  // How many columns fit on a line.
  std::size_t width() const { return width_; }
  Colour colour() const { return colour_; }

 private:
  Sink* sink_;
  Colour colour_;
  std::size_t width_;
};

struct Cell {
  // NOLINTBEGIN(google-explicit-constructor): texts stand in rows of cells.
  Cell(const char* words) : text(words) {}
  Cell(std::string words, Style look = Style::Plain) : text(std::move(words)), style(look) {}
  // NOLINTEND(google-explicit-constructor)

  std::string text;
  Style style = Style::Plain;
};

// Rows whose columns line up. The last column is wrapped to the width that is
// left; where that is too little, it goes on lines of its own below the others, or,
// where all of it is short, the rows are wider than the terminal, as those of ls -l.
struct Table {
  std::vector<std::vector<Cell>> rows = {};
  std::vector<Align> align = {};  // by column; Left where it says nothing
  std::size_t indent = 0;
  std::vector<std::size_t> least_widths = {};  // by column, to match another table
};

void print_table(Output& out, const Table& table);

// Text wrapped to the width; an empty line parts its paragraphs.
void print_paragraphs(Output& out, std::string_view text, std::size_t indent = 0);

}  // namespace temper::cli
