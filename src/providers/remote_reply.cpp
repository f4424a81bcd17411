#include "providers/remote_reply.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/format.h"
#include "chat/stream_writer.h"
#include "net/sse.h"
#include "providers/text_calls.h"
#include "wire/errors.h"

namespace temper::providers {
namespace {

using chat::Failed;
using chat::Retry;
using chat::StreamEvent;
using chat::StreamWriter;
using net::HttpHead;
using net::Reading;

constexpr std::size_t kMaxErrorBytes = 64 * 1024;
constexpr std::size_t kMaxWholeReplyBytes = std::size_t{64} << 20;

Retry retry_of(Code code) {
  const bool may_help = code == Code::Unavailable || code == Code::TimedOut || code == Code::Io;
  return may_help ? Retry::MayHelp : Retry::Useless;
}

class Attempt {
 public:
  Attempt(const RemoteRequest& remote, StreamWriter& writer, RemoteNews& news)
      : remote_(remote),
        writer_(writer),
        news_(news),
        reader_(remote.make_reader()),
        text_calls_(remote.request) {}

  // The last event of the stream, or of this attempt.
  StreamEvent run(const net::HttpClient& client, const StopToken& stop) {
    net::HttpReader reader;
    reader.head = [this](const HttpHead& head) { return take(head); };
    reader.body = [this](std::string_view bytes) { return take(bytes); };
    const Result<void> sent = client.send(remote_.http, reader, stop);
    if (kind_ == Kind::Refusal) return refusal();
    if (kind_ == Kind::WholeReply && sent) pass_on(reader_->add(body_));
    if (!end_) pass_on(reader_->finish());
    VERIFY(end_.has_value(), "a reader ends what it reads");
    // Of a connection that died, why it did is better news than that the reply is not whole.
    auto* failed = std::get_if<Failed>(&*end_);
    if (failed != nullptr && !sent && failed->error.code == Code::Unavailable) {
      failed->error = sent.error();
      failed->retry = retry_of(sent.error().code);
    }
    for (const StreamEvent& event : text_calls_.finish(*end_)) {
      if (!send(event)) break;
    }
    return *end_;
  }

  bool has_delivered() const { return has_delivered_; }
  // What the server asks for before the next attempt.
  std::optional<std::chrono::milliseconds> asked_wait() const { return asked_wait_; }

 private:
  enum class Kind { Stream, WholeReply, Page, Refusal };

  Reading take(const HttpHead& head) {
    status_ = head.status;
    if (status_ < 200 || status_ >= 300) {
      kind_ = Kind::Refusal;
      read_wait(head);
    } else if (head.header("content-type").starts_with("application/json")) {
      kind_ = Kind::WholeReply;
    } else if (head.header("content-type").starts_with("text/html")) {
      kind_ = Kind::Page;
      end_ = Failed{{Code::Unsupported,
                     format("{} answers with a page for people and not with a reply; look at the "
                            "base URL",
                            remote_.http.url.text())},
                    Retry::Useless};
      return Reading::Enough;
    }
    return Reading::Continue;
  }

  void read_wait(const HttpHead& head) {
    const std::string_view text = head.header("retry-after");
    std::int64_t seconds = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failed == std::errc{} && end == text.data() + text.size() && seconds >= 0) {
      asked_wait_ = std::chrono::seconds(std::min<std::int64_t>(seconds, 3600));
    }
  }

  Reading take(std::string_view bytes) {
    if (kind_ != Kind::Stream) {
      const std::size_t most = kind_ == Kind::Refusal ? kMaxErrorBytes : kMaxWholeReplyBytes;
      body_ += bytes.substr(0, most - body_.size());
      return body_.size() < most ? Reading::Continue : Reading::Enough;
    }
    events_.feed(bytes);
    while (!end_) {
      const Result<std::optional<net::ServerEvent>> event = events_.next();
      if (!event) {
        end_ = Failed{event.error(), Retry::MayHelp};
      } else if (!*event) {
        return Reading::Continue;
      } else if (!pass_on(reader_->add((*event)->data))) {
        return Reading::Enough;
      }
    }
    return Reading::Enough;
  }

  // False where the stream was stopped or cut.
  bool pass_on(std::vector<StreamEvent> events) {
    for (StreamEvent& event : events) {
      if (std::holds_alternative<chat::UsageUpdate>(event)) news_.counts_tokens = true;
      if (is_end(event)) {
        end_ = std::move(event);
        continue;
      }
      for (const StreamEvent& piece : text_calls_.add(std::move(event))) {
        if (!send(piece)) return false;
      }
    }
    return true;
  }

  bool send(const StreamEvent& event) {
    has_delivered_ = true;
    return writer_.send(event);
  }

  StreamEvent refusal() {
    wire::ServerError error = wire::error_of_answer(status_, body_);
    if (error.context_tokens) news_.context_tokens = error.context_tokens;
    error.error = in_context(remote_.http.url.origin(), std::move(error.error));
    return Failed{std::move(error.error), error.retry};
  }

  const RemoteRequest& remote_;
  StreamWriter& writer_;
  RemoteNews& news_;
  std::unique_ptr<wire::ReplyReader> reader_;
  TextCalls text_calls_;
  net::ServerEventReader events_;
  Kind kind_ = Kind::Stream;
  int status_ = 0;
  std::string body_;
  std::optional<StreamEvent> end_;
  std::optional<std::chrono::milliseconds> asked_wait_;
  bool has_delivered_ = false;
};

void end_stream(StreamWriter& writer, const StreamEvent& end) {
  if (const auto* done = std::get_if<chat::Done>(&end)) {
    writer.done(done->reason, done->usage);
  } else {
    const auto& failed = std::get<Failed>(end);
    writer.fail(failed.error, failed.retry, failed.usage);
  }
}

}  // namespace

RemoteNews stream_remote(const net::HttpClient& client, Clock& clock, const Patience& patience,
                         const RemoteRequest& remote, const chat::EventSink& sink,
                         const StopToken& stop) {
  RemoteNews news;
  StreamWriter writer(sink, stop);
  std::chrono::milliseconds wait = patience.first_wait;
  for (int attempt_number = 1;; ++attempt_number) {
    Attempt attempt(remote, writer, news);
    const StreamEvent end = attempt.run(client, stop);
    const auto* failed = std::get_if<Failed>(&end);
    const bool ask_again = failed != nullptr && failed->retry == Retry::MayHelp &&
                           !attempt.has_delivered() && attempt_number < patience.attempts &&
                           !writer.interrupted();
    if (!ask_again ||
        !clock.sleep_for(std::min(attempt.asked_wait().value_or(wait), patience.longest_wait),
                         stop)) {
      end_stream(writer, end);
      return news;
    }
    wait = std::min(wait * 2, patience.longest_wait);
  }
}

}  // namespace temper::providers
