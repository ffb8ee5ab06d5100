// See wishes.h. Strings are followed through `lower`, `email_domain`, choices and loops back to the fact they come from; integers are sums
// (forms.h).
#include "runtime/flip/wishes.h"

#include "runtime/flip/candidates.h"
#include "runtime/program/builtins.h"

#include <algorithm>

namespace writ::flip {

namespace {

using program::Node;
using program::Op;
using program::SlotKind;

constexpr std::int64_t second = 1'000'000, millisecond = 1'000, day = 86'400 * second;

// Where a string comes from.
struct Source {
  FactId fact{};
  bool domain = false;  // through email_domain
  auto operator<=>(const Source&) const = default;
};
struct Text {
  std::set<Source> sources;
  std::set<std::string> constants;
};
struct Address {
  std::set<FactId> facts;
  std::vector<Ip> constants;
};

std::string example_of(std::string glob) {
  std::erase(glob, '*');
  std::ranges::replace(glob, '?', 'x');
  return glob;
}

class Wisher {
 public:
  Wisher(const program::Part& part, const program::ActionProgram& program, const NamedRequest& request)
      : part_(part),
        shape_(*program.shape),
        row_(program.row.bytes().data()),
        request_(request),
        forms_(forms_of_nodes(shape_, row_)),
        texts_(shape_.nodes.size()),
        addresses_(shape_.nodes.size()) {
    result_.cut = forms_.cut;
  }

  Wishes all() {
    for (std::uint32_t i = 0; i < shape_.nodes.size(); ++i) {
      const Node& node = shape_.nodes[i];
      if (program::row_of(node.op).operands[0] == program::Operand::fact) result_.of[static_cast<FactId>(node.a)];
      text(i, node);
      address(i, node);
      compare(node);
    }
    return std::move(result_);
  }

 private:
  // ---- where strings and addresses come from

  void text(std::uint32_t id, const Node& node) {
    Text& made = texts_[id];
    switch (node.op) {
    case Op::const_string: made.constants.insert(string_at(row_, node.a)); break;
    case Op::fact_string:
    case Op::fact_set: made.sources.insert({static_cast<FactId>(node.a)}); break;
    case Op::each:
      loops_.resize(std::max<std::size_t>(loops_.size(), node.b + 1));
      loops_[node.b] = node.a;
      break;
    case Op::element: made = texts_[loops_[node.a]]; break;
    case Op::lower: made = texts_[node.a]; break;
    case Op::email_domain:
      for (auto source : texts_[node.a].sources) made.sources.insert({source.fact, true});
      break;
    case Op::has_email_domain:
      for (const auto& source : texts_[node.a].sources) wish(source.fact).domains.insert("example.com");
      break;
    case Op::select_string:
      made = texts_[node.b];
      made.sources.insert(texts_[node.c].sources.begin(), texts_[node.c].sources.end());
      made.constants.insert(texts_[node.c].constants.begin(), texts_[node.c].constants.end());
      break;
    default: break;
    }
  }

  void address(std::uint32_t id, const Node& node) {
    Address& made = addresses_[id];
    if (node.op == Op::const_ip) made.constants.push_back(program::row_ip(row_, node.a));
    if (node.op == Op::fact_ip) made.facts.insert(static_cast<FactId>(node.a));
    if (node.op != Op::select_ip) return;
    for (const auto operand : {node.b, node.c}) {
      made.facts.insert(addresses_[operand].facts.begin(), addresses_[operand].facts.end());
      made.constants.insert(made.constants.end(), addresses_[operand].constants.begin(),
                            addresses_[operand].constants.end());
    }
  }

  // ---- what they are compared with

  void compare(const Node& node) {
    switch (node.op) {
    case Op::eq_int:
    case Op::ne_int:
    case Op::lt_int:
    case Op::le_int:
    case Op::gt_int:
    case Op::ge_int:
      for (const auto& left : forms_.of[node.a])
        for (const auto& right : forms_.of[node.b]) solve(difference(left, right));
      break;
    case Op::in_ints: members(node); break;
    case Op::in_window: window(node); break;
    case Op::eq_string:
    case Op::set_has:
    case Op::starts_with:
    case Op::ends_with:
    case Op::contains: meet(texts_[node.a], texts_[node.b]); break;
    case Op::in_strings: meet(texts_[node.a], strings_at(row_, node.b)); break;
    case Op::glob: meet(texts_[node.a], {example_of(string_at(row_, node.b))}); break;
    case Op::in_cidrs:
      for (const auto fact : addresses_[node.a].facts) add_ranges(fact, ranges_at(row_, node.b));
      break;
    case Op::eq_ip: meet(addresses_[node.a], addresses_[node.b]); break;
    default: break;
    }
  }

  // Where a sum is zero, for each of its facts, the others being what they are.
  void solve(const Form& form) {
    for (const auto& [fact, times] : form.terms) {
      Wide rest = form.constant;
      bool known = true;
      for (const auto& [other, coefficient] : form.terms) {
        if (other == fact) continue;
        const auto number = integer_in(request_, fact_name(part_, other));
        known = known && number;
        rest += Wide{coefficient} * number.value_or(0);
      }
      const Wide at = -rest / times;  // towards zero; a unit to each side covers what is left over
      if (known && at >= INT64_MIN && at <= INT64_MAX) around(fact, static_cast<std::int64_t>(at));
    }
  }

  void members(const Node& node) {
    const auto list = integers_at(row_, node.b);
    for (const auto& form : forms_.of[node.a])
      for (std::size_t i = 0; i < list.size(); ++i) {
        if (i == most_constants) return void(result_.cut = true);
        Form shifted = form;
        shifted.constant -= list[i];
        solve(shifted);
      }
  }

  // Begins and ends of the window within some days of what the fact is, or of the request's time.
  void window(const Node& node) {
    constexpr std::int64_t days = 8;
    const auto window = window_at(row_, node.b);
    for (const auto& form : forms_.of[node.a])
      for (const auto& [fact, times] : form.terms) {
        auto middle = integer_in(request_, fact_name(part_, fact));
        if (!middle) middle = integer_in(request_, "request.time");
        if (!middle) continue;
        for (const auto& strike : strikes_of(window, program::saturating_sub(*middle, days * day),
                                             program::saturating_add(*middle, days * day))) {
          Form shifted = form;
          shifted.constant -= strike.at;
          solve(shifted);
        }
      }
  }

  void meet(const Text& left, const Text& right) {
    for (const auto* side : {&left, &right}) {
      const Text& other = side == &left ? right : left;
      meet(*side, {other.constants.begin(), other.constants.end()});
      for (const auto& source : other.sources) meet(*side, values_of(source));
    }
  }

  void meet(const Text& text, const std::vector<std::string>& constants) {
    for (const auto& source : text.sources) {
      auto& into = source.domain ? wish(source.fact).domains : wish(source.fact).strings;
      for (const auto& constant : constants) {
        if (into.size() >= most_constants) return void(result_.cut = true);
        into.insert(constant);
      }
    }
  }

  void meet(const Address& left, const Address& right) {
    for (const auto* side : {&left, &right})
      for (const auto fact : side->facts) {
        const Address& other = side == &left ? right : left;
        for (const auto& ip : other.constants) add_ranges(fact, {{ip, ip}});
        for (const auto from : other.facts)
          if (const auto value = value_in(request_, fact_name(part_, from)))
            if (const auto* const ip = std::get_if<Ip>(&*value)) add_ranges(fact, {{*ip, *ip}});
      }
  }

  // What a string or a set of the request has now: two facts can be compared with one another.
  std::vector<std::string> values_of(const Source& source) const {
    const auto value = value_in(request_, fact_name(part_, source.fact));
    if (!value) return {};
    if (const auto* const set = std::get_if<StringSet>(&*value)) return *set;
    const auto* const text = std::get_if<std::string>(&*value);
    if (text == nullptr) return {};
    if (!source.domain) return {*text};
    const auto at = text->rfind('@');
    return at == std::string::npos ? std::vector<std::string>() : std::vector{text->substr(at + 1)};
  }

  Wish& wish(FactId fact) { return result_.of[fact]; }

  void around(FactId fact, std::int64_t boundary) {
    auto& into = wish(fact).integers;
    if (into.size() >= most_constants) return void(result_.cut = true);
    const auto place = index(fact);
    add_around(into,
               place < builtin_facts.size() ? builtin_facts[place].type
                                            : part_.attributes[place - builtin_facts.size()].type,
               boundary);
  }

  void add_ranges(FactId fact, const std::vector<IpRange>& ranges) {
    auto& into = wish(fact).ranges;
    for (const auto& range : ranges) {
      if (into.size() >= most_constants) return void(result_.cut = true);
      into.push_back(range);
    }
  }

  const program::Part& part_;
  const program::Shape& shape_;
  const std::byte* row_;
  const NamedRequest& request_;
  Forms forms_;
  std::vector<Text> texts_;
  std::vector<Address> addresses_;
  std::vector<std::uint32_t> loops_;  // by depth
  Wishes result_;
};

}  // namespace

void add_around(std::set<std::int64_t>& values, TypeKind type, std::int64_t boundary) {
  std::int64_t unit = 1;
  if (type == TypeKind::time || type == TypeKind::duration) unit = boundary % second == 0 ? second : millisecond;
  values.insert(boundary);
  values.insert(program::saturating_sub(boundary, unit));
  values.insert(program::saturating_add(boundary, unit));
}

Wishes wishes_of(const program::Part& part, const program::ActionProgram& program, const NamedRequest& request) {
  return Wisher(part, program, request).all();
}

}  // namespace writ::flip
