// See pair.h and apart.h.
#include "compiler/load/pair.h"

#include "compiler/load/apart.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace writ {

namespace {

using load_detail::Apart;
using load_detail::Files;
using load_detail::is_of_tenant;
using load_detail::Prepared;
using load_detail::rest_of_nothing;

// All that is written of each tenant, wherever it is.
std::map<std::string, std::string> tenants_of(const Apart& side) {
  std::map<std::string, std::string> texts;
  for (std::size_t i = 0; i < side.found.size(); ++i)
    for (const auto& piece : side.outlines[i].pieces)
      if (is_of_tenant(piece)) texts[piece.name] += without_comments(side.texts[i], piece.begin, piece.end) + "\n";
  return texts;
}

std::string shared_of(const Apart& side) {
  std::string text;
  for (const auto& rest : side.rests)
    if (rest != rest_of_nothing)
      text += (rest.starts_with("writ 1 ") ? rest.substr(rest_of_nothing.size()) : rest) + "\n";
  return text;
}

}  // namespace

LoadedPair load_pair(const Side& before, const Side& after, const Limits& limits) {
  const load_detail::Disk disk;
  const auto files_of = [&](const Side& side) -> const Files& {
    return side.revision != nullptr ? side.revision->files() : disk;
  };
  Apart reads[] = {take_apart(before.path, files_of(before), limits), take_apart(after.path, files_of(after), limits)};
  Prepared prepared[2];
  LoadedPair pair;
  if (!reads[0].whole && !reads[1].whole && shared_of(reads[0]) == shared_of(reads[1])) {
    const auto were = tenants_of(reads[0]), are = tenants_of(reads[1]);
    load_detail::Wanted wanted;
    for (const auto& [name, text] : were)
      if (const auto now = are.find(name); now == are.end() || now->second != text) wanted.tenants.insert(name);
    for (const auto& [name, text] : are)
      if (!were.contains(name)) wanted.tenants.insert(name);
    pair.left_out = were.size() - static_cast<std::size_t>(std::ranges::count_if(
                                      wanted.tenants, [&](const auto& name) { return were.contains(name); }));
    for (std::size_t i = 0; i < 2; ++i) prepared[i] = prepare(reads[i], wanted);
  } else {
    for (std::size_t i = 0; i < 2; ++i) prepared[i] = as_it_is(std::move(reads[i]));
  }
  pair.before = load_detail::load_from(files_of(before), {&before.path, 1}, prepared[0], limits, Imports::follow);
  pair.after = load_detail::load_from(files_of(after), {&after.path, 1}, prepared[1], limits, Imports::follow);
  return pair;
}

}  // namespace writ
