// What a rule is made of: its row, and a function over each tenant or over the whole set. Rules are written in files by theme; each file has one
// table, and rules.cpp puts the tables in a row.
#pragma once

#include "compiler/check/wording.h"
#include "compiler/lint/lint.h"
#include "compiler/lint/view.h"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <tuple>

namespace writ::lint {

using check::in_ticks;

// Where one rule tells what it found. What stands once in the text and belongs to many tenants is told once.
class Report {
 public:
  // The reference is good for `.at().hint()` at once.
  Diagnostic& add(Span span, std::string message) {
    const Key key{span.file, span.begin, span.end};
    if (!told_.insert(key).second) return again_ = {};
    found_.push_back({{}, span, bounded(std::move(message)), {}, {}, {}});
    return found_.back();
  }
  bool told(Span span) const { return told_.contains({span.file, span.begin, span.end}); }
  // In this tenant what stands there is as it should be. A rule of a template that never fires for one tenant is right for another.
  void clear(Span span) { cleared_.insert({span.file, span.begin, span.end}); }

  std::deque<Diagnostic> take() {
    std::erase_if(found_, [this](const Diagnostic& one) {
      return cleared_.contains({one.span.file, one.span.begin, one.span.end});
    });
    return std::move(found_);
  }

 private:
  using Key = std::tuple<FileId, std::uint32_t, std::uint32_t>;
  std::deque<Diagnostic> found_;
  std::set<Key> told_, cleared_;
  Diagnostic again_;
};

struct Rule {
  RuleRow row;
  void (*of_tenant)(const TenantView& tenant, Report& report) = nullptr;
  void (*of_set)(const SetView& set, Report& report) = nullptr;
};

// The tables of the files.
std::span<const Rule> client_rules();     // security_clients.cpp
std::span<const Rule> password_rules();   // security_passwords.cpp
std::span<const Rule> guard_rules();      // security_guards.cpp
std::span<const Rule> token_rules();      // security_tokens.cpp
std::span<const Rule> text_rules();       // security_text.cpp
std::span<const Rule> miss_rules();       // security_misses.cpp
std::span<const Rule> rule_rules();       // reachability_rules.cpp
std::span<const Rule> way_rules();        // reachability_ways.cpp
std::span<const Rule> tenancy_rules();    // tenancy.cpp
std::span<const Rule> name_rules();       // clarity_names.cpp
std::span<const Rule> said_rules();       // clarity_rules.cpp
std::span<const Rule> condition_rules();  // clarity_conditions.cpp
std::span<const Rule> cost_rules();       // cost.cpp

std::vector<const Rule*> all_rules();  // rules.cpp

// What ignores.cpp reports about comments themselves.
inline constexpr RuleRow unused_ignore{"unused-ignore", Group::clarity, Level::warning,
                                       "a writ-ignore that ignores nothing"};
inline constexpr RuleRow ignore_without_reason{"ignore-without-reason", Group::clarity, Level::error,
                                               "a writ-ignore that does not say why"};
inline constexpr RuleRow unknown_ignore{"unknown-ignore", Group::clarity, Level::error,
                                        "a writ-ignore of a rule that does not exist"};

// Takes back what the comments of the trees ignore, and tells what is wrong with them. `ran`: whether a rule looked at a file.
using Ran = std::function<bool(const RuleRow& rule, std::string_view file)>;
void apply_ignores(std::span<const tree::Tree* const> trees, const SourceSet& sources, const Ran& ran,
                   std::vector<Finding>& findings);

}  // namespace writ::lint
