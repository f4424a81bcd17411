#include "cli/output.h"

#include <algorithm>

#include "base/text.h"

namespace temper::cli {
namespace {

constexpr std::size_t kGap = 2;           // between columns
constexpr std::size_t kNarrowest = 16;    // of a wrapped column beside others
constexpr std::size_t kShort = 24;        // a column that is never broken
constexpr std::size_t kIndentBelow = 6;   // of a column that goes below the others
constexpr std::size_t kWidestText = 100;  // longer lines are hard to read

std::string_view escape(Style style) {
  switch (style) {
    case Style::Plain: return "";
    case Style::Bold: return "\x1b[1m";
    case Style::Dim: return "\x1b[2m";
    case Style::Green: return "\x1b[32m";
    case Style::Red: return "\x1b[31m";
    case Style::Yellow: return "\x1b[33m";
  }
  return "";
}

std::string spaces(std::size_t count) { return std::string(count, ' '); }

std::string without_trailing_spaces(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// How wide text that starts at that column may be.
std::size_t text_width(const Output& out, std::size_t start) {
  const std::size_t left = out.width() > start ? out.width() - start : 0;
  return std::clamp<std::size_t>(left, 1, kWidestText);
}

// Prints one table, and lives for as long as that takes.
class TablePrinter {
 public:
  TablePrinter(Output& out, const Table& table)
      : out_(out), table_(table), widths_(table.least_widths) {
    for (const std::vector<Cell>& row : table.rows) {
      widths_.resize(std::max(widths_.size(), row.size()));
      for (std::size_t column = 0; column < row.size(); ++column) {
        widths_[column] = std::max(widths_[column], display_width(row[column].text));
      }
    }
  }

  void print() {
    if (widths_.empty()) return;
    std::size_t start = table_.indent;  // of the last column
    for (std::size_t column = 0; column + 1 < widths_.size(); ++column) {
      start += widths_[column] + kGap;
    }
    const std::size_t least = widths_.back() <= kShort ? widths_.back() : 0;
    const std::size_t width = std::max(text_width(out_, start), least);
    const bool fits = width >= std::min(widths_.back(), kNarrowest);
    for (const std::vector<Cell>& row : table_.rows) {
      if (row.size() < widths_.size()) {
        out_.line(without_trailing_spaces(cells(row, row.size())));
      } else if (fits) {
        print_beside(row, start, width);
      } else {
        print_below(row);
      }
    }
  }

 private:
  // The first `count` cells, each followed by what separates it from the next.
  std::string cells(const std::vector<Cell>& row, std::size_t count) const {
    std::string text = spaces(table_.indent);
    for (std::size_t column = 0; column < count; ++column) {
      text += padded(row[column], row[column].text, column) + spaces(kGap);
    }
    return text;
  }

  // Padded first and styled after, for escape sequences have no width.
  std::string padded(const Cell& cell, std::string_view text, std::size_t column) const {
    const std::size_t used = display_width(text);
    const std::string padding = spaces(widths_[column] > used ? widths_[column] - used : 0);
    const std::string styled = out_.styled(cell.style, text);
    const bool right = column < table_.align.size() && table_.align[column] == Align::Right;
    return right ? padding + styled : styled + padding;
  }

  void print_beside(const std::vector<Cell>& row, std::size_t start, std::size_t width) const {
    std::string before = cells(row, row.size() - 1);
    for (const std::string& line : wrap(row.back().text, width)) {
      out_.line(without_trailing_spaces(before + padded(row.back(), line, row.size() - 1)));
      before = spaces(start);
    }
  }

  void print_below(const std::vector<Cell>& row) const {
    const std::string before = without_trailing_spaces(cells(row, row.size() - 1));
    if (!before.empty()) out_.line(before);
    const std::size_t start = table_.indent + kIndentBelow;
    for (const std::string& line : wrap(row.back().text, text_width(out_, start))) {
      out_.line(spaces(start) + out_.styled(row.back().style, line));
    }
  }

  Output& out_;
  const Table& table_;
  std::vector<std::size_t> widths_;  // by column
};

}  // namespace

void Output::line(std::string_view text) { write(std::string(text).append("\n")); }

std::string Output::styled(Style style, std::string_view text) const {
  if (colour_ == Colour::Off || style == Style::Plain || text.empty()) return std::string(text);
  return std::string(escape(style)).append(text).append("\x1b[0m");
}

void print_table(Output& out, const Table& table) { TablePrinter(out, table).print(); }

void print_paragraphs(Output& out, std::string_view text, std::size_t indent) {
  for (const std::string& line : wrap(text, text_width(out, indent))) {
    out.line(line.empty() ? "" : spaces(indent) + line);
  }
}

}  // namespace temper::cli
