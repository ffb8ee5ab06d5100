// A policy set read and taken apart without parsing: what is written of each tenant, and what stands outside of tenants. A tenant depends on
// its own text and on what stands outside; so who knows what tenants of that text became need not parse them again.
#pragma once

#include "compiler/load/loader.h"
#include "compiler/syntax/outline.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace writ::load_detail {

struct Apart {
  std::vector<Found> found;
  std::vector<std::string> texts, rests;  // a rest: what stands outside of tenants and examples
  std::vector<Outline> outlines;
  bool whole = false;  // it cannot be taken apart
};
inline constexpr std::string_view rest_of_nothing = "writ 1";  // the head that every file has says nothing
inline bool is_of_tenant(const Outline::Piece& piece) {
  return piece.kind == Outline::Kind::tenant || piece.kind == Outline::Kind::extension;
}

Apart take_apart(const std::string& path, const Files& files, const Limits& limits);
// Tenants, and of those that are named here, which of the organizations that their outlines tell apart; of the others all.
struct Wanted {
  std::set<std::string> tenants;
  std::map<std::string, std::set<std::string>> organizations;
};
// For loading with these tenants and without tests and proofs. Every line keeps its number.
Prepared prepare(const Apart& side, const Wanted& wanted);
// The same for who builds: what stands outside of the wanted tenants, imports included, so that files keep their order.
Prepared prepare_in_order(const Apart& side, const Wanted& wanted);
// What stands outside of tenants and examples, as it is written, on the lines it is on.
std::string rest_in_place(const Apart& side, std::size_t file);
// For loading it whole. What came on standard input cannot be read twice.
Prepared as_it_is(Apart&& side);

}  // namespace writ::load_detail
