// What a report says in all, and as JSON.
#include "agent/probe/probe.h"
#include "base/format.h"
#include "chat/fields.h"

namespace temper::agent {
namespace {

using chat::count_at;

// Of a share `part` of `whole`: at least so many percent?
bool at_least(std::uint64_t part, std::uint64_t whole, std::uint64_t percent) {
  return part * 100 >= whole * percent;
}

// The tokens up to which both facts were right at every length.
std::uint64_t sure_context(const ProbeReport& report) {
  std::uint64_t sure = 0;
  for (const ProbeContext& context : report.contexts) {
    if (context.right < context.asked) break;
    sure = context.tokens;
  }
  return sure;
}

constexpr std::uint64_t kWorkingContext = 7000;  // tokens that small work takes

Json answer_json(const ProbeAnswer& answer) {
  return Json::object(
      {{"question", answer.question}, {"right", answer.right}, {"what", answer.what}});
}

Json context_json(const ProbeContext& context) {
  return Json::object({{"tokens", context.tokens},
                       {"asked", context.asked},
                       {"right", context.right},
                       {"mixed_up", context.mixed_up},
                       {"prompt_tokens_per_second", context.prompt_per_second}});
}

Result<double> number_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  if (value == nullptr) return Error{Code::Invalid, format("a report lacks {}", key)};
  return value->as_number();
}

Result<const Json*> member_at(const Json& json, std::string_view key, Json::Kind kind) {
  const Json* value = json.find(key);
  if (value != nullptr && value->kind() == kind) return value;
  return Error{Code::Invalid, format("a report lacks {}", key)};
}

}  // namespace

std::string_view fitness_name(Fitness fitness) {
  switch (fitness) {
    case Fitness::Fit: return "fit";
    case Fitness::WithCare: return "with care";
    case Fitness::Unfit: return "unfit";
  }
  return "";
}

Judgement judge(const ProbeReport& report) {
  Judgement judgement;
  Fitness fitness = Fitness::Fit;
  const auto because = [&](Fitness worse, std::string why) {
    fitness = std::max(fitness, worse);
    judgement.reasons.push_back(std::move(why));
  };
  const ProbeCalls& calls = report.calls;
  const ProbeStops& stops = report.stops;
  if (!at_least(calls.called, calls.asked, 50)) {
    because(Fitness::Unfit, format("it called a tool {} of {} times where it should have",
                                   calls.called, calls.asked));
  }
  if (!at_least(stops.ended, stops.replies, 50)) {
    because(Fitness::Unfit, format("{} of {} replies did not end by themselves",
                                   stops.replies - stops.ended, stops.replies));
  } else if (stops.ended < stops.replies) {
    because(Fitness::WithCare, format("{} of {} replies did not end by themselves",
                                      stops.replies - stops.ended, stops.replies));
  }
  if (calls.valid < calls.called) {
    because(Fitness::WithCare, format("{} of {} calls were not as their tool asks",
                                      calls.called - calls.valid, calls.called));
  }
  if (!at_least(calls.right, calls.asked, 80)) {
    because(at_least(calls.right, calls.asked, 50) ? Fitness::WithCare : Fitness::Unfit,
            format("{} of {} calls were the right ones", calls.right, calls.asked));
  }
  const std::uint64_t sure = sure_context(report);
  if (sure < kWorkingContext && !report.contexts.empty()) {
    because(Fitness::WithCare,
            sure == 0 ? "it could not tell two facts apart in a short text"
                      : format("it told two facts apart in up to {} tokens only", sure));
  }
  judgement.fitness = fitness;
  return judgement;
}

Json to_json(const ProbeReport& report) {
  Json answers = Json::array();
  for (const ProbeAnswer& answer : report.answers) answers.push(answer_json(answer));
  Json contexts = Json::array();
  for (const ProbeContext& context : report.contexts) contexts.push(context_json(context));
  const Judgement judgement = judge(report);
  Json reasons = Json::array();
  for (const std::string& reason : judgement.reasons) reasons.push(reason);
  return Json::object({{"model", report.model},
                       {"time", report.time},
                       {"fitness", fitness_name(judgement.fitness)},
                       {"reasons", std::move(reasons)},
                       {"constrained", report.constrained},
                       {"calls", Json::object({{"asked", report.calls.asked},
                                               {"called", report.calls.called},
                                               {"valid", report.calls.valid},
                                               {"right", report.calls.right}})},
                       {"stops", Json::object({{"replies", report.stops.replies},
                                               {"ended", report.stops.ended},
                                               {"looped", report.stops.looped}})},
                       {"answers", std::move(answers)},
                       {"contexts", std::move(contexts)},
                       {"contexts_ended", report.contexts_ended},
                       {"prompt_tokens_per_second", report.prompt_per_second},
                       {"output_tokens_per_second", report.output_per_second}});
}

Result<ProbeReport> probe_report_from_json(const Json& json) {
  ProbeReport report;
  report.model = TRY(json.string_at("model"));
  report.time = TRY(json.string_at("time"));
  report.constrained = TRY(json.boolean_at("constrained"));
  const Json& calls = *TRY(member_at(json, "calls", Json::Kind::Object));
  report.calls.asked = TRY(count_at(calls, "asked"));
  report.calls.called = TRY(count_at(calls, "called"));
  report.calls.valid = TRY(count_at(calls, "valid"));
  report.calls.right = TRY(count_at(calls, "right"));
  const Json& stops = *TRY(member_at(json, "stops", Json::Kind::Object));
  report.stops.replies = TRY(count_at(stops, "replies"));
  report.stops.ended = TRY(count_at(stops, "ended"));
  report.stops.looped = TRY(count_at(stops, "looped"));
  for (const Json& answer : *TRY(member_at(json, "answers", Json::Kind::Array))->items()) {
    ProbeAnswer& read = report.answers.emplace_back();
    read.question = TRY(answer.string_at("question"));
    read.right = TRY(answer.boolean_at("right"));
    read.what = TRY(answer.string_at("what"));
  }
  for (const Json& context : *TRY(member_at(json, "contexts", Json::Kind::Array))->items()) {
    ProbeContext& read = report.contexts.emplace_back();
    read.tokens = TRY(count_at(context, "tokens"));
    read.asked = TRY(count_at(context, "asked"));
    read.right = TRY(count_at(context, "right"));
    read.mixed_up = TRY(count_at(context, "mixed_up"));
    read.prompt_per_second = TRY(number_at(context, "prompt_tokens_per_second"));
  }
  report.contexts_ended = TRY(json.string_at("contexts_ended"));
  report.prompt_per_second = TRY(number_at(json, "prompt_tokens_per_second"));
  report.output_per_second = TRY(number_at(json, "output_tokens_per_second"));
  return report;
}

}  // namespace temper::agent
