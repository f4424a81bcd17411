#include "providers/local_provider.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <list>
#include <utility>
#include <vector>

#include "base/format.h"
#include "base/verify.h"
#include "chat/stream_writer.h"
#include "engine/dialect/conversation.h"
#include "engine/dialect/detect.h"
#include "engine/dialect/reader.h"
#include "engine/kv/prefix_index.h"
#include "engine/template/chat_template.h"
#include "providers/constraint.h"
#include "providers/generation.h"
#include "providers/prompt.h"
#include "providers/told_tools.h"

namespace temper::providers {

using chat::Capabilities;
using chat::EventSink;
using chat::PrefillProgress;
using chat::Request;
using chat::Retry;
using chat::StreamWriter;
using engine::ChatTemplate;
using engine::Dialect;
using engine::DialectFamily;
using engine::LocalModel;
using engine::Rendered;
using engine::SamplingSettings;
using engine::Sequence;
using engine::SpecialsShown;
using engine::TokenId;
using engine::Tokenizer;

namespace {

constexpr std::string_view kTemplateKey = "tokenizer.chat_template";

// For files without a template: what most models have seen.
constexpr std::string_view kPlainTemplate =
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + "
    "'<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}"
    "{% endif %}";

class SamplingChooser final : public TokenChooser {
 public:
  explicit SamplingChooser(engine::Sampler sampler) : sampler_(std::move(sampler)) {}

  Result<TokenId> choose(std::span<const float> scores, engine::TokenMask allowed) override {
    return TRY(sampler_.sample(scores, allowed)).token;
  }
  void accept(TokenId token) override { sampler_.accept(token); }
  void take_back() override { sampler_.rewind(1); }

 private:
  engine::Sampler sampler_;
};

SamplingSettings settings_of(const Request& request, SamplingSettings settings) {
  const chat::Sampling& wish = request.sampling;
  if (wish.temperature) settings.temperature = static_cast<float>(*wish.temperature);
  if (wish.top_p) settings.top_p = static_cast<float>(*wish.top_p);
  if (wish.min_p) settings.min_p = static_cast<float>(*wish.min_p);
  if (wish.top_k) settings.top_k = *wish.top_k;
  if (wish.seed) settings.seed = *wish.seed;
  return settings;
}

// What tells the rules of one request from those of another.
std::string key_of(const Request& request) {
  Json tools = Json::array();
  for (const chat::ToolSpec& tool : request.tools) tools.push(to_json(tool));
  std::string key = tools.dump();
  for (const chat::ArgumentDomain& domain : request.domains) {
    key += format("\n{} {} {} {}", domain.tool, domain.argument, domain.depends_on,
                  static_cast<const void*>(domain.domain.get()));
  }
  return key;
}

// A conversation that was computed: what the sequence holds, as text.
struct Past {
  TokenText text;
  Sequence sequence;
  std::size_t entry = 0;  // in the index, once it is kept
};

struct Prompt {
  TokenText text;
  std::size_t without_turn = 0;  // its tokens before the turn that is to be written begins
  std::string end;               // its last bytes
  std::optional<engine::PrefixMatch> known;  // the past that spares the most
};

}  // namespace

struct LocalProvider::State {
  State(std::unique_ptr<LocalModel> loaded, Clock& time, LocalOptions wishes)
      : model(std::move(loaded)), clock(time), options(std::move(wishes)) {}

  Result<void> prepare();
  void stream(const Request& request, StreamWriter& writer, const StopToken& stop);

  Result<Prompt> read_prompt(const Request& request);
  Result<Rendered> render(const Request& request, bool with_turn);
  Result<Constraint::Rules> rules_for(const Request& request);
  Result<std::unique_ptr<TokenChooser>> chooser_for(const Request& request);
  Past take_past(const Prompt& prompt);
  Result<std::vector<float>> read(Past& past, const Prompt& prompt, StreamWriter& writer,
                                  const StopToken& stop);
  Result<void> append(Past& past, const TokenText& prompt, std::size_t until,
                      const std::function<void()>& progress, std::vector<float>& scores,
                      const StopToken& stop);
  void keep(Past past);
  void forget(std::list<Past>::iterator past);

  std::unique_ptr<LocalModel> model;
  Clock& clock;
  LocalOptions options;
  std::unique_ptr<Tokenizer> tokenizer;
  std::optional<ChatTemplate> chat_template;
  Dialect dialect;
  bool tells_tools = false;  // the template does not
  std::optional<Spelling> spelling;
  std::shared_ptr<const engine::TokenTrie> trie;
  std::vector<std::uint64_t> free_tokens;

  std::timed_mutex turn;  // one request at a time; guards what follows
  std::list<Past> pasts;  // the last used at the end
  engine::PrefixIndex index;
  std::string rules_key;
  Constraint::Rules rules;
  std::atomic<std::uint64_t> computed{0};
};

// ---- Once ----

Result<void> LocalProvider::State::prepare() {
  const engine::GgufFile& file = model->file().first();
  tokenizer = TRY(Tokenizer::load(file));
  std::string source = options.chat_template.value_or(
      std::string(TRY(file.find_as<std::string_view>(kTemplateKey)).value_or(kPlainTemplate)));
  chat_template = TRY(ChatTemplate::parse(source, model->file().name()));
  dialect = detect_dialect(*chat_template, source);
  tells_tools = dialect.family == DialectFamily::None;
  if (tells_tools) {
    const engine::ThinkingSyntax thinking = dialect.thinking;
    dialect = standard_dialect(DialectFamily::Hermes);
    dialect.thinking = thinking;
  }
  spelling.emplace(dialect, *tokenizer);
  trie = std::make_shared<const engine::TokenTrie>(TRY(spelling->text_tokens()));

  free_tokens.assign(engine::TokenMask::words_for(tokenizer->size()), 0);
  for (TokenId token = 0; tokenizer->is_valid(token); ++token) {
    const auto at = static_cast<std::size_t>(token);
    const bool is_free = !trie->piece(token).empty() || spelling->is_marker(token) ||
                         tokenizer->is_end_of_generation(token);
    if (is_free) free_tokens[at / 64] |= std::uint64_t{1} << at % 64;
  }
  for (const TokenId token : tokenizer->suppressed()) {
    const auto at = static_cast<std::size_t>(token);
    free_tokens[at / 64] &= ~(std::uint64_t{1} << at % 64);
  }
  return {};
}

// ---- The prompt ----

Result<Rendered> LocalProvider::State::render(const Request& request, bool with_turn) {
  engine::ConversationOptions how;
  how.add_generation_prompt = with_turn;
  const engine::SpecialIds& ids = tokenizer->special_ids();
  const auto text_of = [&](TokenId token) {
    return token < 0 ? std::string()
                     : std::string(tokenizer->shown(token, SpecialsShown::Yes, false));
  };
  how.bos_token = text_of(ids.bos);
  how.eos_token = text_of(ids.eos);
  how.extra = options.template_variables;
  if (request.max_thinking_tokens) {
    if (how.extra.is_null()) how.extra = Json::object();
    how.extra.set("enable_thinking", *request.max_thinking_tokens > 0);
  }
  const Json variables =
      tells_tools ? TRY(conversation_variables(dialect, tools_told(request), {}, how))
                  : TRY(conversation_variables(dialect, request.messages, request.tools, how));
  engine::RenderOptions render_options;
  render_options.now = clock.wall();
  return chat_template->render(variables, render_options);
}

Result<Prompt> LocalProvider::State::read_prompt(const Request& request) {
  const Rendered rendered = TRY(render(request, true));
  // Each past has tokens of its own for what it has in common with the prompt.
  std::optional<TokenText> text;
  std::optional<engine::PrefixMatch> known;
  for (const Past& past : pasts) {
    TokenText continued = past.text.continued(*tokenizer, rendered);
    const std::optional<engine::PrefixMatch> found = index.find(continued.tokens());
    if (text && (!found || (known && found->reusable <= known->reusable))) continue;
    text = std::move(continued);
    known = found;
  }
  if (!text) text = TokenText(*tokenizer, rendered);
  Prompt prompt{std::move(*text), 0, {}, known};
  prompt.end = prompt.text.text();
  // Where the template gives the turn back in another form, this is as far as it stays.
  if (const Result<Rendered> before = render(request, false)) {
    prompt.without_turn = prompt.text.tokens_within(before->text());
  }
  return prompt;
}

// ---- What was computed before ----

// The sequence that spares the most, cut to what it has in common with the prompt.
Past LocalProvider::State::take_past(const Prompt& prompt) {
  if (!prompt.known) return Past{prompt.text, model->new_sequence()};
  const auto best = std::find_if(pasts.begin(), pasts.end(), [&](const Past& past) {
    return past.entry == prompt.known->entry;
  });
  Past taken{prompt.text, best->sequence.fork()};
  taken.sequence.rewind(prompt.known->reusable);
  // A conversation that goes on is the same one; a past that is left stays for a return.
  if (prompt.known->reusable == best->sequence.length()) forget(best);
  return taken;
}

void LocalProvider::State::keep(Past past) {
  if (past.sequence.length() == 0) return;
  past.text.cut(past.sequence.length());
  pasts.push_back(std::move(past));
  pasts.back().entry = index.add_live(pasts.back().sequence);
  if (pasts.size() > options.kept_conversations) forget(pasts.begin());
}

void LocalProvider::State::forget(std::list<Past>::iterator past) {
  index.remove(past->entry);
  pasts.erase(past);
}

// ---- Reading ----

Result<void> LocalProvider::State::append(Past& past, const TokenText& prompt, std::size_t until,
                                          const std::function<void()>& progress,
                                          std::vector<float>& scores, const StopToken& stop) {
  const std::size_t from = past.sequence.length();
  if (until <= from) return {};
  LocalModel::Append how;
  how.stop = stop;
  how.progress = [&](std::size_t) { progress(); };
  const auto take = [&](std::size_t, std::span<const float> row) {
    scores.assign(row.begin(), row.end());
  };
  const std::span<const TokenId> part(prompt.tokens().data() + from, until - from);
  Result<void> done = model->append(past.sequence, part, how, take);
  // What is kept for a return is not worth a failure.
  while (!done && done.error().code == Code::Limit && !pasts.empty()) {
    forget(pasts.begin());
    const std::size_t at = past.sequence.length();
    done = model->append(past.sequence, part.subspan(at - from), how, take);
  }
  computed += past.sequence.length() - from;
  return done;
}

Result<std::vector<float>> LocalProvider::State::read(Past& past, const Prompt& prompt,
                                                      StreamWriter& writer, const StopToken& stop) {
  const std::size_t total = prompt.text.tokens().size();
  const std::size_t cached = past.sequence.length();
  const auto started = clock.steady();
  bool interrupted = !writer.send(PrefillProgress{cached, total, 0});
  std::vector<float> scores;
  const auto progress = [&] {
    const std::size_t done = past.sequence.length();
    const double seconds = std::chrono::duration<double>(clock.steady() - started).count();
    const double speed = seconds > 0 ? static_cast<double>(done - cached) / seconds : 0;
    if (!interrupted) interrupted = !writer.send(PrefillProgress{done, total, speed});
  };
  const std::uint64_t snapshot_bytes = model->options().snapshot_bytes;
  for (const std::size_t until : {prompt.without_turn, total}) {
    // In steps, so that a reader who has had enough is heard.
    while (past.sequence.length() < until) {
      if (interrupted) return stopped_error("reading the prompt");
      const std::size_t step = past.sequence.length() + model->options().step;
      TRY(append(past, prompt.text, std::min(step, until), progress, scores, stop));
    }
    if (past.sequence.length() == until && until > cached) past.sequence.mark(snapshot_bytes);
  }
  if (interrupted) return stopped_error("reading the prompt");
  return scores;
}

// ---- A request ----

Result<Constraint::Rules> LocalProvider::State::rules_for(const Request& request) {
  Constraint::Rules made;
  made.free = free_tokens;
  made.choice = request.tool_choice;
  if (!options.constrain) return made;
  made.openings = TRY(call_openings(dialect, *spelling, request));
  for (const CallOpening& opening : made.openings) {
    made.calls.push_back(std::make_shared<engine::TokenGrammar>(opening.call, trie));
  }
  return made;
}

Result<std::unique_ptr<TokenChooser>> LocalProvider::State::chooser_for(const Request& request) {
  if (options.chooser) return options.chooser(request);
  SamplingSettings settings = settings_of(request, options.sampling);
  const std::vector<TokenId>& suppressed = tokenizer->suppressed();
  settings.suppressed.insert(settings.suppressed.end(), suppressed.begin(), suppressed.end());
  return std::unique_ptr<TokenChooser>(std::make_unique<SamplingChooser>(
      TRY(engine::Sampler::create(std::move(settings), tokenizer->size()))));
}

void LocalProvider::State::stream(const Request& request, StreamWriter& writer,
                                  const StopToken& stop) {
  const auto fail = [&](const Error& error, const chat::Usage& usage = {}) {
    writer.fail(error, Retry::Useless, usage);
  };
  Result<Prompt> prompt = read_prompt(request);
  if (!prompt) return fail(prompt.error());
  chat::Usage usage;
  usage.prompt_tokens = prompt->text.tokens().size();
  const std::size_t context = model->options().context;
  if (usage.prompt_tokens >= context) {
    return fail({Code::Limit, format("the conversation is {} tokens long, and {} has a context of "
                                     "{}; shorten it, or load the model with more",
                                     usage.prompt_tokens, options.name, context)});
  }
  Result<std::unique_ptr<TokenChooser>> chooser = chooser_for(request);
  if (!chooser) return fail(chooser.error());
  // The domains of the last request are alive in the rules: an address tells them apart.
  const std::string key = key_of(request);
  if (key != rules_key) {
    Result<Constraint::Rules> made = rules_for(request);
    if (!made) return fail(made.error());
    rules = std::move(made).take();
    rules_key = key;
  }
  rules.choice = request.tool_choice;

  Past past = take_past(*prompt);
  usage.cached_prompt_tokens = past.sequence.length();
  Result<std::vector<float>> scores = read(past, *prompt, writer, stop);
  if (!scores) {
    fail(scores.error(), usage);
    return keep(std::move(past));
  }
  engine::ReaderOptions reader_options;
  reader_options.tools = request.tools;
  reader_options.control_tokens = spelling->marked_words();
  reader_options.prompt_end = prompt->end;
  engine::DialectReader reader(dialect, reader_options);
  Constraint constraint(rules, dialect, *spelling, *tokenizer);
  Generation generation(*model, *tokenizer, *spelling, dialect, **chooser, constraint, reader,
                        request, writer);
  generation.usage() = usage;
  Generation::Limits limits;
  limits.tokens = std::min<std::uint64_t>(request.max_output_tokens.value_or(context),
                                          context - usage.prompt_tokens);
  limits.thinking = request.max_thinking_tokens;
  const std::size_t read_tokens = past.sequence.length();
  Result<Generation::End> end =
      generation.run(past.sequence, past.text, limits, std::move(scores).take(), stop);
  computed += past.sequence.length() - read_tokens;
  past.sequence.mark(model->options().snapshot_bytes);
  keep(std::move(past));
  if (!end) return fail(end.error(), generation.usage());
  if (end->failure) return writer.fail(*end->failure, Retry::MayHelp, generation.usage());
  writer.done(end->reason, generation.usage());
}

// ---- The port ----

LocalProvider::LocalProvider(std::unique_ptr<State> state) : state_(std::move(state)) {}
LocalProvider::~LocalProvider() = default;

Result<std::unique_ptr<LocalProvider>> LocalProvider::create(std::unique_ptr<LocalModel> model,
                                                             Clock& clock, LocalOptions options) {
  auto state = std::make_unique<State>(std::move(model), clock, std::move(options));
  TRY(state->prepare());
  return std::unique_ptr<LocalProvider>(new LocalProvider(std::move(state)));
}

Capabilities LocalProvider::capabilities() const {
  Capabilities what;
  what.model = state_->options.name;
  what.place = chat::Place::InProcess;
  what.context_tokens = state_->model->options().context;
  what.native_tools = !state_->tells_tools;
  what.can_constrain = state_->options.constrain;
  what.can_rewind = true;
  what.counts_tokens = true;
  return what;
}

void LocalProvider::stream(const Request& request, const EventSink& sink, const StopToken& stop) {
  constexpr std::chrono::milliseconds kLook{10};
  StreamWriter writer(sink, stop);
  std::unique_lock lock(state_->turn, std::defer_lock);
  while (!writer.interrupted() && !lock.try_lock_for(kLook)) {
  }
  if (!lock) return writer.fail(stopped_error("waiting for the model"), Retry::MayHelp);
  state_->stream(request, writer, stop);
}

std::uint64_t LocalProvider::computed_tokens() const { return state_->computed; }

}  // namespace temper::providers
