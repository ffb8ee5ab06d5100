#include "runtime/engine/places.h"

#include "runtime/engine/request.h"

#include <algorithm>

namespace writ {

void Places::follow(const Request& request) {
  const auto* const loaded = request.state_->loaded;
  const void* const table = loaded ? loaded->kind().facts.get() : nullptr;
  if (table == table_.get()) return;
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    constexpr FactId none{UINT16_MAX};
    const auto known = loaded ? loaded->fact(wanted_[i].name) : std::nullopt;
    const auto place = known.value_or(none);
    auto& found = found_[i];
    found.place = place;
    found.numbers.assign(wanted_[i].values.size(), -1);
    if (place == none || index(place) < builtin_facts.size()) continue;
    const auto& values = loaded->kind().facts->words[index(place) - builtin_facts.size()];
    for (std::size_t value = 0; value < found.numbers.size(); ++value)
      if (const auto at = std::ranges::find(values, wanted_[i].values[value]); at != values.end())
        found.numbers[value] = at - values.begin();
  }
  table_ = loaded ? std::shared_ptr<const void>(loaded->kind().facts) : nullptr;
}

}  // namespace writ
