// The whole way, with agreement as the judge: a policy, a NUL, bytes that choose requests. What checks is lowered and
// asked, and oracle, interpreter and (where the first byte says so, for it costs more) machine code say the same:
// effect, reasons, obligations, fault and trace.
#include "tests/agree/case.h"
#include "tests/agree/random.h"
#include "tests/fuzz/asker.h"
#include "tests/fuzz/fuzz.h"
#if WRIT_WITH_JIT
#include "runtime/jit/jit.h"
const std::shared_ptr<writ::CodeSource> machine = writ::make_jit({.optimize = false});
#else
const std::shared_ptr<writ::CodeSource> machine;
#endif

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace writ;
  const auto [policy, choices] = fuzz::split(fuzz::view(data, size));
  std::string otherwise;  // for a policy without choices
  for (agree::Random random(size); otherwise.size() < 400;) otherwise += static_cast<char>(random.below(256));
  fuzz::Asker asker{policy, {choices.empty() ? otherwise : choices.substr(0, 1'000)}};
  const auto prepared = agree::prepare({std::string(policy)}, asker.choices.byte() % 4 == 1 ? machine : nullptr);
  if (!prepared->engine || prepared->policy.tenants.empty()) return 0;
  fuzz::promise(prepared->problems.empty(), prepared->problems);
  do {
    const auto& part = prepared->policy.tenants[asker.choices.byte() % prepared->policy.tenants.size()].structure;
    const auto request = asker.request(part);
    auto found = agree::difference(*prepared, request, true);
    found += agree::difference(*prepared, {part.id, request.client, request.organization, asker.email()});
    fuzz::promise(found.empty(), found, agree::to_text(request));
  } while (!asker.choices.spent());
  return 0;
}
