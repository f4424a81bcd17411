// Whatever a command prints and whatever the tree holds: what is found is bounded, valid UTF-8
// and the same each time, and the same failure has one signature.
//
// Up to the first byte 0 stands the output; then come files, the path up to a line break, the
// text up to the next 0. A root is known where the output has an even number of bytes.
#include "agent/evidence/evidence.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "agent/evidence/ctags.h"
#include "agent/evidence/signature.h"
#include "agent/evidence/similar.h"
#include "agent/evidence/text_tree.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/verify.h"

using namespace temper;
using namespace temper::agent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string_view> parts = split(input, '\0');
  const std::string_view output = parts.front();
  std::map<std::string, std::string> texts;
  for (std::string_view part : std::span(parts).subspan(1)) {
    const std::size_t end = std::min(part.find('\n'), part.size());
    const std::string_view path = part.substr(0, end);
    if (!path.empty() && is_valid_utf8(path)) {
      texts[std::string(path)] = part.substr(std::min(end + 1, part.size()));
    }
  }
  const TextTree tree(texts, output.size() % 2 == 0 ? "/w" : "");

  const Failure failure = read_failure(output);
  VERIFY(failure.problems.size() <= 6, "the problems are few");
  for (const Problem& problem : failure.problems) {
    for (const std::string* text :
         {&problem.message, &problem.module, &problem.symbol, &problem.owner, &problem.file}) {
      VERIFY(is_valid_utf8(*text) && text->size() <= 1024, "what is read is text");
    }
    VERIFY(problem.frames.size() <= 40, "the frames are few");
  }

  const std::vector<Evidence> evidence = find_evidence(tree, failure);
  const std::string text = evidence_text(evidence);
  VERIFY(text.size() <= kAllEvidenceBytes, "all evidence is bounded");
  for (const Evidence& each : evidence) {
    VERIFY(each.title.size() + each.text.size() <= kEvidenceBytes, "each evidence is bounded");
    VERIFY(is_valid_utf8(each.title) && is_valid_utf8(each.text), "evidence is valid UTF-8");
    VERIFY(each.title.find('\n') == std::string::npos, "a title is one line");
    VERIFY(each.path.empty() || texts.contains(each.path) || has_folder(tree, each.path),
           "evidence is about the tree");
  }
  VERIFY(evidence_text(find_evidence(tree, failure)) == text, "the same failure, the same bytes");

  const FailureSignature signature = failure_signature(output, 1, "/w");
  VERIFY(is_valid_utf8(signature.text) && signature.hash.size() == 16, "a signature is text");
  VERIFY(signature.text.size() <= 32 * 1024, "a signature is bounded");
  VERIFY(failure_signature(output, 1, "/w") == signature, "a signature is stable");

  const std::string_view half = output.substr(0, output.size() / 2);
  VERIFY(similarity(output, output) == 1, "a text is like itself");
  VERIFY(similarity(output, half) == similarity(half, output), "similarity has no direction");
  const double alike = similarity(output, half);
  VERIFY(alike >= 0 && alike <= 1, "similarity is a share");
  read_tags(output, "f");
  return 0;
}
