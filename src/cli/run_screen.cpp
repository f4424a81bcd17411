#include "cli/run_screen.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper::cli {
namespace {

using agent::Outcome;

constexpr std::size_t kCallBytes = 100;
constexpr std::size_t kWordsBytes = 400;

std::string text_at(const Json& event, std::string_view key) {
  const Json* value = event.find(key);
  return value != nullptr && value->is_string() ? *value->string() : std::string();
}

std::string cut(std::string_view text, std::size_t bytes) {
  std::string shown = printable(text, LineBreaks::Escape);
  if (shown.size() <= bytes) return shown;
  return std::string(truncate_bytes(shown, bytes)) + "...";
}

// "run ./check.sh", "edit src/a.c": the name, and the argument that says most.
std::string short_call(const Json& event) {
  std::string name = text_at(event, "name");
  const Result<Json> arguments = parse_json(text_at(event, "arguments"));
  if (!arguments) return name + " (malformed)";
  for (const char* key : {"command", "path", "pattern", "name", "glob", "summary"}) {
    const std::string value = text_at(*arguments, key);
    if (!value.empty()) return format("{} {}", name, cut(value, kCallBytes));
  }
  return name;
}

Style style_of(Outcome outcome) {
  if (outcome == Outcome::Shipped) return Style::Green;
  const bool is_half = outcome == Outcome::PartlyShipped || outcome == Outcome::NoChangeNeeded;
  return is_half ? Style::Yellow : Style::Red;
}

std::string minutes(std::chrono::nanoseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  return format("{}:{:02}", seconds / 60, seconds % 60);
}

}  // namespace

RunScreen::RunScreen(Context& context, bool json)
    : context_(context),
      json_(json),
      quiet_(context.arguments.has("--quiet")),
      verbose_(context.arguments.has("--verbose")) {}

void RunScreen::line(std::string_view text, Style style) {
  end_waiting();
  if (!quiet_) context_.err.line(context_.err.styled(style, text));
}

// ---- Events of the journal ----

void RunScreen::show(const Json& event) {
  const std::string kind = text_at(event, "event");
  if (json_) return context_.out.line(event.dump());
  if (kind == "run_started") {
    line(format("on {}  {}", cut(text_at(event, "branch"), 80),
                text_at(event, "check").empty()
                    ? "no check is known"
                    : format("check: {}", cut(text_at(event, "check"), 120))),
         Style::Dim);
  } else if (kind == "request") {
    ++turn_;
    begin_waiting();
  } else if (kind == "reply") {
    show_reply(event);
  } else if (kind == "call") {
    call_ = short_call(event);
    begin_waiting();
    if (waiting_) waiting_->say(call_);
  } else if (kind == "result") {
    show_result(event);
  } else if (kind == "check") {
    call_ = format("check {}", cut(text_at(event, "command"), kCallBytes));
    begin_waiting();
    if (waiting_) waiting_->say(call_);
  } else if (kind == "check_result") {
    const Json* green = event.find("green");
    const bool passes = green != nullptr && green->boolean() != nullptr && *green->boolean();
    line(format("  {}  {}", call_, passes ? "passes" : "fails"),
         passes ? Style::Green : Style::Red);
  } else if (kind == "commit") {
    const std::string paths = text_at(event, "paths");
    const auto count = 1 + std::count(paths.begin(), paths.end(), '\n');
    line(format("  commit of {} {}", count, count == 1 ? "file" : "files"), Style::Green);
  } else if (kind == "note" || kind == "finding" || kind == "loop_cut") {
    const std::string text = text_at(event, kind == "note" ? "text" : "note");
    if (kind != "note" || verbose_) line("  ! " + cut(text, kWordsBytes), Style::Yellow);
  } else if (kind == "fold" || kind == "afresh" || kind == "restore" || kind == "original_tests") {
    line(format("  {}", kind == "fold"      ? "the conversation is full: old results are folded"
                        : kind == "afresh"  ? "a new conversation begins, with what is known"
                        : kind == "restore" ? "your own work is restored"
                                            : "the check runs with the tests as they were"),
         Style::Yellow);
  }
}

void RunScreen::show_reply(const Json& event) {
  end_waiting();
  const Json* json = event.find("message");
  const Result<chat::Message> message =
      json != nullptr ? chat::message_from_json(*json) : Error{Code::Invalid, "no message"};
  if (!message) return;
  const std::string text(trim(chat::text_of(*message)));
  if (!text.empty() && !quiet_) {
    context_.err.line(verbose_ ? printable(text) : cut(text, kWordsBytes));
  }
}

void RunScreen::show_result(const Json& event) {
  const Json* error = event.find("is_error");
  const bool failed = error != nullptr && error->boolean() != nullptr && *error->boolean();
  std::string end;
  if (const Json* code = event.find("exit_code"); code != nullptr && code->as_integer().ok()) {
    if (*code->as_integer() != 0) end = format("  exit {}", *code->as_integer());
  }
  if (failed) end = "  refused";
  double seconds = 0;
  if (const Json* time = event.find("seconds"); time != nullptr) {
    if (const Result<double> number = time->as_number()) seconds = *number;
  }
  if (seconds >= 1) end += format("  {:.1f} s", seconds);
  line(format("  {}{}", call_, end),
       failed || end.find("exit") != end.npos ? Style::Yellow : Style::Dim);
  if (verbose_ && !quiet_)
    context_.err.line(context_.err.styled(Style::Dim, printable(text_at(event, "text"))));
}

// ---- The model ----

void RunScreen::begin_waiting() {
  if (quiet_ || json_) return;
  waiting_.reset();
  waiting_.emplace(context_.err, context_.err_is_terminal, context_.clock, format("turn {}", turn_),
                   Counting::Tokens);
  written_ = 0;
}

void RunScreen::show(const chat::StreamEvent& event) {
  if (!waiting_) return;
  if (const auto* prefill = std::get_if<chat::PrefillProgress>(&event)) {
    const std::string speed = prefill->tokens_per_second > 0
                                  ? format(", {:.0f} a second", prefill->tokens_per_second)
                                  : "";
    return waiting_->say(format("reads {} of {} tokens{}", prefill->done, prefill->total, speed));
  }
  const char* doing = nullptr;
  if (std::holds_alternative<chat::ThinkingDelta>(event)) doing = "thinks";
  if (std::holds_alternative<chat::TextDelta>(event)) doing = "writes";
  if (std::holds_alternative<chat::CallDelta>(event)) doing = "writes a call";
  if (doing == nullptr) return;
  const std::chrono::nanoseconds now = context_.clock.steady();
  if (written_++ == 0) writing_since_ = now;
  const double seconds = std::chrono::duration<double>(now - writing_since_).count();
  const std::string speed =
      seconds > 1 ? format(", {:.1f} a second", static_cast<double>(written_) / seconds) : "";
  waiting_->say(format("{}, {} pieces{}", doing, written_, speed));
}

void RunScreen::retry(const Error& why, std::chrono::milliseconds wait) {
  if (json_) return;
  line(format("  {}; again in {:.1f} s", printable(why.message),
              static_cast<double>(wait.count()) / 1000),
       Style::Yellow);
  begin_waiting();
}

// ---- The end ----

void RunScreen::report(const agent::RunEnd& end, const std::string& folder) {
  end_waiting();
  if (json_) return;
  Output& out = context_.out;
  const agent::RunReport& report = end.report;
  const agent::WorkReport& work = end.work;
  out.line(format("{}: {}", out.styled(style_of(report.outcome), outcome_name(report.outcome)),
                  outcome_meaning(report.outcome)));
  if (!report.reason.empty()) print_paragraphs(out, printable(report.reason), 2);
  Table table{.rows = {}, .indent = 2};
  const auto row = [&](const char* name, std::string text) {
    table.rows.push_back({Cell(name, Style::Dim), Cell(std::move(text))});
  };
  if (!end.check.empty()) {
    const std::string state = !work.check ? "not run" : work.check->is_green() ? "passes" : "fails";
    row("check", format("{}  {}", cut(end.check, 120), state));
  }
  row("branch", work.branch);
  for (const agent::CommitSummary& commit : work.commits) {
    row("commit", format("{}  {}", commit.id.substr(0, 10), cut(commit.subject, 100)));
  }
  for (const agent::PathStat& path : work.changed) {
    row("changed", path.binary ? cut(path.path, 200)
                               : format("{}  +{} -{}", cut(path.path, 200), path.lines_added,
                                        path.lines_removed));
  }
  for (const std::string& path : work.left_out) row("not committed", cut(path, 200));
  if (work.tests_changed) row("note", "tests were changed that were there before");
  const agent::Spent& spent = report.spent;
  row("spent",
      format("{} turns, {} tokens read ({} known), {} written, {}", spent.turns,
             format_grouped(spent.prompt_tokens), format_grouped(spent.cached_prompt_tokens),
             format_grouped(spent.output_tokens), minutes(spent.time)));
  row("record", folder);
  print_table(out, table);
}

}  // namespace temper::cli
