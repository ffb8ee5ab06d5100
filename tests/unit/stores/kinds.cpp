// Which stores there are on this machine.
#include "runtime/store/memory.h"
#include "tests/unit/stores/stores.h"

namespace writ::stores {

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"memory", [] { return std::make_shared<MemoryStore>(4'096); }},
  };
  return all;
}

}  // namespace writ::stores
