#include "providers/registry.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/format.h"
#include "support/scripted_server.h"
#include "support/temporary.h"

namespace temper::providers {
namespace {

// A server that knows these addresses: "GET /v1/models" and what it answers.
using Pages = std::map<std::string, std::string>;

ScriptedServer::Script pages(Pages known) {
  return [known = std::move(known)](const SeenRequest& request, const Connection& connection) {
    const std::string asked = request.line.substr(0, request.line.rfind(' '));
    const auto page = known.find(asked);
    if (page == known.end()) {
      return connection.send(http_answer("404 Not Found", "application/json", "{}"));
    }
    connection.send(http_answer("200 OK", "application/json", page->second));
  };
}

std::string without_port(std::string text, int port) {
  const std::string shown = format(":{}", port);
  if (const std::size_t at = text.find(shown); at != text.npos) text.erase(at, shown.size());
  return text;
}

// "model context", or what failed.
std::string made(const Pages& known, const std::string& model,
                 std::optional<std::uint64_t> context = {}) {
  const ScriptedServer server(pages(known));
  const net::Egress egress;
  ManualClock clock;
  const Environment environment;
  RemoteSource source;
  source.base_url = server.url("/v1");
  source.model = model;
  source.context_tokens = context;
  const auto provider = make_provider(std::move(source), {egress, clock, environment}, {});
  if (!provider) return without_port(provider.error().message, server.port());
  const chat::Capabilities capabilities = (*provider)->capabilities();
  CHECK(capabilities.place == chat::Place::ThisMachine);
  return format("{} {}", capabilities.model, capabilities.context_tokens.value_or(0));
}

TEST_CASE("registry: the context that a server really gives") {
  const std::string one = R"({"data":[{"id":"m","meta":{"n_ctx_train":131072}}]})";
  CHECK(made({{"GET /v1/models", one},
              {"GET /props", R"({"default_generation_settings":{"n_ctx":8192}})"}},
             "") == "m 8192");
  CHECK(made({{"GET /v1/models", R"({"data":[{"id":"m","max_model_len":4096}]})"},
              {"GET /props", R"({"default_generation_settings":{"n_ctx":1}})"}},
             "m") == "m 4096");
  CHECK(made({{"GET /v1/models", R"({"data":[{"id":"a"},{"id":"m"}]})"},
              {"GET /api/v0/models", R"({"data":[{"id":"a","loaded_context_length":1},
                  {"id":"m","max_context_length":9000,"loaded_context_length":5000}]})"}},
             "m") == "m 5000");
  CHECK(made({{"GET /v1/models", one},
              {"GET /api/ps", R"({"models":[{"name":"m","context_length":32768}]})"}},
             "m") == "m 32768");
  CHECK(made({{"GET /v1/models", one},
              {"GET /api/ps", R"({"models":[]})"},
              {"POST /api/show", R"({"parameters":"stop \"x\"\nnum_ctx      16384\n"})"}},
             "m") == "m 16384");
  // What a model was trained for is not what it gets.
  CHECK(made({{"GET /v1/models", one}}, "m") == "m 0");
  CHECK(made({{"GET /v1/models", one}}, "m", 2000) == "m 2000");
}

TEST_CASE("registry: a model is one that the server has") {
  const std::string two = R"({"data":[{"id":"a"},{"id":"b"}]})";
  CHECK(made({{"GET /v1/models", two}}, "") ==
        "http://127.0.0.1 has several models; name one: a, b");
  CHECK(made({{"GET /v1/models", two}}, "c") == "http://127.0.0.1 has no model c; it has a, b");
  CHECK(made({{"GET /v1/models", R"({"data":[]})"}}, "") ==
        "http://127.0.0.1 has no model; load one there");
  // A server of one model answers for it under any name.
  CHECK(made({{"GET /v1/models", R"({"data":[{"id":"a"}]})"}}, "other") == "other 0");
}

TEST_CASE("registry: what is no server of models is told") {
  CHECK(made({}, "m") == "m 0");
  CHECK(made({}, "") ==
        "http://127.0.0.1: the server knows no such model or address; look at the model's name and "
        "the base URL");
  CHECK(made({{"GET /v1/models", "<html>"}}, "m").find("is no list of models") !=
        std::string::npos);
}

// ---- Keys ----

std::string key_outcome(const KeySource& source, const Environment& environment = {}) {
  const Result<std::optional<net::Secret>> key = read_key(source, environment);
  if (!key) return key.error().message;
  return *key ? (*key)->reveal() : "none";
}

TEST_CASE("keys: come from a variable or a file") {
  Environment environment;
  environment.set("KEY", " sk-1 \n");
  environment.set("EMPTY", "");
  environment.set("TWO", "sk-secret sk-2");
  CHECK(key_outcome({}) == "none");
  CHECK(key_outcome({.environment_variable = "KEY"}, environment) == "sk-1");
  CHECK(key_outcome({.environment_variable = "EMPTY"}, environment) ==
        "the environment variable EMPTY has no key in it");
  CHECK(key_outcome({.environment_variable = "OTHER"}, environment).find("is not set") !=
        std::string::npos);
  const std::string two = key_outcome({.environment_variable = "TWO"}, environment);
  CHECK(two.find("is no key") != std::string::npos);
  CHECK(two.find("secret") == std::string::npos);
  CHECK(key_outcome({.environment_variable = "KEY", .file = "/x"}, environment) ==
        "the key is to come from a variable and from a file; name one of them");
}

TEST_CASE("keys: a file that others may read is none") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "key";
  std::ofstream(path) << "sk-2\n";
  ::chmod(path.c_str(), 0644);
  CHECK(key_outcome({.file = path}) ==
        format("others may read the key in {}; keep it to yourself with chmod 600", path));
  ::chmod(path.c_str(), 0600);
  CHECK(key_outcome({.file = path}) == "sk-2");
  CHECK(key_outcome({.file = directory / "none"}).find("No such file") != std::string::npos);
}

}  // namespace
}  // namespace temper::providers
