// For the tests here and the fuzzer: what a reader makes of a text, however it is divided,
// as lines that people can compare.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/format.h"
#include "base/json.h"
#include "base/random.h"
#include "base/verify.h"
#include "chat/reply.h"
#include "chat/stream_checker.h"
#include "engine/dialect/reader.h"

namespace temper::engine {

struct Piece {
  std::string bytes;
  bool is_control_token = false;
};

// A text in which every marker is a control token, but for those that stand in «».
inline std::vector<Piece> pieces_of(DialectFamily family, std::string_view text,
                                    bool markers_are_tokens) {
  const std::vector<std::string> markers = marker_texts(family);
  std::vector<Piece> pieces{{"", false}};
  bool quoted = false;
  while (!text.empty()) {
    if (text.starts_with("«") || text.starts_with("»")) {
      quoted = text.starts_with("«");
      text.remove_prefix(std::string_view("«").size());
      continue;
    }
    std::string_view found;
    for (const std::string& marker : markers) {
      if (!quoted && markers_are_tokens && text.starts_with(marker)) found = marker;
    }
    if (found.empty()) {
      pieces.back().bytes += text.front();
      text.remove_prefix(1);
    } else {
      pieces.push_back({std::string(found), true});
      pieces.push_back({"", false});
      text.remove_prefix(found.size());
    }
  }
  return pieces;
}

// The same pieces, those of text divided anew: after as many bytes as `next` says.
inline std::vector<Piece> divided(const std::vector<Piece>& pieces,
                                  const std::function<std::size_t()>& next) {
  std::vector<Piece> all;
  for (const Piece& piece : pieces) {
    if (piece.is_control_token) {
      all.push_back(piece);
      continue;
    }
    std::string_view rest = piece.bytes;
    while (!rest.empty()) {
      const std::string_view part = rest.substr(0, std::max<std::size_t>(1, next()));
      all.push_back({std::string(part), false});
      rest.remove_prefix(part.size());
    }
  }
  return all;
}

// Without the last `bytes` bytes; a control token goes whole.
inline std::vector<Piece> without_end(std::vector<Piece> pieces, std::size_t bytes) {
  while (bytes > 0 && !pieces.empty()) {
    std::string& last = pieces.back().bytes;
    if (pieces.back().is_control_token || last.size() <= bytes) {
      bytes -= std::min(bytes, std::max<std::size_t>(last.size(), 1));
      pieces.pop_back();
    } else {
      last.resize(last.size() - bytes);
      bytes = 0;
    }
  }
  return pieces;
}

// The whole reply. Aborts where the events break the contract of the port.
inline chat::Reply read_reply(const Dialect& dialect, const ReaderOptions& options,
                              const std::vector<Piece>& pieces,
                              chat::StopReason why = chat::StopReason::EndOfTurn) {
  DialectReader reader(dialect, options);
  chat::StreamChecker checker;
  chat::ReplyCollector collector;
  const auto take = [&](const chat::StreamEvent& event) {
    const Result<void> kept = checker.accept(event);
    VERIFY(kept.ok(), kept.ok() ? "" : kept.error().message);
    collector.add(event);
  };
  for (const Piece& piece : pieces) {
    for (const chat::StreamEvent& event : reader.add(piece.bytes, piece.is_control_token)) {
      take(event);
    }
  }
  const ReadEnd end = reader.finish(why);
  for (const chat::StreamEvent& event : end.events) take(event);
  if (end.failure) {
    take(chat::Failed{*end.failure, chat::Retry::MayHelp, {}});
  } else {
    take(chat::Done{end.reason, {}});
  }
  VERIFY(checker.finish().ok(), "a stream ends");
  return collector.finish();
}

inline std::string shown_reply(const chat::Reply& reply) {
  std::string shown;
  for (const chat::Part& part : reply.message.parts) {
    if (const auto* text = std::get_if<chat::Text>(&part)) {
      shown += "text " + Json(text->text).dump() + "\n";
    } else if (const auto* thinking = std::get_if<chat::Thinking>(&part)) {
      shown += "thinking " + Json(thinking->text).dump() + "\n";
    } else if (const auto* call = std::get_if<chat::ToolCall>(&part)) {
      shown += format("call {} {} {}\n", call->id, call->name, call->arguments);
    }
  }
  if (const auto& half = reply.unfinished_call) {
    shown += format("half a call {} {}\n", half->name, Json(half->arguments).dump());
  }
  if (const chat::Failed* failed = reply.failed()) {
    return shown + "failed: " + failed->error.message + "\n";
  }
  return shown + "done: " + std::string(chat::stop_reason_name(reply.done()->reason)) + "\n";
}

// The tools of all tests here.
inline std::vector<chat::ToolSpec> tools_for_tests() {
  const auto tool = [](std::string name, std::string description, std::string_view parameters) {
    return chat::ToolSpec{std::move(name), std::move(description), *parse_json(parameters)};
  };
  return {
      tool("run_shell", "Run a command", R"({"type":"object","properties":{
        "command":{"type":"string","description":"The command line"},
        "timeout_s":{"type":"integer","description":"Seconds"},
        "dry":{"type":"boolean","description":"Only show it"},
        "env":{"type":"object","description":"Variables"}},"required":["command"]})"),
      tool("read_file", "Read a file", R"({"type":"object","properties":{
        "path":{"type":"string","description":"Where it is"},
        "lines":{"type":["string","null"],"description":"a-b"}},"required":["path"]})"),
      tool("write_file", "Write a file", R"({"type":"object","properties":{
        "path":{"type":"string","description":"Where it goes"},
        "content":{"type":"string","description":"All of it"}},"required":["path","content"]})"),
      tool("edit_file", "Replace text in a file", R"({"type":"object","properties":{
        "path":{"type":"string","description":"Where it is"},
        "edits":{"type":"array","description":"What to do","items":{"type":"object"}},
        "mode":{"enum":["strict","loose"],"description":"How"}},"required":["path","edits"]})"),
      tool("git_status", "What has changed", R"({"type":"object","properties":{}})"),
  };
}

}  // namespace temper::engine
