#include "agent/probe/probe.h"

#include <doctest/doctest.h>

#include "agent/probe/questions.h"
#include "base/format.h"
#include "chat/reply.h"
#include "chat/scripted.h"

namespace temper::agent {
namespace {

using chat::ReplySteps;
using chat::Request;
using chat::Steps;

// Answers every request by a function of it. Each of its events takes a tenth of a second.
class Pupil final : public chat::Provider {
 public:
  using Answer = std::function<Steps(const Request&)>;

  Pupil(Answer answer, ManualClock& clock) : answer_(std::move(answer)), clock_(clock) {
    capabilities_.model = "pupil";
    capabilities_.context_tokens = 20000;
  }

  chat::Capabilities capabilities() const override { return capabilities_; }
  void stream(const Request& request, const chat::EventSink& sink, const StopToken& stop) override {
    Steps steps;
    for (const chat::Step& step : answer_(request)) {
      steps.push_back(chat::Wait{std::chrono::milliseconds(100)});
      steps.push_back(step);
    }
    chat::ScriptedProvider({chat::turn(std::move(steps))}, clock_).stream(request, sink, stop);
  }

 private:
  Answer answer_;
  ManualClock& clock_;
  chat::Capabilities capabilities_;
};

const CallQuestion* call_question_of(const Request& request) {
  for (const CallQuestion& question : call_questions()) {
    if (question.messages == request.messages) return &question;
  }
  return nullptr;
}

std::uint64_t tokens_of(const Request& request) {
  return chat::text_of(request.messages.back()).size() / 3;
}

chat::Usage usage_of(const Request& request, std::uint64_t written) {
  chat::Usage usage;
  usage.prompt_tokens = tokens_of(request);
  usage.output_tokens = written;
  return usage;
}

// The key that the text names for the colour of the question at its end.
std::string key_in(const std::string& text) {
  const std::size_t question = text.rfind("Which key has the ");
  const std::string colour =
      text.substr(question + 18, text.find(' ', question + 18) - question - 18);
  const std::string told = "The key of the " + colour + " cabinet is ";
  return text.substr(text.find(told) + told.size(), 6);
}

Steps good_answer(const Request& request) {
  const chat::Usage usage = usage_of(request, 20);
  if (const CallQuestion* question = call_question_of(request)) {
    return ReplySteps().call(question->tool, question->arguments.dump()).done(usage);
  }
  const std::string text = chat::text_of(request.messages.back());
  if (request.tools.empty()) return ReplySteps().say(key_in(text)).done(usage);
  return ReplySteps().say("4.17.3, and seven days.").done(usage);
}

Result<ProbeReport> probed(const Pupil::Answer& answer, const ProbeOptions& options = {}) {
  ManualClock clock;
  Pupil pupil(answer, clock);
  return probe(pupil, clock, options, nullptr, StopToken());
}

TEST_CASE("probe: a good pupil is fit, and its speed is measured") {
  const Result<ProbeReport> report = probed(good_answer);
  REQUIRE(report.ok());
  const std::uint64_t calls = call_questions().size();
  CHECK(report->calls == ProbeCalls{calls, calls, calls, calls});
  CHECK(report->stops.ended == report->stops.replies);
  CHECK(report->stops.replies == calls + words_questions().size());
  for (const ProbeAnswer& answer : report->answers) CHECK_MESSAGE(answer.right, answer.question);
  // Doubled from 500 on, up to what is left of 20000 behind a reply.
  REQUIRE(report->contexts.size() >= 6);
  for (const ProbeContext& context : report->contexts) {
    CHECK(context.right == 2);
    CHECK(context.mixed_up == 0);
  }
  const std::uint64_t longest = report->contexts.back().tokens;
  CHECK(longest > 18000);
  CHECK(longest < 20000);
  // A text is read in one event's time, a tenth of a second.
  CHECK(report->prompt_per_second ==
        doctest::Approx(static_cast<double>(longest) * 10).epsilon(0.01));
  CHECK(report->output_per_second > 0);
  CHECK(judge(*report) == Judgement{Fitness::Fit, {}});
}

TEST_CASE("probe: what is wrong is counted, told, and judged") {
  struct Row {
    std::string name;
    Pupil::Answer answer;
    Fitness fitness;
    std::string reason;  // in one of the reasons
    std::string what;    // in one of the answers
  };
  const auto talks = [](const Request& request) {
    if (call_question_of(request) == nullptr) return good_answer(request);
    return ReplySteps().say("I would call read now.").done();
  };
  const auto misses = [](const Request& request) {
    if (call_question_of(request) == nullptr) return good_answer(request);
    return ReplySteps().call("read", R"({"file": "a.c"})").done();
  };
  const auto invents = [](const Request& request) {
    if (call_question_of(request) == nullptr) return good_answer(request);
    return ReplySteps().call("read", R"({"path": "invented.c"})").done();
  };
  const auto babbles = [](const Request& request) {
    if (request.tools.empty()) return good_answer(request);
    ReplySteps steps;
    for (int line = 0; line < 400; ++line) steps.say("I will look at the file once more.\n");
    return steps.done_because(chat::StopReason::TokenLimit);
  };
  const auto mixes = [](const Request& request) {
    if (!request.tools.empty()) return good_answer(request);
    const std::string text = chat::text_of(request.messages.back());
    const std::string other = text.find("Which key has the blue") != text.npos ? "green" : "blue";
    const std::string told = "The key of the " + other + " cabinet is ";
    return ReplySteps()
        .say(text.substr(text.find(told) + told.size(), 6))
        .done(usage_of(request, 5));
  };
  const Row rows[] = {
      {"talks", talks, Fitness::Unfit, "it called a tool 0 of 7 times", "wrote \"I would call"},
      {"misses", misses, Fitness::Unfit, "7 of 7 calls were not as their tool asks", "called read"},
      {"invents", invents, Fitness::Unfit, "0 of 7 calls were the right ones", "invented.c"},
      {"babbles", babbles, Fitness::Unfit, "10 of 10 replies did not end", "repeated itself"},
      {"mixes", mixes, Fitness::WithCare, "could not tell two facts apart", "called read"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Result<ProbeReport> report = probed(row.answer);
    REQUIRE(report.ok());
    const Judgement judgement = judge(*report);
    CHECK(judgement.fitness == row.fitness);
    const auto holds = [](const std::string& text, const std::string& part) {
      return text.find(part) != text.npos;
    };
    CHECK(std::any_of(judgement.reasons.begin(), judgement.reasons.end(),
                      [&](const std::string& reason) { return holds(reason, row.reason); }));
    CHECK(std::any_of(report->answers.begin(), report->answers.end(),
                      [&](const ProbeAnswer& answer) { return holds(answer.what, row.what); }));
    if (row.name == "mixes") CHECK(report->contexts.front().mixed_up == 2);
  }
}

TEST_CASE("probe: a text that is too long ends the growing, another failure the probe") {
  const auto short_sighted = [](const Request& request) {
    if (tokens_of(request) < 5000) return good_answer(request);
    return ReplySteps().fail({Code::Limit, "it is too long"}, chat::Retry::Useless);
  };
  const Result<ProbeReport> report = probed(short_sighted);
  REQUIRE(report.ok());
  CHECK(report->contexts_ended == "it is too long");
  CHECK(report->contexts.back().tokens < 5000);
  CHECK(judge(*report).fitness == Fitness::WithCare);

  const auto broken = [](const Request&) {
    return ReplySteps().fail({Code::Io, "the connection died"}, chat::Retry::MayHelp);
  };
  CHECK(probed(broken).error() == Error{Code::Io, "the connection died"});
}

TEST_CASE("probe: a report is kept as JSON and read back as it was") {
  const ProbeReport report = *probed(good_answer);
  CHECK(*probe_report_from_json(to_json(report)) == report);
  const Json whole = to_json(report);
  for (const Json::Member& member : *whole.members()) {
    const std::string& key = member.first;
    if (key == "fitness" || key == "reasons") continue;
    Json lacking = Json::object();
    for (const Json::Member& other : *whole.members()) {
      if (other.first != key) lacking.set(other.first, other.second);
    }
    CHECK_MESSAGE(!probe_report_from_json(lacking).ok(), key);
  }
}

TEST_CASE("probe: a call is judged by its tool, and by what was asked") {
  const std::vector<chat::ToolSpec> tools = probe_tools();
  const CallQuestion& question = call_questions()[1];
  struct Row {
    std::string name;
    std::string arguments;
    bool valid;
    bool wanted;
  };
  const Row rows[] = {
      {"read", R"({"path": "lib/queue.py", "first": 120, "last": 160})", true, true},
      {"read", R"({"last": 160, "path": " lib/queue.py\n", "first": 120})", true, true},
      {"read", R"({"path": "lib/queue.py", "first": 120, "last": 161})", true, false},
      {"read", R"({"path": "lib/queue.py"})", true, false},
      {"read", R"({"path": "lib/queue.py", "first": "120", "last": 160})", false, false},
      {"read", R"({"first": 120, "last": 160})", false, false},
      {"read", R"({"path": "lib/queue.py", "from": 120})", false, false},
      {"read", R"(["lib/queue.py"])", false, false},
      {"read", R"({"path": )", false, false},
      {"open", R"({"path": "lib/queue.py", "first": 120, "last": 160})", false, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.arguments);
    const chat::ToolCall call{"call00001", row.name, row.arguments};
    CHECK(is_valid_call(call, tools) == row.valid);
    CHECK(is_wanted_call(call, question) == row.wanted);
  }
  for (const CallQuestion& one : call_questions()) {
    CHECK_MESSAGE(is_valid_call({"c", one.tool, one.arguments.dump()}, tools), one.name);
  }
}

TEST_CASE("probe: both facts stand in a text of any length, once, far apart") {
  for (const std::size_t bytes : {std::size_t{10}, std::size_t{3000}, std::size_t{100000}}) {
    const FactsText facts = make_facts_text(bytes, 7);
    CHECK(facts.first.key != facts.second.key);
    const std::size_t first = facts.text.find(facts.first.key);
    const std::size_t second = facts.text.find(facts.second.key);
    REQUIRE(first != facts.text.npos);
    REQUIRE(second != facts.text.npos);
    CHECK(second > first + bytes / 3);
    CHECK(facts.text.find(facts.first.key, first + 1) == facts.text.npos);
    CHECK(facts.text.size() >= bytes);
    CHECK(facts.text.size() <= bytes + 400);
    CHECK(make_facts_text(bytes, 7).text == facts.text);
  }
  const FactsText::Fact blue{"blue", "K-1234"};
  const FactsText::Fact green{"green", "K-9876"};
  CHECK(judge_fact("It is K-1234.", blue, green) == FactAnswer::Right);
  CHECK(judge_fact("K-9876", blue, green) == FactAnswer::MixedUp);
  CHECK(judge_fact("K-1234 or K-9876", blue, green) == FactAnswer::MixedUp);
  CHECK(judge_fact("no idea", blue, green) == FactAnswer::Missed);
}

}  // namespace
}  // namespace temper::agent
