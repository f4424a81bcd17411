#include "agent/guard/repetition.h"

namespace temper::agent {

std::string_view repetition_kind_name(RepetitionKind kind) {
  switch (kind) {
    case RepetitionKind::Block: return "block";
    case RepetitionKind::Lines: return "lines";
    case RepetitionKind::Numbers: return "numbers";
    case RepetitionKind::Circling: return "circling";
  }
  return "";
}

}  // namespace temper::agent
