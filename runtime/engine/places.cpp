#include "runtime/engine/places.h"

#include "runtime/engine/request.h"

#include <algorithm>

namespace writ {

void Places::follow(const Request& request) {
  const auto* const loaded = request.state_->loaded;
  const void* const table = loaded ? loaded->kind().facts.get() : nullptr;
  if (table == table_.get()) return;
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    const auto place = loaded ? loaded->fact(wanted_[i].name) : std::nullopt;
    auto& found = found_[i];
    found.place = place.value_or(FactId{UINT16_MAX});
    found.numbers.assign(wanted_[i].values.size(), -1);
    if (!place || index(*place) < builtin_facts.size()) continue;
    const auto& values = loaded->part().attributes[index(*place) - builtin_facts.size()].values;
    for (std::size_t value = 0; value < found.numbers.size(); ++value)
      if (const auto at = std::ranges::find(values, wanted_[i].values[value]); at != values.end())
        found.numbers[value] = at - values.begin();
  }
  table_ = loaded ? std::shared_ptr<const void>(loaded->kind().facts) : nullptr;
}

}  // namespace writ
