// Requirement to nodes. What a requirement refuses is one boolean over what the password's one pass counted:
//
//     length 12..64            %0 = fact.int password.length     %1 = const.int $0     %2 = lt.int %0 %1        deny %2
//                                                                %3 = const.int $1     %4 = gt.int %0 %3        deny %4
//     classes 3 of lower, …    each class as 1 or 0, added, lt.int 3
//     reject words ["acme"]    contains password.folded "acme", or …
//
// Constants are in the row, so tenants whose requirements differ only in numbers and words share a shape.
#include "compiler/lower/passwords.h"

#include "compiler/check/passwords.h"
#include "runtime/password/fold.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

namespace writ::lower {

namespace {

using program::Constant;
using program::Node;
using program::NodeId;
using program::Op;
using program::PasswordProgram;
using Kind = tree::Requirement::Kind;
using Unit = tree::Requirement::Unit;

std::uint32_t number(NodeId id) { return static_cast<std::uint32_t>(id); }

constexpr std::array counted = {PasswordFact::code_points, PasswordFact::utf16, PasswordFact::bytes};
constexpr std::array ascii = {PasswordFact::ascii_lower, PasswordFact::ascii_upper, PasswordFact::ascii_digits,
                              PasswordFact::ascii_symbols};
constexpr std::array unicode = {PasswordFact::unicode_lower, PasswordFact::unicode_upper, PasswordFact::unicode_digits,
                                PasswordFact::unicode_symbols};
constexpr std::array by_unit = {PasswordFact::utf16_lower, PasswordFact::utf16_upper, PasswordFact::utf16_digits,
                                PasswordFact::utf16_symbols};

PasswordCharset charset_of(const tree::Requirement& one) {
  if (!one.unicode) return PasswordCharset::ascii;
  return one.unit == Unit::utf16 ? PasswordCharset::unicode_utf16 : PasswordCharset::unicode;
}

class Program {
 public:
  Program() { shape_.password = true; }

  void add(const model::PasswordRequirement& wanted, std::string place) {
    wanted_ = &wanted;
    place_ = std::move(place);
    const auto& one = wanted.requirement;
    const auto amount = one.low ? *one.low : one.high.value_or(0);
    switch (one.kind) {
    case Kind::length: return length(one);
    case Kind::classes:
      return refuse(PasswordCheck::classes, compare(Op::lt_int, kinds(one), amount),
                    {amount, static_cast<std::int64_t>(charset_of(one))});
    case Kind::at_least:
      return refuse(PasswordCheck::at_least, compare(Op::lt_int, characters(one), amount),
                    {amount, static_cast<std::int64_t>(charset_of(one))});
    case Kind::max_repeats: {
      const auto fact = one.unit == Unit::utf16 ? PasswordFact::repeats_utf16 : PasswordFact::repeats;
      return refuse(PasswordCheck::repeats, compare(Op::gt_int, integer(fact), amount),
                    {amount, static_cast<std::int64_t>(one.unit)});
    }
    case Kind::no_sequences:
      return refuse(PasswordCheck::sequences, compare(Op::ge_int, integer(PasswordFact::sequence), amount), {amount});
    case Kind::history:
      return refuse(PasswordCheck::history, compare(Op::le_int, integer(PasswordFact::history_place), amount),
                    {amount});
    case Kind::min_age:
      return refuse(PasswordCheck::age_min, compare(Op::lt_int, integer(PasswordFact::unused_for), amount), {amount});
    case Kind::strength:
      return refuse(PasswordCheck::strength, compare(Op::lt_int, integer(PasswordFact::strength), amount), {amount});
    case Kind::reject_common: return common(one, amount);
    case Kind::reject_breached: return refuse(PasswordCheck::breached, unless(PasswordFact::not_breached), {});
    case Kind::reject_personal: return refuse(PasswordCheck::personal, unless(PasswordFact::not_personal), {});
    case Kind::reject_contains:
      for (const auto& word : one.words) {
        const bool name = word.text == "username";
        refuse(name ? PasswordCheck::username : PasswordCheck::email,
               unless(name ? PasswordFact::without_username : PasswordFact::without_email), {});
      }
      return;
    case Kind::reject_words: return refuse(PasswordCheck::words, any_word(one), {});
    case Kind::reject_matches:
      return refuse(PasswordCheck::pattern, node({Op::regex, number(text()), slot(program::Regex{one.pattern}), 0}),
                    {});
    case Kind::max_age: return others(PasswordCheck::age_max, {amount});
    case Kind::expires_after: return others(PasswordCheck::expires, {amount});
    case Kind::normalize: normalize_ = true; return others(PasswordCheck::normalize, {});
    }
  }

  PasswordProgram finish(std::uint32_t connection) {
    PasswordProgram result;
    result.connection = connection;
    result.row = program::Row::build(constants_);
    result.shape = std::make_shared<const program::Shape>(std::move(shape_));
    result.normalize = normalize_;
    result.requirements = std::move(requirements_);
    result.others = std::move(others_);
    return result;
  }

 private:
  void length(const tree::Requirement& one) {
    const auto fact = counted[static_cast<std::size_t>(one.unit)];
    const auto unit = static_cast<std::int64_t>(one.unit);
    if (one.low) refuse(PasswordCheck::length_min, compare(Op::lt_int, integer(fact), *one.low), {*one.low, unit});
    if (one.high) refuse(PasswordCheck::length_max, compare(Op::gt_int, integer(fact), *one.high), {*one.high, unit});
  }

  // A list that is shorter than what is asked for says nothing of the rest, so it refuses as one that is not loaded does.
  void common(const tree::Requirement& one, std::int64_t amount) {
    const bool whole = !one.low && !one.high;
    const auto top = whole ? INT64_MAX - 1 : amount;  // one below the largest number, which stands for none
    const auto listed = compare(Op::le_int, integer(PasswordFact::common_rank), top);
    const auto too_short = compare(Op::lt_int, integer(PasswordFact::common_listed), whole ? 1 : amount);
    refuse(PasswordCheck::common, any({number(listed), number(too_short)}),
           whole ? std::vector<std::int64_t>{} : std::vector{amount});
  }

  // How many of the kinds of characters there are.
  NodeId kinds(const tree::Requirement& one) {
    return sum(one, [&](PasswordFact fact) {
      const auto there = compare(Op::ge_int, integer(fact), 1);
      const auto yes = constant(std::int64_t{1}), no = constant(std::int64_t{0});
      return node({Op::select_int, number(there), number(yes), number(no)});
    });
  }
  // How many characters are of any of the kinds.
  NodeId characters(const tree::Requirement& one) {
    return sum(one, [&](PasswordFact fact) { return integer(fact); });
  }
  template <class F>
  NodeId sum(const tree::Requirement& one, F term) {
    const auto charset = charset_of(one);
    const auto& facts = charset == PasswordCharset::ascii     ? ascii
                        : charset == PasswordCharset::unicode ? unicode
                                                              : by_unit;
    std::optional<NodeId> total;
    for (std::size_t i = 0; i < ascii.size(); ++i) {
      if ((one.class_mask & (1u << i)) == 0) continue;
      const auto next = term(facts[i]);
      total = total ? node({Op::add, number(*total), number(next), 0}) : next;
    }
    return total ? *total : constant(std::int64_t{0});
  }

  NodeId any_word(const tree::Requirement& one) {
    const auto folded = known({Op::fact_string, index(PasswordFact::folded), 0, 0});
    std::vector<std::uint32_t> found;
    for (const auto& word : one.words) {
      const auto wanted = constant(password::fold(word.text));
      found.push_back(number(node({Op::contains, number(folded), number(wanted), 0})));
    }
    return any(found);
  }
  NodeId any(const std::vector<std::uint32_t>& found) {
    const auto first = static_cast<std::uint32_t>(shape_.arguments.size());
    shape_.arguments.insert(shape_.arguments.end(), found.begin(), found.end());
    return node({Op::or_, first, static_cast<std::uint32_t>(found.size()), 0});
  }

  NodeId text() { return known({Op::fact_string, index(PasswordFact::text), 0, 0}); }
  NodeId integer(PasswordFact fact) { return known({Op::fact_int, index(fact), 0, 0}); }
  NodeId unless(PasswordFact fact) { return node({Op::not_, number(known({Op::fact_bool, index(fact), 0, 0})), 0, 0}); }
  NodeId compare(Op op, NodeId left, std::int64_t right) {
    return node({op, number(left), number(constant(right)), 0});
  }
  template <class T>
  NodeId constant(T value) {
    const auto op = std::is_same_v<T, std::string> ? Op::const_string : Op::const_int;
    return node({op, slot(std::move(value)), 0, 0});
  }
  std::uint32_t slot(Constant value) {
    shape_.slots.push_back(program::kind_of(value));
    constants_.push_back(std::move(value));
    return static_cast<std::uint32_t>(constants_.size() - 1);
  }
  NodeId node(Node made) {
    shape_.nodes.push_back(made);
    return static_cast<NodeId>(shape_.nodes.size() - 1);
  }
  // A node without constants, made once.
  NodeId known(Node made) {
    const auto [found, fresh] = known_.try_emplace({made.op, made.a});
    if (fresh) found->second = node(made);
    return found->second;
  }

  void refuse(PasswordCheck check, NodeId fired, std::vector<std::int64_t> numbers) {
    program::RuleCode rule;
    rule.effect = RuleEffect::deny;
    rule.fired = fired;
    shape_.rules.push_back(rule);
    requirements_.push_back(info_of(check, std::move(numbers)));
  }
  void others(PasswordCheck check, std::vector<std::int64_t> numbers) {
    others_.push_back(info_of(check, std::move(numbers)));
  }
  program::RequirementInfo info_of(PasswordCheck check, std::vector<std::int64_t> numbers) const {
    program::RequirementInfo info;
    info.check = check;
    info.text = check::requirement_text(wanted_->requirement);
    info.origin = wanted_->origin;
    info.place = place_;
    info.numbers = std::move(numbers);
    info.classes = wanted_->requirement.class_mask;
    info.implied = wanted_->implied;
    return info;
  }

  const model::PasswordRequirement* wanted_ = nullptr;
  std::string place_;
  program::Shape shape_;
  std::vector<Constant> constants_;
  std::vector<program::RequirementInfo> requirements_, others_;
  bool normalize_ = false;
  std::map<std::pair<Op, std::uint32_t>, NodeId> known_;
};

// Platform, shared clients, the tenant's own, each by what follows the owner's name: an order that tenants of one template
// share.
std::tuple<int, int, std::string_view> order(const model::PasswordRequirement& one, std::string_view tenant) {
  const auto kind = static_cast<int>(one.requirement.kind);
  const std::string_view origin = one.origin;
  if (origin.starts_with("platform ")) return {kind, 0, origin};
  if (!origin.starts_with(std::string(tenant) + " ")) return {kind, 1, origin};
  return {kind, 2, origin.substr(tenant.size())};
}

}  // namespace

std::vector<PasswordProgram> passwords(const model::Tenant& tenant, const SourceSet& sources) {
  std::vector<PasswordProgram> programs;
  for (const auto& effective : tenant.passwords) {
    std::vector<const model::PasswordRequirement*> requirements;
    for (const auto& one : effective.requirements) requirements.push_back(&one);
    std::ranges::stable_sort(requirements, {}, [&](const auto* one) { return order(*one, tenant.structure.name); });
    Program program;
    for (const auto* one : requirements) {
      std::string place;
      if (one->span.known())
        place =
            sources.name(one->span.file) + ":" + std::to_string(sources.position(one->span.file, one->span.begin).line);
      program.add(*one, std::move(place));
    }
    programs.push_back(program.finish(effective.connection));
  }
  std::ranges::sort(programs, {}, &PasswordProgram::connection);
  return programs;
}

}  // namespace writ::lower
