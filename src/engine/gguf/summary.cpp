#include "engine/gguf/summary.h"

#include <algorithm>

#include "base/format.h"

namespace temper::engine {
namespace {

template <typename T>
std::optional<T> value_of(const GgufFile& file, std::string_view key) {
  Result<T> value = file.at<T>(key);
  if (!value) return std::nullopt;
  return *std::move(value);
}

std::string text_of(const GgufFile& file, std::string_view key) {
  return std::string(value_of<std::string_view>(file, key).value_or(""));
}

// A number of which 0 means that there is no such thing.
std::optional<std::uint64_t> positive_at(const GgufFile& file, std::string_view key) {
  const auto number = value_of<std::uint64_t>(file, key);
  return number == std::uint64_t{0} ? std::nullopt : number;
}

void add_once(std::vector<std::uint64_t>& different, std::uint64_t number) {
  if (std::ranges::find(different, number) == different.end()) different.push_back(number);
}

// A number for all layers, or one for each: those that there are, each once.
std::vector<std::uint64_t> numbers_of(const GgufFile& file, std::string_view key) {
  if (const auto single = value_of<std::uint64_t>(file, key)) return {*single};
  std::vector<std::uint64_t> different;
  const auto items = file.list_at<std::uint64_t>(key);
  if (!items) return different;
  for (std::uint64_t item : *items) add_once(different, item);
  return different;
}

// Heads share the width evenly where the file says nothing else.
std::vector<std::uint64_t> head_sizes_of(const GgufFile& file, const GgufSummary& summary) {
  std::vector<std::uint64_t> sizes;
  for (const char* key : {"key_length", "value_length", "key_length_swa", "value_length_swa"}) {
    const auto size = positive_at(file, format("{}.attention.{}", summary.architecture, key));
    if (size) add_once(sizes, *size);
  }
  if (!sizes.empty() || !summary.embedding_length) return sizes;
  for (std::uint64_t heads : summary.heads) {
    if (heads > 0 && heads <= *summary.embedding_length) {
      add_once(sizes, *summary.embedding_length / heads);
    }
  }
  return sizes;
}

std::vector<TypeShare> shares_of(std::span<const Tensor* const> tensors) {
  std::vector<TypeShare> shares;
  for (const Tensor* tensor : tensors) {
    auto share = std::ranges::find(shares, tensor->type, &TypeShare::type);
    if (share == shares.end()) share = shares.insert(shares.end(), TypeShare{.type = tensor->type});
    ++share->tensors;
    share->parameters += tensor->element_count;
    share->bytes += tensor->data.size();
  }
  std::ranges::stable_sort(shares, std::ranges::greater{}, &TypeShare::bytes);
  return shares;
}

std::optional<SplitPart> split_of(const GgufFile& file) {
  const auto count = value_of<std::uint64_t>(file, "split.count");
  if (!count || *count < 2) return std::nullopt;
  return SplitPart{value_of<std::uint64_t>(file, "split.no").value_or(0) + 1, *count};
}

Json json_or_null(const std::optional<std::uint64_t>& number) {
  return number ? Json(*number) : Json(nullptr);
}
Json json_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json json_of(const std::vector<std::uint64_t>& numbers) {
  Json json = Json::array();
  for (std::uint64_t number : numbers) json.push(number);
  return json;
}

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

Json to_json(const TypeShare& share, const GgufSummary& summary) {
  return Json::object({{"type", tensor_type_info(share.type).name},
                       {"tensors", share.tensors},
                       {"parameters", share.parameters},
                       {"bytes", share.bytes},
                       {"share", share_of(share.bytes, summary.tensor_bytes)}});
}

Json json_of_scalar(const MetadataValue& value) {
  if (const auto text = value.as<std::string_view>()) return Json(*text);
  if (const auto boolean = value.as<bool>()) return Json(*boolean);
  if (const auto integer = value.as<std::int64_t>()) return Json(*integer);
  if (const auto integer = value.as<std::uint64_t>()) return Json(*integer);
  const auto number = value.as<double>();
  return number ? Json(*number) : Json(nullptr);
}

}  // namespace

double GgufSummary::bits_per_weight() const { return 8 * share_of(tensor_bytes, parameters); }

GgufSummary summarise(const GgufFile& file) {
  std::vector<const Tensor*> tensors;
  for (const Tensor& tensor : file.tensors()) tensors.push_back(&tensor);
  return summarise(file, tensors);
}

GgufSummary summarise(const ModelFile& model) {
  GgufSummary summary = summarise(model.first(), model.tensors());
  summary.file_bytes = model.byte_count();
  summary.split.reset();
  if (model.parts().size() > 1) summary.parts = model.parts().size();
  return summary;
}

GgufSummary summarise(const GgufFile& file, std::span<const Tensor* const> tensors) {
  GgufSummary summary;
  summary.name = text_of(file, "general.name");
  summary.architecture = text_of(file, "general.architecture");
  summary.file_bytes = file.byte_count();
  summary.gguf_version = file.version();

  summary.tensors = tensors.size();
  summary.types = shares_of(tensors);
  for (const TypeShare& share : summary.types) {
    summary.parameters += share.parameters;
    summary.tensor_bytes += share.bytes;
  }

  const auto key = [&](std::string_view end) {
    return summary.architecture + "." + std::string(end);
  };
  summary.context_length = value_of<std::uint64_t>(file, key("context_length"));
  summary.layers = value_of<std::uint64_t>(file, key("block_count"));
  summary.draft_layers = positive_at(file, key("nextn_predict_layers"));
  if (summary.layers && summary.draft_layers) {
    if (*summary.draft_layers < *summary.layers) {
      *summary.layers -= *summary.draft_layers;
    } else {
      summary.draft_layers.reset();
    }
  }
  summary.embedding_length = value_of<std::uint64_t>(file, key("embedding_length"));
  summary.heads = numbers_of(file, key("attention.head_count"));
  summary.kv_heads = numbers_of(file, key("attention.head_count_kv"));
  summary.head_sizes = head_sizes_of(file, summary);
  summary.sliding_window = positive_at(file, key("attention.sliding_window"));
  summary.experts = positive_at(file, key("expert_count"));
  if (summary.experts) summary.experts_used = numbers_of(file, key("expert_used_count"));

  summary.tokenizer = text_of(file, "tokenizer.ggml.model");
  summary.pre_tokenizer = text_of(file, "tokenizer.ggml.pre");
  if (const MetadataValue* tokens = file.find("tokenizer.ggml.tokens");
      tokens != nullptr && tokens->is_array()) {
    summary.vocabulary_size = tokens->item_count();
  }
  if (const auto chat_template = value_of<std::string_view>(file, "tokenizer.chat_template")) {
    summary.chat_template_bytes = chat_template->size();
  }
  summary.split = split_of(file);
  return summary;
}

Json to_json(const GgufSummary& summary) {
  Json types = Json::array();
  for (const TypeShare& share : summary.types) types.push(to_json(share, summary));
  return Json::object({
      {"name", json_or_null(summary.name)},
      {"architecture", json_or_null(summary.architecture)},
      {"file_bytes", summary.file_bytes},
      {"gguf_version", std::uint64_t{summary.gguf_version}},
      {"tensors", summary.tensors},
      {"parameters", summary.parameters},
      {"tensor_bytes", summary.tensor_bytes},
      {"bits_per_weight", summary.bits_per_weight()},
      {"types", std::move(types)},
      {"context_length", json_or_null(summary.context_length)},
      {"layers", json_or_null(summary.layers)},
      {"draft_layers", json_or_null(summary.draft_layers)},
      {"embedding_length", json_or_null(summary.embedding_length)},
      {"heads", json_of(summary.heads)},
      {"kv_heads", json_of(summary.kv_heads)},
      {"head_sizes", json_of(summary.head_sizes)},
      {"sliding_window", json_or_null(summary.sliding_window)},
      {"experts", json_or_null(summary.experts)},
      {"experts_used", json_of(summary.experts_used)},
      {"tokenizer", json_or_null(summary.tokenizer)},
      {"pre_tokenizer", json_or_null(summary.pre_tokenizer)},
      {"vocabulary_size", json_or_null(summary.vocabulary_size)},
      {"chat_template_bytes", json_or_null(summary.chat_template_bytes)},
      {"split", summary.split ? Json::object({{"number", summary.split->number},
                                              {"count", summary.split->count}})
                              : Json(nullptr)},
  });
}

Json tensors_to_json(std::span<const Tensor* const> tensors) {
  Json list = Json::array();
  for (const Tensor* tensor : tensors) {
    Json shape = Json::array();
    for (std::uint64_t dimension : tensor->shape()) shape.push(dimension);
    list.push(Json::object({{"name", tensor->name},
                            {"type", tensor_type_info(tensor->type).name},
                            {"shape", std::move(shape)},
                            {"bytes", std::uint64_t{tensor->data.size()}}}));
  }
  return list;
}

Json metadata_to_json(const GgufFile& file, std::uint64_t max_items) {
  Json entries = Json::array();
  for (const MetadataEntry& entry : file.metadata()) {
    Json json = Json::object({{"key", entry.key}, {"type", value_type_name(entry.value.type())}});
    if (entry.value.is_array()) {
      Json items = Json::array();
      for (const MetadataValue& item : entry.value.first_items(max_items)) {
        items.push(json_of_scalar(item));
      }
      json.set("item_type", value_type_name(entry.value.item_type()));
      json.set("item_count", entry.value.item_count());
      json.set("items", std::move(items));
    } else {
      json.set("value", json_of_scalar(entry.value));
    }
    entries.push(std::move(json));
  }
  return entries;
}

std::string describe(const MetadataValue& value, std::uint64_t max_items) {
  if (const auto text = value.as<std::string_view>()) return std::string(*text);
  if (!value.is_array()) {
    // A float as it was meant: 1e-06, not its nearest double.
    if (value.type() == ValueType::F32)
      return format("{}", static_cast<float>(*value.as<double>()));
    return json_of_scalar(value).dump();
  }
  std::string listed;
  for (const MetadataValue& item : value.first_items(max_items)) {
    listed += (listed.empty() ? "" : ", ") + describe(item, 0);
  }
  if (value.item_count() <= max_items) return format("[{}]", listed);
  return format("[{}, ...] ({} in all)", listed, value.item_count());
}

}  // namespace temper::engine
