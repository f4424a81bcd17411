#include "cli/model_stores.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/file.h"
#include "base/temporary_directory.h"

namespace temper::cli {
namespace {

// A folder with files of so many bytes.
class Store {
 public:
  Store() : folder_(*TemporaryDirectory::create()) {}

  void add(const std::string& name, std::size_t bytes) {
    const std::string path = folder_ / name;
    REQUIRE(make_directories(std::filesystem::path(path).parent_path().string()));
    REQUIRE(write_file_atomically(path, std::string(bytes, 'x')));
  }
  void link(const std::string& name, const std::string& to) {
    const std::string path = folder_ / name;
    REQUIRE(make_directories(std::filesystem::path(path).parent_path().string()));
    std::filesystem::create_symlink(to, path);
  }
  StoreContent look(StoreKind kind, const StoreLimits& limits = {}) {
    ManualClock clock;
    return look_into({kind, folder_.path()}, clock, {}, limits);
  }
  const std::string& path() const { return folder_.path(); }

 private:
  TemporaryDirectory folder_;
};

StoreContent found(std::size_t models, std::uint64_t bytes) {
  return {.exists = true, .complete = true, .models = models, .bytes = bytes};
}

TEST_CASE("model stores: Hugging Face counts repositories, and each blob once") {
  Store store;
  store.add("models--a--b/blobs/1", 10);
  store.add("models--a--b/refs/main", 3);
  store.link("models--a--b/snapshots/rev/model.gguf", "../../blobs/1");
  store.add("models--c--d/blobs/2", 20);
  store.add("datasets--x--y/blobs/3", 5);
  CHECK(store.look(StoreKind::HuggingFace) == found(2, 38));
}

TEST_CASE("model stores: Ollama counts manifests") {
  Store store;
  store.add("manifests/registry.ollama.ai/library/qwen3/4b", 100);
  store.add("manifests/registry.ollama.ai/library/qwen3/8b", 100);
  store.add("blobs/sha256-1", 1000);
  CHECK(store.look(StoreKind::Ollama) == found(2, 1200));
}

TEST_CASE("model stores: a folder counts GGUF files, of a split one the first part") {
  Store store;
  store.add("a.gguf", 1);
  store.add("deep/er/B.GGUF", 1);
  store.add("c-00001-of-00003.gguf", 1);
  store.add("c-00002-of-00003.gguf", 1);
  store.add("c-00003-of-00003.gguf", 1);
  store.add("d-0002-of-0003.gguf", 1);  // not how parts are numbered
  store.add("readme.md", 1);
  CHECK(store.look(StoreKind::Folder) == found(4, 7));
  CHECK(store.look(StoreKind::LmStudio) == found(4, 7));
}

TEST_CASE("model stores: what is not there is not there") {
  ManualClock clock;
  CHECK(look_into({StoreKind::Folder, "/nonexistent/x"}, clock, {}) == StoreContent{});
}

TEST_CASE("model stores: the look around ends at its limit, and says so") {
  Store store;
  for (int count = 0; count < 20; ++count) store.add(std::to_string(count) + ".gguf", 1);
  const StoreContent content = store.look(StoreKind::Folder, {.entries = 5, .time = {}});
  CHECK(content == StoreContent{.exists = true, .complete = false, .models = 5, .bytes = 5});
}

std::vector<std::string> places(const Environment& environment) {
  std::vector<std::string> found;
  for (const StorePlace& place : store_places(environment, {"/mine"}, "/root")) {
    found.push_back(std::string(store_name(place.kind)) + " " + place.folder);
  }
  return found;
}

TEST_CASE("model stores: the places are where those programs look") {
  Environment environment;
  environment.set("HOME", "/h");
  CHECK(places(environment) ==
        std::vector<std::string>{
            "Hugging Face /h/.cache/huggingface/hub", "Ollama /h/.ollama/models",
            "Ollama /root/usr/share/ollama/.ollama/models", "LM Studio /h/.lmstudio/models",
            "LM Studio /h/.cache/lm-studio/models", "your folder /mine"});
  environment.set("HF_HOME", "/hf");
  environment.set("OLLAMA_MODELS", "/h/.ollama/models");
  CHECK(places(environment).front() == "Hugging Face /hf/hub");
  CHECK(places(environment).size() == 6);
  environment.set("HF_HUB_CACHE", "/cache");
  CHECK(places(environment).front() == "Hugging Face /cache");
  CHECK(places(Environment()) ==
        std::vector<std::string>{"Ollama /root/usr/share/ollama/.ollama/models",
                                 "your folder /mine"});
}

}  // namespace
}  // namespace temper::cli
