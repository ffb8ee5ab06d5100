// Random conditions that check: every value is of the type that is wanted, every optional fact is guarded by what is
// known where it stands.
#pragma once

#include "tests/agree/world.h"

#include <optional>
#include <set>

namespace writ::agree {

// Where a condition stands.
struct Place {
  ActionMask actions = 0;               // a fact must exist in all of them
  bool alone = false;                   // a let or an obligation: read without actions
  const TenantWorld* tenant = nullptr;  // none: in a floor
  std::set<std::string> present = {};   // optional facts known to be there
  std::vector<std::string> variables = {};
  std::vector<WordWorld> words = {};  // in sight; the last of a name counts
  std::vector<ZoneWorld> zones = {};
  std::vector<FactWorld> facts = {};
};

// A text, how tightly its outermost operator binds, and what is known to be present when it came out true, and false.
struct Flow {
  enum class Level : std::uint8_t { open, any_of, all_of, prefix, comparison };
  std::string text = {};
  Level level = Level::comparison;
  std::set<std::string> when_true = {}, when_false = {};
};

class Expressions {
 public:
  explicit Expressions(Random& random) : random_(random) {}

  Flow condition(const Place& place, int depth);
  std::string duties(const Place& place);  // mfa within 15m or verify_email
  // The value of a let: of a fact, or a literal. `kind` says of which type, or that it is a list.
  WordWorld let(const Place& place, WordWorld::Kind kind, std::string& value);

  // The actions in which everything exists that was written since the caller last set it to all.
  ActionMask used = all_actions;
  bool quantified = false;  // a quantifier was written since the caller last said no

  std::string text() { return in_quotes(random_.pick(texts())); }
  std::string list(WordWorld::Kind kind);
  // A literal of the fact's type, in its range.
  std::string literal(const FactWorld& fact);

 private:
  using Kind = WordWorld::Kind;
  // What a string can be: a literal of another form would never equal it.
  enum class Form : std::uint8_t { any, country, domain, lower };
  static Form form_of(const FactWorld& fact);
  // A value that is there: a fact, a word, or something made of them.
  struct Side {
    std::string text;
    TypeKind type{};
    std::int64_t low = INT64_MIN, high = INT64_MAX;
    std::vector<std::string> words = {};
    bool ordered = true;
    Form form = Form::any;
  };
  using Leaf = std::optional<Flow>;
  using Text = std::optional<std::string>;

  // conditions.cpp: structure, and what is in sight
  Flow negated(const Place& place, int depth);
  Flow sequence(const Place& place, int depth, bool all);
  Flow leaf(const Place& place, int depth);
  Leaf try_leaf(const Place& place, int depth);
  Leaf has_leaf(const Place& place);
  Leaf nested(const Place& place, int depth);
  std::string in_parentheses(const Flow& flow, Flow::Level level);
  std::vector<FactWorld> usable(const Place& place) const;
  bool may_be_absent(const Place& place, const FactWorld& fact) const;
  const FactWorld& mention(const FactWorld& fact);
  std::optional<FactWorld> find(const Place& place, TypeKind type, bool optional_too);
  std::vector<WordWorld> words(const Place& place, Kind kind) const;
  std::optional<WordWorld> word(const Place& place, Kind kind);

  // values.cpp: sides and constants
  std::optional<Side> side(const Place& place, TypeKind type);
  std::optional<Side> word_side(const Place& place, TypeKind type);
  Side of_fact(const Place& place, const FactWorld& fact);
  std::string otherwise(const Place& place, const std::string& optional, const Side& like);
  Side dressed(const Place& place, Side side);
  Side dressed_string(const Place& place, const FactWorld& fact);
  std::string constant(const Side& like);
  std::string of_form(Form form);
  std::string constant_or_word(const Place& place, const Side& like);
  std::string integer(std::int64_t low, std::int64_t high);
  std::string instant();

  // leaves.cpp: one function a type
  Leaf about(const Place& place, const Side& side, int depth);
  Text of_boolean(const Place& place, const Side& left);
  Text of_number(const Place& place, const Side& left);
  Text of_string(const Place& place, const Side& left);
  Text of_time(const Place& place, const Side& left);
  Text of_enumeration(const Side& left);
  Text of_address(const Place& place, const Side& left);
  Text of_set(const Place& place, const Side& left);
  Text of_zone(const Place& place);
  Text of_thing(const Place& place);
  Text of_features(const Place& place);
  Leaf quantifier(const Place& place, int depth);
  std::string range(const Place& place, const Side& left);
  std::string window();
  std::string block();
  std::string equality() { return random_.pick({" == ", " != "}); }
  std::string order() { return random_.pick({" == ", " != ", " < ", " <= ", " > ", " >= "}); }
  std::string membership() { return random_.pick({" in ", " not in "}); }

  Random& random_;
};

}  // namespace writ::agree
