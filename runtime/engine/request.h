// Inside a request: the tenant's snapshot, facts in slots, where its names lead, and room to run its program in.
#pragma once

#include "runtime/engine/loaded.h"
#include "runtime/interpret/interpret.h"

namespace writ {

// Why a fact that was set is not one. In the order in which a detail names them.
enum class Wrong : std::uint8_t { none, type, text, range, size, action, country, host, email };

struct Request::State {
  // Bound by `start`; strings are borrowed.
  bool started = false;
  Action action{};
  std::shared_ptr<const engine::Loaded> loaded;  // null: no such tenant
  std::string_view tenant, client, connection, organization;
  bool has_connection = false, has_organization = false;
  bool broken_name = false;  // a name that is not UTF-8, or too long

  // Facts. A slot is zero unless its bit in `present` is set; a bit in `invalid` is explained by `wrong`.
  std::vector<program::Slot> slots;
  std::array<std::uint64_t, program::max_facts / 64> present{}, invalid{};
  std::vector<Wrong> wrong;
  std::vector<std::int64_t> wrong_values;  // of those that are outside their range
  bool stray = false;                      // a fact the tenant does not know
  bool broken_stray = false;               // one that is not UTF-8, which is judged before the tenant
  std::string stray_name;

  // What sets point at: blocks that are kept and filled again.
  std::vector<std::pair<std::unique_ptr<program::Text[]>, std::size_t>> blocks;
  std::size_t block = 0, used = 0;

  // Where a program runs. One thread at a time decides a request.
  program::Frame frame;
  Registers registers;
  engine::Words fired, satisfied;

  bool has(FactId fact) const { return present[index(fact) / 64] >> index(fact) % 64 & 1; }
  const program::Slot& operator[](FactId fact) const { return slots[index(fact)]; }
  std::string_view text(FactId fact) const { return {slots[index(fact)].text.data, slots[index(fact)].text.size}; }

  void reset(Action asked, const std::shared_ptr<const engine::Loaded>& part);
  void resolve();
  // The slot to fill, or null when the fact is not of this type or not the action's; whichever, what was there is gone.
  program::Slot* accept(FactId fact, std::initializer_list<TypeKind> types);
  void refuse(FactId fact, Wrong why);
  void clear(FactId fact);
  program::Text* take_texts(std::size_t count);
  template <class Strings>
  void set_strings(FactId fact, const Strings& values);
  void bind(std::string_view name, const Value& value);
};

inline constexpr std::size_t max_string = max_string_bytes;
bool sound(std::string_view text);  // UTF-8, not too long

}  // namespace writ
