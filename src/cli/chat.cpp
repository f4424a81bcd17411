// `temper chat MODEL`: a conversation with a model, in the terminal.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/guard/stream_guard.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "chat/reply.h"
#include "cli/asked_model.h"
#include "cli/interrupt.h"
#include "cli/local_models.h"
#include "cli/progress.h"
#include "cli/registry.h"

namespace temper::cli {
namespace {

using chat::Message;
using chat::Part;
using chat::Role;

constexpr std::size_t kUsualContext = 8192;
constexpr std::size_t kMostHistoryBytes = std::size_t{64} << 20;

// Lines of the standard input, as they come; a stop wakes who waits for one.
class InputLines {
 public:
  // Nothing at the end of the input. Fails with Stopped where a stop was requested.
  Result<std::optional<std::string>> next(const StopToken& stop) {
    while (true) {
      const std::optional<Line> line = TRY(reader_.next());
      if (line) return std::optional<std::string>(line->text);
      if (ended_) return std::optional<std::string>();
      std::array<pollfd, 2> events{pollfd{STDIN_FILENO, POLLIN, 0},
                                   pollfd{stop.descriptor(), POLLIN, 0}};
      poll(events.data(), events.size(), -1);
      if (stop.stop_requested()) return stopped_error("waiting for a line");
      if (events[0].revents == 0) continue;
      std::array<char, 4096> bytes{};
      const std::size_t count =
          TRY(read_some(STDIN_FILENO, bytes.data(), bytes.size(), "the standard input"));
      reader_.feed({bytes.data(), count});
      ended_ = count == 0;
      if (ended_) reader_.finish();
    }
  }

 private:
  LineReader reader_;
  bool ended_ = false;
};

// What was said before, and where it is kept.
class History {
 public:
  static Result<History> open(const Context& context) {
    History history;
    const std::optional<std::string> file = context.arguments.value("--history");
    if (!file) return history;
    history.path_ = resolved_path(context, *file);
    const Result<std::string> text = read_file(history.path_, kMostHistoryBytes);
    if (!text && text.error().code == Code::NotFound) return history;
    if (!text) return text.error();
    const Result<Json> json = parse_json(*text);
    if (!json || !json->is_array()) {
      return Error{Code::Corrupt, format("{} is no conversation that was kept here; name another "
                                         "file, or remove it",
                                         *file)};
    }
    for (const Json& message : *json->items()) {
      history.messages.push_back(TRY(chat::message_from_json(message)));
    }
    return history;
  }

  // All of it, after each turn.
  Result<void> keep() const {
    if (path_.empty()) return {};
    Json json = Json::array();
    for (const Message& message : messages) json.push(to_json(message));
    return write_file_atomically(path_, json.dump_pretty() + "\n", 0600);
  }

  std::vector<Message> messages;

 private:
  std::string path_;
};

class Conversation {
 public:
  Conversation(Context& context, chat::Provider& provider, History history, chat::Request settings)
      : context_(context),
        provider_(provider),
        history_(std::move(history)),
        request_(std::move(settings)) {}

  Result<ExitCode> run() {
    if (const auto first = context_.arguments.value("PROMPT")) {
      TRY(answer(*first));
      return stopped_ ? ExitCode::Interrupted : ExitCode::Success;
    }
    if (is_person()) {
      context_.err.line(context_.err.styled(
          Style::Dim,
          "Say something. /new begins anew, /exit or Ctrl-D ends; Ctrl-C stops a reply."));
    }
    StopToken stop = context_.stop;
    while (true) {
      if (is_person()) context_.err.write(context_.err.styled(Style::Bold, "> "));
      const Result<std::optional<std::string>> line = input_.next(stop);
      if (!line && line.error().code == Code::Stopped) return ExitCode::Interrupted;
      if (!line) return line.error();
      if (!*line || **line == "/exit") return ExitCode::Success;
      if (!TRY(command(**line))) {
        const Result<void> answered = answer(**line);
        if (!answered && !is_person()) return answered.error();
        if (!answered) context_.err.line(answered.error().message);
      }
      if (stopped_ && !is_person()) return ExitCode::Interrupted;
      stop = stop_;
    }
  }

 private:
  bool is_person() const { return context_.err_is_terminal && isatty(STDIN_FILENO) != 0; }

  // Is the line for us, and not for the model?
  Result<bool> command(std::string_view line) {
    if (line.find_first_not_of(" \t") == line.npos) return true;
    if (!line.starts_with('/')) return false;
    if (line == "/new") {
      std::erase_if(history_.messages, [](const Message& one) { return one.role != Role::System; });
      TRY(history_.keep());
      return true;
    }
    context_.err.line(format("{} is not known here; there are /new and /exit", printable(line)));
    return true;
  }

  // A stopped or failed reply is kept as far as it came.
  Result<void> answer(std::string_view question) {
    history_.messages.push_back(text_message(Role::User, make_valid_utf8(question)));
    request_.messages = history_.messages;
    StopToken stop = renewed_stop();
    ProgressLine progress(context_.err, context_.err_is_terminal, context_.clock, "reading",
                          Counting::Tokens);
    chat::ReplyCollector collector;
    const auto started = context_.clock.steady();
    const std::optional<agent::Finding> finding = agent::stream_guarded(
        provider_, request_,
        [&](const chat::StreamEvent& event) {
          show(event, progress);
          return collector.add(event);
        },
        stop);
    const chat::Reply reply = collector.finish();
    const double seconds = std::chrono::duration<double>(context_.clock.steady() - started).count();
    if (!json_ && !reply.message.parts.empty()) context_.out.line();
    stopped_ = stop.stop_requested();
    if (reply.message.parts.empty()) {
      history_.messages.pop_back();  // a question that got no answer is not asked
    } else {
      history_.messages.push_back(reply.message);
      TRY(history_.keep());
    }
    if (finding) {
      context_.err.line(context_.err.styled(Style::Yellow, finding->note));
    } else if (const chat::Failed* failed = reply.failed(); failed != nullptr && !stopped_) {
      return failed->error;
    }
    report(reply, seconds);
    return {};
  }

  // Ctrl-C ends the reply that is being written; each has a stop of its own.
  StopToken renewed_stop() {
    if (!context_.stop.stop_requested() && !stopped_) return stop_ = context_.stop;
    source_.emplace();
    handle_signals(*source_);
    return stop_ = source_->token();
  }

  void show(const chat::StreamEvent& event, ProgressLine& progress) {
    if (json_) return context_.out.line(to_json(event).dump());
    if (const auto* prefill = std::get_if<chat::PrefillProgress>(&event)) {
      progress.update(prefill->done, prefill->total);
    } else if (const auto* thinking = std::get_if<chat::ThinkingDelta>(&event)) {
      write(thinking->text, Style::Dim);
    } else if (const auto* text = std::get_if<chat::TextDelta>(&event)) {
      write(text->text, Style::Plain);
    }
  }

  void write(const std::string& text, Style style) {
    if (style != last_style_) context_.out.write("\n");
    last_style_ = style;
    context_.out.write(style == Style::Plain ? printable(text)
                                             : context_.out.styled(style, printable(text)));
  }

  void report(const chat::Reply& reply, double seconds) {
    last_style_ = Style::Plain;
    const chat::Usage& usage = reply.usage;
    const double speed = seconds > 0 ? static_cast<double>(usage.output_tokens) / seconds : 0;
    context_.err.line(context_.err.styled(
        Style::Dim, format("{} tokens read, {} of them known; {} written, {:.1f} a second in all{}",
                           usage.prompt_tokens, usage.cached_prompt_tokens, usage.output_tokens,
                           speed, stopped_ ? "; stopped" : "")));
  }

  Context& context_;
  chat::Provider& provider_;
  History history_;
  chat::Request request_;
  InputLines input_;
  StopToken stop_;
  std::optional<StopSource> source_;
  bool stopped_ = false;
  bool json_ = context_.arguments.has("--json");
  Style last_style_ = Style::Plain;
};

Result<ExitCode> run(Context& context) {
  const Arguments& arguments = context.arguments;
  const std::string name = *arguments.value("MODEL");
  chat::Request settings;
  if (const auto most = arguments.value("--max-tokens")) {
    settings.max_output_tokens = TRY(parse_count("--max-tokens", *most, 1, std::size_t{1} << 24));
  }
  if (const auto most = arguments.value("--max-thinking")) {
    settings.max_thinking_tokens =
        TRY(parse_count("--max-thinking", *most, 0, std::size_t{1} << 24));
  }
  History history = TRY(History::open(context));
  if (const auto system = arguments.value("--system")) {
    std::erase_if(history.messages, [](const Message& one) { return one.role == Role::System; });
    history.messages.insert(history.messages.begin(), text_message(Role::System, *system));
  }
  const AskedModel asked = TRY(ask_model(context, name, {.usual_context = kUsualContext}));
  settings.sampling = asked.sampling;
  return Conversation(context, *asked.provider, std::move(history), std::move(settings)).run();
}

std::vector<Option> options() {
  std::vector<Option> options{
      {.name = "--system", .letter = 's', .value = "TEXT", .help = "what the model is told first"},
      {.name = "--history",
       .value = "FILE",
       .help = "go on with the conversation in FILE, and keep it there",
       .completes = Completes::Files},
      {.name = "--max-tokens",
       .letter = 'n',
       .value = "N",
       .help = "at most N tokens in a reply; else as many as the context has"},
      {.name = "--max-thinking",
       .value = "N",
       .help = "think for at most N tokens, then answer; 0: do not think"}};
  for (Option& option :
       model_option_list("tokens of the conversation; else 8192, or what the model was made for")) {
    options.push_back(std::move(option));
  }
  options.push_back(json_option());
  return options;
}

}  // namespace

Command chat_command() {
  return {
      .name = "chat",
      .group = Group::Work,
      .summary = "talk with a model",
      .description =
          "Each line of the standard input is a message, and the answer is printed as it is "
          "written; thinking is dim. Only what is new in the conversation is computed. A reply "
          "that repeats itself is cut. Ctrl-C stops a reply and keeps what was said; /new "
          "begins anew, and /exit or the end of the input ends.\n\nWith a PROMPT there is one "
          "answer.\n\nWith --base-url the model is behind a server: llama-server, vLLM, Ollama or "
          "another that speaks chat completions, or Anthropic's API. Nothing leaves this machine "
          "unless --network says so. What a server does not know of the settings, it ignores.",
      .positionals = {{.name = "MODEL",
                       .help = "a GGUF file; of a server, the model's name, or - for its only one",
                       .completes = Completes::Files},
                      {.name = "PROMPT", .help = "one message, for one answer", .required = false}},
      .options = options(),
      .examples = {{"temper chat model.gguf", "a conversation"},
                   {"temper chat model.gguf \"What is a monad?\" --max-thinking 0", "one answer"},
                   {"temper chat model.gguf --history notes.json --system \"Be brief.\"",
                    "a conversation that is kept"},
                   {"temper chat - --base-url http://localhost:8080/v1",
                    "with the model of a server on this machine"}},
      .exits = {{ExitCode::Failed,
                 "the model cannot be loaded or asked, or there is not the memory for it"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

}  // namespace temper::cli
