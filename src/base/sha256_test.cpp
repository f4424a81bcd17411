#include "base/sha256.h"

#include <doctest/doctest.h>

#include <vector>

#include "base/file.h"
#include "support/temporary.h"

namespace temper {
namespace {

// From NIST's "Examples with Intermediate Values" for FIPS 180-4.
struct Vector {
  std::string message, digest;
};
const std::vector<Vector>& vectors() {
  static const std::vector<Vector> kAll = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmn"
       "opqrsmnopqrstnopqrstu",
       "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
      {std::string(1000000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  return kAll;
}

TEST_CASE("sha256: the published vectors, at once and in pieces") {
  for (const Vector& vector : vectors()) {
    CHECK(to_hex(sha256(vector.message)) == vector.digest);
    for (const std::size_t piece : std::initializer_list<std::size_t>{1, 63, 64, 65, 4096}) {
      Sha256 digest;
      for (std::size_t start = 0; start < vector.message.size(); start += piece) {
        digest.update(std::string_view(vector.message).substr(start, piece));
      }
      CHECK(to_hex(digest.finish()) == vector.digest);
    }
  }
}

TEST_CASE("sha256: a finished digest starts anew, and a moved one goes on") {
  Sha256 digest;
  digest.update(std::string_view("something else"));
  digest.finish();
  digest.update(std::string_view("a"));
  Sha256 moved(std::move(digest));
  moved.update(std::as_bytes(std::span("bc", 2)));
  CHECK(to_hex(moved.finish()) == vectors()[1].digest);
}

TEST_CASE("sha256: of a file, with progress, until it is stopped") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a";
  for (const Vector& vector : vectors()) {
    REQUIRE(write_file_atomically(path, vector.message).ok());
    const Result<Sha256Digest> digest = sha256_of_file(path);
    CHECK((digest ? to_hex(*digest) : digest.error().message) == vector.digest);
  }

  REQUIRE(write_file_atomically(path, std::string(3 << 20, 'x')).ok());
  StopSource source;
  std::vector<std::uint64_t> progress;
  const Result<Sha256Digest> stopped =
      sha256_of_file(path, source.token(), [&](std::uint64_t bytes_read) {
        progress.push_back(bytes_read);
        if (progress.size() == 2) source.request_stop();
      });
  CHECK(stopped.error().code == Code::Stopped);
  CHECK(progress == std::vector<std::uint64_t>{1 << 20, 2 << 20});
  CHECK(sha256_of_file("/none").error().message == "cannot open /none: No such file or directory");
}

}  // namespace
}  // namespace temper
