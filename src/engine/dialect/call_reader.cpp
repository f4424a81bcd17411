#include "engine/dialect/call_reader.h"

#include "engine/dialect/gemma_call.h"
#include "engine/dialect/json_call.h"
#include "engine/dialect/mistral_call.h"
#include "engine/dialect/xml_call.h"

namespace temper::engine {

std::unique_ptr<CallReader> make_call_reader(DialectFamily family, CallOpening opening,
                                             ReaderOutput& output, const ToolSchemas& schemas) {
  switch (family) {
    case DialectFamily::QwenXml: return std::make_unique<XmlCallReader>(opening, output, schemas);
    case DialectFamily::Hermes:
    case DialectFamily::Llama: return std::make_unique<JsonCallReader>(opening, output);
    case DialectFamily::Mistral:
    case DialectFamily::MistralList: return std::make_unique<MistralCallReader>(output);
    case DialectFamily::Gemma: return std::make_unique<GemmaCallReader>(output);
    case DialectFamily::None:
    case DialectFamily::Harmony: break;
  }
  return nullptr;
}

}  // namespace temper::engine
