#include "engine/models/model.h"

#include "base/verify.h"

namespace temper::engine {

Rows Model::draft(Pass&, const Rows&) const {
  VERIFY(false, "a model that drafts is asked for drafts");
  return {};
}

Rows Model::draft_scores(Pass&, const Rows&) const {
  VERIFY(false, "a model that drafts is asked for drafts");
  return {};
}

const float* Model::last_hidden(const Sequence&) const {
  VERIFY(false, "a model that drafts is asked for its last vector");
  return nullptr;
}

}  // namespace temper::engine
