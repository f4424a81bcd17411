// The architectures that can be computed.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "engine/layers/delta_net.h"
#include "engine/layers/hyperparameters.h"
#include "engine/layers/weights.h"
#include "engine/models/model.h"

namespace temper::engine {

struct ModelOptions {
  DeltaForm delta_form = DeltaForm::Recurrent;
  bool drafts = false;  // load the draft head where the file has one
};

struct Architecture {
  std::string_view name;  // as general.architecture has it
  Result<std::unique_ptr<Model>> (*load)(const Hyperparameters& keys, Weights& weights,
                                         const ModelOptions& options);
};

std::span<const Architecture> architectures();

// What the file is, loaded or measured, as the weights' purpose is. An architecture that we do not
// know is an error that lists those that we do.
Result<std::unique_ptr<Model>> load_model(const ModelFile& file, Weights& weights,
                                          const ModelOptions& options);

}  // namespace temper::engine
