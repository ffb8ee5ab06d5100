// Questions to the table of placement.h.
#include "compiler/syntax/placement.h"

#include <algorithm>

namespace writ::syntax {

namespace {

const Placement* find(std::string_view word) {
  const auto* found =
      std::find_if(placements.begin(), placements.end(), [&](const Placement& row) { return row.word == word; });
  return found == placements.end() ? nullptr : found;
}

}  // namespace

bool may_stand(std::string_view word, Block block) {
  const auto* row = find(word);
  return row != nullptr && (row->blocks & mask_of(block)) != 0;
}

std::vector<std::string_view> words_of(Block block) {
  std::vector<std::string_view> words;
  for (const auto& row : placements)
    if ((row.blocks & mask_of(block)) != 0) words.push_back(row.word);
  return words;
}

std::string places_of(std::string_view word) {
  const auto* row = find(word);
  if (row == nullptr) return {};
  if (row->blocks == (placement_detail::blocks | placement_detail::file)) return "anywhere";
  std::vector<std::string_view> places;
  for (std::size_t i = 0; i < block_names.size(); ++i)
    if ((row->blocks & mask_of(static_cast<Block>(i))) != 0) places.push_back(block_names[i]);
  std::string text;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i > 0) text += i + 1 == places.size() ? " or " : ", ";
    text += places[i];
  }
  return text;
}

}  // namespace writ::syntax
