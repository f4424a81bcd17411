// Any bytes as a saved sequence, with the checksum made right: what is not refused can be
// cut, forked and gone on with, and saves as what it is.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "base/verify.h"
#include "engine/kv/saved_sequence.h"

namespace temper::engine {
namespace {

CacheLayout layout() {
  CacheShape shape;
  shape.layers = {{1, 2, 0}, {1, 1, 70}};
  shape.state_floats = 3;
  return *CacheLayout::make(shape, KvType::F32);
}

// The sanitizer sees a read that the compiler may not leave out.
void touch(const std::byte& byte) {
  static_cast<void>(*static_cast<const volatile std::byte*>(&byte));
}

// Whatever is shown of a sequence can be read.
void read_all(const Sequence& sequence) {
  const CacheLayout& known = sequence.store().layout();
  for (std::size_t group = 0; group < known.groups().size(); ++group) {
    const std::size_t first = known.first_page(group, sequence.length());
    for (std::size_t page = first; page * kPageTokens < sequence.length(); ++page) {
      const std::byte* bytes = sequence.pages(group)[page];
      VERIFY(bytes != nullptr, "what the next token sees is there");
      touch(bytes[0]);
      touch(bytes[known.groups()[group].page_bytes - 1]);
    }
  }
  VERIFY((sequence.state() != nullptr) == (sequence.length() > 0), "a state is there");
}

void go_on(Sequence& sequence) {
  if (!sequence.prepare(3)) return;  // no memory is a sentence too
  for (std::size_t group = 0; group < 2; ++group) {
    for (std::size_t i = 0; i < 3; ++i) {
      std::byte* page = sequence.page_to_write(group, sequence.length() + i);
      std::memset(page, 1, 1);
    }
  }
  std::memset(sequence.next_state(), 0, 3 * sizeof(float));
  sequence.commit(std::vector<TokenId>{1, 2, 3});
  read_all(sequence);
}

}  // namespace
}  // namespace temper::engine

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace temper;
  using namespace temper::engine;
  std::vector<std::byte> bytes(size);
  if (size > 0) std::memcpy(bytes.data(), data, size);
  Sha256 hash;
  hash.update(bytes);
  for (const std::uint8_t byte : hash.finish()) bytes.push_back(static_cast<std::byte>(byte));

  CacheStore store(layout(), std::uint64_t{1} << 22);
  Result<Sequence> loaded = read_saved_sequence(store, "a model", bytes, "fuzz");
  if (!loaded) {
    VERIFY(!loaded.error().message.empty(), "an error is a sentence");
    return 0;
  }
  Sequence sequence = std::move(loaded).take();
  read_all(sequence);
  Sequence twin = sequence.fork();
  go_on(twin);
  while (sequence.length() > 0) {
    read_all(sequence);
    const std::size_t target = sequence.restore_points().last_before(sequence.length() - 1);
    VERIFY(sequence.rewind(sequence.length() - 1) == target, "it goes where it says");
    Sequence branch = sequence.fork();
    go_on(branch);
  }
  return 0;
}
