#include "compiler/build/piece.h"

#include <algorithm>
#include <array>
#include <utility>

namespace writ::build {

namespace {

using program::Op;
using program::OrganizationRecord;
using program::Part;

// Whether a program asks which organization it is; organizations have their numbers by the order of all of them.
bool asks_for_organizations(const Part& part) {
  return std::ranges::any_of(part.programs, [](const program::ActionProgram& one) {
    return std::ranges::any_of(one.shape->nodes, [](const auto& node) { return node.op == Op::organization_index; });
  });
}

// The tenant but for its organizations and, where those have numbers in them, its programs.
bool same_beside(Part one, Part other, bool programs) {
  for (auto* part : {&one, &other}) {
    part->organizations.clear();
    part->hash = {};
    for (auto& program : part->programs)
      if (!programs) program = {std::make_shared<const program::Shape>(), {}, program.required, {}, {}};
  }
  const bundle::KeyOf key_of = [](const auto& shape) { return program::key_of(*shape); };
  const auto left = bundle::encode(one, {}, key_of), right = bundle::encode(other, {}, key_of);
  return left.hot == right.hot && left.cold == right.cold;
}

}  // namespace

std::optional<Part> whole_of(const Piece& piece, const Part& compiled) {
  const Part& older = piece.older;
  const bool numbered = asks_for_organizations(older);
  if (!same_beside(older, compiled, !numbered)) return std::nullopt;
  Part made = compiled;
  if (numbered) made.programs = older.programs;
  std::set<std::string_view> there;
  for (const auto& one : compiled.organizations) there.insert(one.name);
  made.organizations.reserve(older.organizations.size() + compiled.organizations.size());
  for (const auto& one : older.organizations)
    if (!there.contains(one.name) && !piece.gone.contains(one.name)) made.organizations.push_back(one);
  std::ranges::stable_sort(made.organizations, {}, &OrganizationRecord::id);
  const auto twice = std::ranges::adjacent_find(made.organizations, {}, &OrganizationRecord::id);
  if (twice != made.organizations.end()) return std::nullopt;
  if (numbered &&
      !std::ranges::equal(
          made.organizations, older.organizations, {}, [](const auto& one) { return std::tie(one.id, one.name); },
          [](const auto& one) { return std::tie(one.id, one.name); }))
    return std::nullopt;
  made.keeper = older.keeper;
  made.hash = program::hash_of(made);
  return made;
}

}  // namespace writ::build
