// What the tests of a policy exercise, in three measures.
//
//   rules         fired in at least one question
//   conditions    shown to decide: once as true and once as false, each time so that the other one would have turned the rule. That is
//                 masking MC/DC over the leaves of the whole condition (place, on, when, unless) as they are evaluated, from left to right:
//                 a leaf that was not reached, or whose neighbours had settled the matter, shows nothing
//   declarations  tenants, clients, connections, organizations and templates that a question reached the rules of; passwords that a
//                 `password` line was judged by
//
// A rule of the floor, of a template or of a shared client is one rule, whichever tenant exercises it. A leaf that cannot be both (the
// tenant has one connection, and the rule stands on it) is left out.
#pragma once

#include "compiler/testing/run.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace writ::testing {

enum class Measure : std::uint8_t { rules, conditions, declarations };
inline constexpr std::array<std::string_view, 3> measure_names = {"rules", "conditions", "declarations"};

struct ConditionCover {
  std::string text;
  bool counts = true;                     // it can be both
  std::size_t as_true = 0, as_false = 0;  // how often it decided
  bool shown() const { return as_true > 0 && as_false > 0; }
};
struct RuleCover {
  Span span;
  std::string place, text;
  std::size_t asked = 0, fired = 0;
  std::vector<ConditionCover> conditions;
};
struct DeclarationCover {
  Span span;
  std::string place, text;
  std::size_t asked = 0;
};
struct Cover {
  std::size_t covered = 0, total = 0;
  // Whether at least `percent` of a hundred are covered; of nothing, all are.
  bool reaches(unsigned percent) const { return covered * 100 >= std::size_t{percent} * total; }
};
struct Coverage {
  std::vector<RuleCover> rules;                // by file and place
  std::vector<DeclarationCover> declarations;  // the same
  Cover of(Measure measure) const;
};

// What there is to be covered; shared by all that measure, and then the place where they are added up.
class Coverable;

class Meter : public Witness {
 public:
  Meter(const Coverable& coverable, const Subject& subject);
  ~Meter() override;
  void decided(const NamedRequest& asked, const Request& request, const Explanation& decision) override;
  void judged(const PasswordQuestion& asked, const PasswordReport& report) override;

 private:
  friend Coverage coverage(const Coverable&, std::vector<std::unique_ptr<Meter>>&);
  struct State;
  std::unique_ptr<State> state_;
};

class Coverable {
 public:
  Coverable(const model::Policy& policy, const SourceSet& sources, std::span<const tree::Tree* const> trees);
  ~Coverable();
  Coverable(const Coverable&) = delete;
  Coverable& operator=(const Coverable&) = delete;

 private:
  friend class Meter;
  friend Coverage coverage(const Coverable&, std::vector<std::unique_ptr<Meter>>&);
  struct State;
  std::unique_ptr<State> state_;
};

// The sum of what each meter saw.
Coverage coverage(const Coverable& coverable, std::vector<std::unique_ptr<Meter>>& meters);
// As an LCOV tracefile: a line for each rule and declaration, a branch for each way a condition decides, a function for each declaration.
std::string lcov(const Coverage& coverage, const SourceSet& sources);

}  // namespace writ::testing
