// Inside a request: the tenant's snapshot, facts in slots, where its names lead, and room to run its program in.
#pragma once

#include "runtime/engine/hold.h"
#include "runtime/engine/loaded.h"
#include "runtime/interpret/interpret.h"

namespace writ {

// Why a fact that was set is not one. In the order in which a detail names them.
enum class Wrong : std::uint8_t { none, type, text, range, size, action, country, host, email };

// Facts that were set to what they cannot be. Few requests have one, so this is apart from what every decision reads.
struct Refused {
  std::array<std::uint64_t, program::max_facts / 64> facts{};  // bit by FactId, explained by `why`
  std::array<Wrong, program::max_facts> why{};
  std::array<std::int64_t, program::max_facts> values{};  // of those that are outside their range
};

// Bits that a program sets. So many are in two words that more are kept elsewhere.
class Bits {
 public:
  void prepare(std::size_t bits) {
    const auto words = engine::words_for(bits);
    if (words > small_.size()) large_.assign(words, 0);
    words_ = words > small_.size() ? std::span(large_) : std::span<std::uint64_t>(small_);
  }
  void clear() { std::ranges::fill(words_, 0); }
  std::uint64_t* data() { return words_.data(); }
  std::span<const std::uint64_t> words() const { return words_; }
  std::uint64_t operator[](std::size_t word) const { return words_[word]; }

 private:
  std::array<std::uint64_t, 2> small_{};
  engine::Words large_;
  std::span<std::uint64_t> words_ = small_;
};

// Never moved: `bits` and `frame` point into it.
struct Request::State : engine::Quick {
  // Bound by `start`; strings are borrowed.
  const engine::Loaded* loaded = nullptr;  // held; null: no such tenant
  engine::Hold hold;
  const engine::FactTable* known = &engine::builtin_table();
  std::size_t fact_count = builtin_facts.size();  // of `known`
  Action action{};
  bool started = false;
  bool has_connection = false, has_organization = false;
  bool broken_name = false;   // a name that is not UTF-8, or too long
  bool stray = false;         // a fact the tenant does not know
  bool broken_stray = false;  // one that is not UTF-8, which is judged before the tenant
  bool any_refused = false;   // some bit of `refused`
  program::Frame frame;
  Bits fired, satisfied;

  // Facts. A slot is zero unless its bit in `present` is set.
  std::array<std::uint64_t, program::max_facts / 64> present{};
  std::vector<program::Slot> slots;

  // By what names it was asked.
  struct Names {
    std::string_view tenant, client, connection, organization;
  };
  Names names;

  std::unique_ptr<Refused> refused;  // made when first needed, then kept
  std::string stray_name;

  // What sets point at: blocks that are kept and filled again.
  std::vector<std::pair<std::unique_ptr<program::Text[]>, std::size_t>> blocks;
  std::size_t block = 0, used = 0;

  // Where the interpreter runs. One thread at a time decides a request.
  Registers registers;

  bool has(FactId fact) const { return present[index(fact) / 64] >> index(fact) % 64 & 1; }
  const program::Slot& operator[](FactId fact) const { return slots[index(fact)]; }
  std::string_view text(FactId fact) const { return {slots[index(fact)].text.data, slots[index(fact)].text.size}; }

  void reset(Action asked, const engine::Loaded* found);
  // For when its hold goes to another tenant: nothing that it was can be asked any more.
  void lend() {
    if (started || loaded != nullptr) give_up();
  }
  void give_up();
  // For want of memory a request could miss what it was given, or be bound to what is gone: nothing of it can be asked then.
  template <class F>
  auto or_give_up(F&& make) {
    try {
      return make();
    } catch (...) {
      give_up();
      throw;
    }
  }
  void let_quickly() { limit = any_refused || !started ? 0 : fact_count; }
  void resolve();
  // Room to interpret in. Allocates when the program is larger than those before.
  void prepare_to_interpret() { registers.prepare(shape()); }
  const engine::SharedProgram& program() const { return loaded->kind()[action]; }
  const program::Shape& shape() const { return *program().shared->shape; }
  // The slot to fill, or null when the fact is not of this type or not the action's; whichever, what was there is gone.
  program::Slot* accept(FactId fact, std::uint32_t types);  // bit by TypeKind
  void refuse(FactId fact, Wrong why);
  void clear(FactId fact);
  program::Text* take_texts(std::size_t count);
  template <class Strings>
  void set_strings(FactId fact, const Strings& values);
};

inline constexpr std::size_t max_string = max_string_bytes;
bool sound(std::string_view text);  // UTF-8, not too long

}  // namespace writ
