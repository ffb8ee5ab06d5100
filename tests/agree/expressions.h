// Random conditions that check: every value is of the type that is wanted, every optional fact is guarded by what is known where it stands.
#pragma once

#include "tests/agree/world.h"

namespace writ::agree {

// Where a condition stands.
struct Place {
  ActionMask actions = 0;               // a fact must exist in all of them
  const TenantWorld* tenant = nullptr;  // none: in a floor
  bool alone = false;                   // a let or an obligation: read without actions
  std::set<std::string> present = {};   // optional facts known to be there
  std::vector<std::string> variables = {};
  std::vector<WordWorld> words = {};    // lets, parameters and obligations in sight
  std::vector<ZoneWorld> zones = {};
  std::vector<FactWorld> facts = {};
};

class Expressions {
 public:
  Expressions(Random& random, World& world) : random_(random), world_(world) {}

  // The condition's text, and what is known when it came out true.
  struct Flow {
    std::string text;
    enum class Level : std::uint8_t { any_of, all_of, prefix, comparison } level = Level::comparison;
    std::set<std::string> when_true = {}, when_false = {};
  };
  Flow condition(const Place& place, int depth);
  std::string alternatives(const Place& place);  // mfa within 15m or verify_email
  ActionMask used = all_actions;                 // the actions in which all that was written exists; the caller resets it

  std::string strings_list();                    // ["a", "b"]
  std::string integers_list();
  std::string blocks_list();
  std::string duration();
  std::string text();                            // one of the words that policies and requests share, in quotes

 private:
  using Level = Flow::Level;
  struct Side { std::string text, fact; };       // fact: whose turns a constant beside it belongs to; may be empty
  Flow all_of(const Place& place, int depth);
  Flow any_of(const Place& place, int depth);
  Flow leaf(const Place& place, int depth);
  std::optional<Flow> try_leaf(const Place& place, int depth);
  std::string with_level(const Flow& flow, Level level) const;

  std::optional<FactWorld> find(const Place& place, TypeKind type, bool optional_too);
  std::vector<FactWorld> usable(const Place& place) const;
  bool may_be_absent(const Place& place, const FactWorld& fact) const;
  const FactWorld& mention(const FactWorld& fact);
  std::optional<Side> side(const Place& place, TypeKind type);
  std::optional<Side> string_side(const Place& place);
  std::optional<Side> named_side(const Place& place, WordWorld::Kind kind);
  std::string constant(TypeKind type, const Side& beside);
  std::int64_t number_for(const Side& beside);
  std::int64_t time_constant();

  std::optional<std::string> of_booleans(const Place& place);
  std::optional<std::string> of_integers(const Place& place);
  std::optional<std::string> of_strings(const Place& place);
  std::optional<std::string> of_times(const Place& place);
  std::optional<std::string> of_durations(const Place& place);
  std::optional<std::string> of_words(const Place& place);
  std::optional<std::string> of_addresses(const Place& place);
  std::optional<std::string> of_things(const Place& place);
  std::optional<std::string> of_sets(const Place& place);
  std::optional<std::string> of_tenants(const Place& place);
  std::optional<std::string> quantifier(const Place& place, int depth);
  std::string window(const Side& beside);
  std::string block();

  Random& random_;
  World& world_;
};

}  // namespace writ::agree
