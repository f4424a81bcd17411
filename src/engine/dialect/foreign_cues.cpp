#include "engine/dialect/foreign_cues.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"

namespace temper::engine {
namespace {

constexpr std::size_t kParagraphBytes = 400;

// Whole words, in lower case; what is not ASCII is found anywhere. These explain, whatever
// else is said beside them,
constexpr std::string_view kExplains[] = {
    "example",      "examples",     "e.g",         "for instance", "such as",     "like this",
    "like so",      "looks like",   "look like",   "looked like",  "would be",    "would call",
    "would write",  "would emit",   "would send",  "would have",   "would use",   "could call",
    "could be",     "could use",    "could have",  "could write",  "might call",  "might look",
    "you can",      "you could",    "you would",   "you should",   "you might",   "you may",
    "explain",      "describe",     "show you",    "illustrate",   "illustrates", "demonstrate",
    "demonstrates", "hypothetical", "suppose",     "imagine",      "this is how", "here is how",
    "here's how",   "not a call",   "would look",  "should look",  "must look",   "beispiel",
    "z.b",          "por ejemplo",  "par exemple", "ad esempio",   "例如",        "比如",
    "例えば",       "например"};

// and these where nobody says that they are about to act.
constexpr std::string_view kExplainsQuietly[] = {
    "format",     "syntax",      "schema",        "notation",      "convention", "as text",
    "can be",     "can call",    "you have to",   "you need to",   "should be",  "should have",
    "must be",    "must have",   "expects",       "expected",      "accepts",    "the model",
    "models",     "wrote",       "written",       "writes",        "emits",      "emitted",
    "outputs",    "printed",     "prints",        "produces",      "produced",   "generates",
    "generated",  "sends",       "sent",          "returns",       "returned",   "received",
    "logged",     "log",         "logs",          "transcript",    "recorded",   "captured",
    "instead of", "rather than", "never",         "don't",         "do not",     "must not",
    "should not", "shouldn't",   "template",      "documentation", "documented", "docs",
    "readme",     "spec",        "specification", "the server",    "the parser", "the api",
    "the client", "the agent",   "the harness",   "is how",        "how to",     "how a",
    "how the",    "stands for",  "means",         "malformed",     "broken",     "wrong",
    "invalid",    "incorrect",   "rejected",      "failed with",   "earlier",    "previous",
    "previously", "last time",   "used to",       "fixture",       "test case",  "test data",
    "sample",     "snippet",     "shown below",   "shows how",     "equivalent", "represented",
    "serialised", "serialized",  "definition",    "defined",       "declares",   "declared",
    "registered", "entry",       "config",        "configuration", "settings",   "manifest",
    "payload",    "quote",       "quoted",        "quoting",       "the user",   "issue",
    "report",     "reports",     "格式"};

constexpr std::string_view kActs[] = {
    "let me",     "let's",     "i'll",      "i will",    "i am going to", "i'm going to",
    "i need to",  "i want to", "i have to", "i must",    "i should",      "i shall",
    "we need to", "we should", "we'll",     "now i",     "next i",        "first i",
    "first, i",   "next, i",   "now, i",    "ich werde", "ich schaue",    "lass mich",
    "ich lese",   "voy a",     "je vais",   "让我",      "我将",          "我来",
    "我先",       "давайте",   "сейчас"};

// At the beginning of a sentence; elsewhere they are nouns.
constexpr std::string_view kActsFirst[] = {
    "calling",   "running",  "checking",   "reading",    "looking",  "opening", "listing",
    "searching", "starting", "continuing", "proceeding", "fetching", "now "};

bool is_word_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '\'';
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_word_byte(text[at - 1]) || !is_word_byte(word.front());
    const bool ends = end == text.size() || !is_word_byte(text[end]) || !is_word_byte(word.back());
    if (begins && ends) return true;
  }
  return false;
}

template <std::size_t N>
bool has_any(std::string_view text, const std::string_view (&words)[N]) {
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return has_word(text, word); });
}

// The last paragraph, or what can matter of it.
std::string last_paragraph(std::string_view before) {
  before = trim(before);
  if (before.size() > kParagraphBytes) before.remove_prefix(before.size() - kParagraphBytes);
  const std::size_t paragraph = before.rfind("\n\n");
  if (paragraph != before.npos) before.remove_prefix(paragraph + 2);
  std::string words = to_lower_ascii(before);
  // A typographic apostrophe is one all the same.
  for (std::size_t at = words.find("’"); at != std::string::npos; at = words.find("’")) {
    words.replace(at, std::string_view("’").size(), "'");
  }
  return words;
}

// Takes the last sentence off the text. A point ends one where white space follows that no
// small abbreviation ("e.g. ") stands before.
std::string_view take_last_sentence(std::string_view& text) {
  text = trim(text);
  for (std::size_t at = text.size(); at-- > 1;) {
    const bool ends =
        text[at] == '\n' ||
        (text[at] == ' ' && (text[at - 1] == '.' || text[at - 1] == '!' || text[at - 1] == '?'));
    if (!ends || (at > 2 && text[at - 3] == '.')) continue;
    const std::string_view sentence = text.substr(at + 1);
    text = text.substr(0, at);
    return sentence;
  }
  return std::exchange(text, {});
}

Intent intent_of_sentence(std::string_view sentence) {
  if (has_any(sentence, kExplains)) return Intent::Explain;
  if (has_any(sentence, kActs)) return Intent::Act;
  for (const std::string_view word : kActsFirst) {
    if (trim(sentence).starts_with(word)) return Intent::Act;
  }
  return has_any(sentence, kExplainsQuietly) ? Intent::Explain : Intent::Unclear;
}

bool is_placeholder(std::string_view text) {
  text = trim(text);
  if (text == "..." || text == "…" || text.starts_with("path/to") || text.starts_with("/path/to")) {
    return true;
  }
  if (text.starts_with("your ") || text.starts_with("your_") || text.starts_with("some "))
    return true;
  const auto is_name = [](char byte) {
    return is_word_byte(byte) || byte == '_' || byte == '-' || byte == ' ';
  };
  return text.size() > 2 && text.size() < 40 && text.front() == '<' && text.back() == '>' &&
         std::all_of(text.begin() + 1, text.end() - 1, is_name);
}

}  // namespace

Intent intent_of(std::string_view before) {
  const std::string paragraph = last_paragraph(before);
  std::string_view rest = paragraph;
  // Where the last sentence does not tell, the one before it may.
  const Intent last = intent_of_sentence(take_last_sentence(rest));
  return last == Intent::Unclear ? intent_of_sentence(take_last_sentence(rest)) : last;
}

bool has_placeholder(const Json& arguments) {
  if (!arguments.is_object()) return false;
  return std::any_of(arguments.members()->begin(), arguments.members()->end(),
                     [](const auto& member) {
                       return member.second.is_string() && is_placeholder(*member.second.string());
                     });
}

}  // namespace temper::engine
