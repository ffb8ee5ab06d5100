// What stands beside bundles as text: statements of a rollback and what was seen. Refused with a reason, or written again as it was; keys in PEM are
// refused or have an id.
#include "runtime/bundle/trust.h"
#include "tests/fuzz/fuzz.h"

using namespace writ::bundle;
using writ::fuzz::promise;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = writ::fuzz::view(data, size);
  Rollback back;
  if (const auto wrong = read_rollback(text, back))
    promise(wrong.reason == Reason::bad_rollback && !wrong.detail.empty(), "refused without a reason");
  else
    promise(to_text(back) == text, "a statement is written as another");
  std::vector<Seen> seen;
  if (const auto wrong = read_state(text, seen))
    promise(wrong.reason == Reason::bad_state && !wrong.detail.empty(), "refused without a reason");
  else
    promise(to_text(seen) == text, "a state is written as another");
  PublicKey key;
  if (key.read(text).empty()) {
    PublicKey again;
    promise(again.read(key.pem()).empty() && again.kid() == key.kid(), "a key is written as another");
  }
  return 0;
}
