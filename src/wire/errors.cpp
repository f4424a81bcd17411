#include "wire/errors.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/utf8.h"
#include "wire/members.h"

namespace temper::wire {
namespace {

using chat::Retry;

constexpr std::size_t kMaxMessageBytes = 600;

// Words, in small letters, of which one stands in every sentence that says that a
// conversation is longer than the context.
constexpr std::string_view kOverflowWords[] = {
    "exceed_context_size",      // llama-server's type
    "context_length_exceeded",  // OpenAI's code
    "model_context_window_exceeded",
    "available context size",                  // llama-server
    "context size has been exceeded",          // llama-server, LM Studio
    "maximum context length",                  // OpenAI, vLLM, SGLang, Mistral, OpenRouter
    "maximum model length",                    // vLLM
    "longer than the model's context length",  // SGLang
    "exceeds the model's context length",
    "model's context length is only",  // vLLM
    "maximum allowed length",          // SGLang
    "maximum allowed input length",
    "context length of only",           // LM Studio
    "greater than the context length",  // LM Studio
    "reached context length",           // LM Studio
    "exceeds the context length",       // Ollama
    "exceeded max context length",      // Ollama
    "exceeds context length",
    "exceeds the context window",  // OpenAI
    "context window exceeded",
    "prompt is too long",    // Anthropic
    "exceed context limit",  // Anthropic
    "input is too long",
    "maximum prompt length",
    "maximum number of tokens allowed",
    "exceeded model token limit",
    "reduce the length of the messages",
    "must be <= ",
    "prompt too long",
};

// What stands before the length of the context, in small letters, the surest first.
constexpr std::string_view kLengthLeads[] = {
    "available context size (",
    "maximum context length is ",
    "maximum context length of ",
    "maximum model length of ",
    "model's context length is only ",
    "model's context length (",
    "context length of only ",
    "maximum allowed length (",
    "maximum allowed input length of ",
    "reached context length of ",
    "max context length of ",
    "maximum prompt length is ",
    "maximum number of tokens allowed (",
    "token limit: ",
    "too large for model with ",
    "must be <= ",
    "context length of ",
    "context window of ",
};

std::optional<std::uint64_t> number_at(std::string_view text) {
  std::uint64_t number = 0;
  std::size_t digits = 0;
  for (const char byte : text) {
    if (byte == ',' && digits > 0) continue;
    if (!is_digit(byte) || digits == 12) break;
    number = number * 10 + static_cast<std::uint64_t>(byte - '0');
    ++digits;
  }
  return number > 0 ? std::optional<std::uint64_t>(number) : std::nullopt;
}

std::optional<std::uint64_t> context_in(std::string_view text) {
  for (const std::string_view lead : kLengthLeads) {
    const std::size_t at = text.find(lead);
    if (at == text.npos) continue;
    if (const auto number = number_at(text.substr(at + lead.size()))) return number;
  }
  // Anthropic's sums: "prompt is too long: 208310 tokens > 200000 maximum".
  const std::size_t greater = text.find(" > ");
  return greater == text.npos ? std::nullopt : number_at(text.substr(greater + 3));
}

bool says(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

bool is_overflow(std::string_view text) {
  return std::any_of(std::begin(kOverflowWords), std::end(kOverflowWords),
                     [&](std::string_view words) { return text.find(words) != text.npos; });
}

// What a server said, in its own shape.
struct Said {
  std::string message;
  std::string kind;  // its type and code, and the message, in small letters
  std::optional<std::uint64_t> context;
};

void read_details(const Json& details, Said& said) {
  if (const Json::Array* items = details.items()) {
    for (const Json& item : *items) {
      if (!said.message.empty()) said.message += "; ";
      said.message += text_or_empty(item, "msg");
    }
  }
}

Said read_json(const Json& json) {
  Said said;
  if (json.items() != nullptr && json.items()->size() == 1) {
    said = read_json(json.items()->front());
  } else if (const std::string* text = json.string()) {
    said.message = *text;
    // A gateway may wrap what it was told.
    if (const Result<Json> inner = parse_json(*text); inner && inner->is_object()) {
      return read_json(*inner);
    }
  } else if (const Json* error = present(json, "error")) {
    said = read_json(*error);
    if (said.message.empty()) said.message = text_or_empty(json, "message");
    return said;
  } else if (const Json* detail = present(json, "detail")) {
    said = read_json(*detail);
    read_details(*detail, said);
    return said;
  } else {
    said.message = text_or_empty(json, "message");
    said.context = count_of(json, "n_ctx");
    if (said.context == 0) said.context.reset();
    const Json* code = json.find("code");
    said.kind = text_or_empty(json, "type") + " " + (code == nullptr ? "" : code->dump()) + " ";
  }
  return said;
}

Said read_body(std::string_view body) {
  Said said;
  if (const Result<Json> json = parse_json(body)) {
    said = read_json(*json);
  } else {
    const std::string_view text = trim(body);
    // Of a page for people only its being one is told.
    said.message = text.starts_with('<') ? "" : std::string(text.substr(0, text.find('\n')));
  }
  said.message = printable(truncate_bytes(said.message, kMaxMessageBytes), LineBreaks::Escape);
  said.kind += to_lower_ascii(said.message);
  return said;
}

std::string with_words(std::string_view sentence, const Said& said) {
  std::string words(sentence);
  return said.message.empty() ? words : words + ": " + said.message;
}

ServerError overflow(const Said& said) {
  ServerError error;
  error.context_tokens = said.context ? said.context : context_in(said.kind);
  const std::string length =
      error.context_tokens ? format(" of {} tokens", *error.context_tokens) : "";
  error.error = {Code::Limit,
                 with_words(format("the conversation is longer than the model's context{}; "
                                   "shorten it. The server says",
                                   length),
                            said)};
  return error;
}

ServerError judge(int status, const Said& said) {
  const bool is_rate = status == 429 || says(said.kind, {"rate_limit", "rate limit"});
  if (!is_rate && is_overflow(said.kind)) return overflow(said);
  const auto refused = [&](Code code, std::string_view sentence) {
    return ServerError{{code, with_words(sentence, said)}, Retry::Useless};
  };
  const auto later = [&](std::string_view sentence) {
    return ServerError{{Code::Unavailable, with_words(sentence, said)}, Retry::MayHelp};
  };
  if (says(said.kind, {"insufficient_quota", "credit balance is too low", "billing_error"}) ||
      status == 402) {
    return refused(Code::Denied, "the account has no credit left; look at its billing");
  }
  if (is_rate) return later("the server has had too many requests; wait before the next");
  if (status == 401 || status == 403 ||
      says(said.kind, {"authentication_error", "permission_error"})) {
    return refused(Code::Denied, "the server does not accept the key; give another");
  }
  if (status == 404) {
    return refused(Code::NotFound,
                   "the server knows no such model or address; look at the model's name and the "
                   "base URL");
  }
  if (status == 413) return refused(Code::Limit, "the request is too large for the server");
  if (status == 503 && says(said.kind, {"loading model"})) {
    return later("the server is still loading its model; wait for it");
  }
  if (status == 408 || status == 409 || status == 425 || status >= 500) {
    return later(format("the server failed (status {}); it may help to ask again", status));
  }
  return refused(Code::Invalid, format("the server refused the request (status {})", status));
}

}  // namespace

ServerError error_of_answer(int status, std::string_view body) {
  return judge(status, read_body(body));
}

ServerError error_of_event(const Json& error) {
  const Said said = read_body(error.dump());
  const Json* inner = present(error, "error");
  const Json& details = inner == nullptr ? error : *inner;
  if (says(said.kind, {"invalid_request_error", "badrequesterror", "bad_request"})) {
    return judge(400, said);
  }
  const std::optional<std::uint64_t> status = count_of(details, "code");
  return judge(status && *status >= 400 && *status < 600 ? static_cast<int>(*status) : 500, said);
}

}  // namespace temper::wire
