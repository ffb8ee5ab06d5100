#include "tests/unit/jit/model.h"

#include <algorithm>
#include <map>

#include <re2/re2.h>

namespace writ::test {

// ---------------------------------------------------------------- making shapes

Maker::Maker() { shape_.action = Action::login; }

std::uint32_t Maker::add(Op op, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  shape_.nodes.push_back({op, a, b, c});
  return static_cast<std::uint32_t>(shape_.nodes.size() - 1);
}

std::uint32_t Maker::both(Op op, const std::vector<std::uint32_t>& arguments) {
  const auto first = static_cast<std::uint32_t>(shape_.arguments.size());
  shape_.arguments.insert(shape_.arguments.end(), arguments.begin(), arguments.end());
  return add(op, first, static_cast<std::uint32_t>(arguments.size()));
}

std::uint32_t Maker::slot(Constant constant) {
  shape_.slots.push_back(program::kind_of(constant));
  constants_.push_back(std::move(constant));
  return static_cast<std::uint32_t>(constants_.size() - 1);
}

void Maker::rule(std::uint32_t node) {
  shape_.rules.push_back({RuleEffect::allow, false, static_cast<NodeId>(node), 0});
}

void Maker::entry(const std::vector<std::uint32_t>& nodes) {
  program::Entry entry;
  for (const auto node : nodes) entry.satisfied.push_back(static_cast<NodeId>(node));
  const auto which = static_cast<std::uint32_t>(shape_.entries.size());
  shape_.entries.push_back(std::move(entry));
  shape_.rules.push_back({RuleEffect::require, false, static_cast<NodeId>(nodes.front()), which});
}

// ---------------------------------------------------------------- the model

namespace {

__extension__ using Wide = __int128;

std::int64_t saturated(Wide value) {
  return value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : static_cast<std::int64_t>(value);
}

std::string folded(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool glob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') return glob(pattern.substr(1), text) || (!text.empty() && glob(pattern, text.substr(1)));
  if (text.empty()) return false;
  std::size_t size = 1;
  if (pattern.front() == '?') {
    if ((static_cast<unsigned char>(text.front()) & 0xc0) == 0x80) return false;
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) ++size;
  } else if (pattern.front() != text.front()) {
    return false;
  }
  return glob(pattern.substr(1), text.substr(size));
}

bool in_window(const program::Window& window, std::int64_t time) {
  std::int64_t offset = window.offsets.front().offset;
  for (const auto& entry : window.offsets)
    if (entry.from <= time) offset = entry.offset;
  const Wide local = saturated(static_cast<Wide>(time) + static_cast<Wide>(offset) * 1'000'000);
  const auto floor = [](Wide value, Wide by) { return value / by - (value % by < 0 ? 1 : 0); };
  const Wide minutes = floor(local, 60'000'000), day = floor(minutes, 1'440);
  const int of_day = static_cast<int>(minutes - day * 1'440);
  const auto listed = [&](Wide which) { return (window.days >> static_cast<int>(((which + 3) % 7 + 7) % 7) & 1) != 0; };
  if (window.begin < window.end) return window.begin <= of_day && of_day < window.end && listed(day);
  return (of_day >= window.begin && listed(day)) || (of_day < window.end && listed(day - 1));
}

class Walk {
 public:
  Walk(const Shape& shape, const std::vector<Constant>& constants, const Facts& facts)
      : shape_(shape), constants_(constants), facts_(facts), values_(shape.nodes.size()) {
    range(0, static_cast<std::uint32_t>(shape.nodes.size()));
  }
  bool truth(NodeId id) const { return is(static_cast<std::uint32_t>(id)); }

 private:
  bool is(std::uint32_t id) const { return std::get<bool>(values_[id]); }
  std::int64_t number(std::uint32_t id) const { return std::get<std::int64_t>(values_[id]); }
  const std::string& text(std::uint32_t id) const { return std::get<std::string>(values_[id]); }
  template <class T>
  T constant(std::uint32_t slot) const {
    return std::get<T>(constants_[slot]);
  }
  template <class T>
  T fact(std::uint32_t id) const {
    const auto& value = facts_.values.at(id - first_fact);
    return std::holds_alternative<std::monostate>(value) ? T{} : std::get<T>(value);
  }

  void range(std::uint32_t begin, std::uint32_t end) {
    for (auto i = begin; i < end; ++i) {
      const auto& node = shape_.nodes[i];
      if (node.op == Op::each) {
        loop(i, node);
        i = node.c;
      } else {
        values_[i] = make(node);
      }
    }
  }

  void loop(std::uint32_t begin, const Node& node) {
    const auto items = std::get<Strings>(values_[node.a]);
    const auto& last = shape_.nodes[node.c];
    bool any = false, all = true;
    for (const auto& item : items) {
      elements_[node.b] = item;
      range(begin + 1, node.c);
      (is(last.b) ? any : all) = is(last.b);
    }
    values_[node.c] = last.op == Op::any_ ? any : all;
  }

  Plain make(const Node& node) const {
    const auto [op, a, b, c] = node;
    switch (op) {
    case Op::const_bool: return constant<bool>(a);
    case Op::const_int: return constant<std::int64_t>(a);
    case Op::const_string: return constant<std::string>(a);
    case Op::const_ip: return constant<Ip>(a);
    case Op::has_fact: return !std::holds_alternative<std::monostate>(facts_.values.at(a - first_fact));
    case Op::fact_bool: return fact<bool>(a);
    case Op::fact_int: return fact<std::int64_t>(a);
    case Op::fact_string: return fact<std::string>(a);
    case Op::fact_ip: return fact<Ip>(a);
    case Op::fact_set: return fact<Strings>(a);
    case Op::client_index: return facts_.client;
    case Op::connection_index: return facts_.connection;
    case Op::organization_index: return facts_.organization;
    case Op::client_type: return facts_.client_type;
    case Op::connection_family: return facts_.connection_family;
    case Op::connection_strategy: return facts_.connection_strategy;
    case Op::not_: return !is(a);
    case Op::and_: return std::all_of(begin(node), begin(node) + b, [&](auto id) { return is(id); });
    case Op::or_: return std::any_of(begin(node), begin(node) + b, [&](auto id) { return is(id); });
    case Op::eq_int: return number(a) == number(b);
    case Op::ne_int: return number(a) != number(b);
    case Op::lt_int: return number(a) < number(b);
    case Op::le_int: return number(a) <= number(b);
    case Op::gt_int: return number(a) > number(b);
    case Op::ge_int: return number(a) >= number(b);
    case Op::eq_bool: return is(a) == is(b);
    case Op::eq_string: return text(a) == text(b);
    case Op::eq_ip: return std::get<Ip>(values_[a]) == std::get<Ip>(values_[b]);
    case Op::in_bits: {
      const auto members = constant<program::Bits>(b).members;
      return std::any_of(members.begin(), members.end(), [&](auto member) { return member == number(a); });
    }
    case Op::in_ints: return holds(constant<std::vector<std::int64_t>>(b), number(a));
    case Op::in_strings: return holds(constant<Strings>(b), text(a));
    case Op::in_cidrs: {
      const auto blocks = constant<std::vector<Cidr>>(b);
      return std::any_of(blocks.begin(), blocks.end(),
                         [&](const auto& block) { return block.contains(std::get<Ip>(values_[a])); });
    }
    case Op::in_window: return in_window(constant<program::Window>(b), number(a));
    case Op::set_has: return holds(std::get<Strings>(values_[a]), text(b));
    case Op::starts_with: return text(a).starts_with(text(b));
    case Op::ends_with: return text(a).ends_with(text(b));
    case Op::contains: return text(a).find(text(b)) != std::string::npos;
    case Op::glob: return glob(constant<program::Glob>(b).pattern, text(a));
    case Op::regex: return re2::RE2::PartialMatch(text(a), constant<program::Regex>(b).pattern);
    case Op::lower: return folded(text(a));
    case Op::email_domain: return has_at(a) ? folded(text(a).substr(text(a).rfind('@') + 1)) : "";
    case Op::has_email_domain: return has_at(a);
    case Op::add: return saturated(static_cast<Wide>(number(a)) + number(b));
    case Op::sub: return saturated(static_cast<Wide>(number(a)) - number(b));
    case Op::select_bool:
    case Op::select_int:
    case Op::select_string:
    case Op::select_ip: return values_[is(a) ? b : c];
    case Op::element: return elements_.at(a);
    case Op::each:
    case Op::any_:
    case Op::all_: break;
    }
    return false;
  }

  std::vector<std::uint32_t>::const_iterator begin(const Node& node) const { return shape_.arguments.begin() + node.a; }
  template <class List, class T>
  static bool holds(const List& list, const T& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  }
  bool has_at(std::uint32_t id) const { return text(id).find('@') != std::string::npos; }

  const Shape& shape_;
  const std::vector<Constant>& constants_;
  const Facts& facts_;
  std::vector<Plain> values_;
  std::map<std::uint32_t, std::string> elements_;
};

bool bit(const std::vector<std::uint64_t>& words, std::size_t which) { return words[which / 64] >> (which % 64) & 1; }

}  // namespace

Answer expected(const Shape& shape, const std::vector<Constant>& constants, const Facts& facts) {
  const Walk walk(shape, constants, facts);
  Answer answer;
  for (const auto& rule : shape.rules) answer.fired.push_back(walk.truth(rule.fired));
  for (const auto& entry : shape.entries)
    answer.satisfied.push_back(
        std::any_of(entry.satisfied.begin(), entry.satisfied.end(), [&](auto id) { return walk.truth(id); }));
  return answer;
}

// ---------------------------------------------------------------- the frame

Bound::Bound(const std::vector<Constant>& constants, Facts facts)
    : facts_(std::move(facts)),
      row_(program::Row::build(constants)),
      slots_(first_fact + facts_.values.size()),
      present_(slots_.size() / 64 + 1),
      patterns_(constants.size() + 1) {
  for (std::size_t i = 0; i < facts_.values.size(); ++i) {
    const auto& value = facts_.values[i];
    const auto id = first_fact + i;
    auto& slot = slots_[id];
    if (!std::holds_alternative<std::monostate>(value)) present_[id / 64] |= std::uint64_t{1} << (id % 64);
    const auto text = [](const std::string& from) {
      return program::Text{from.data(), static_cast<std::uint32_t>(from.size()), 0};
    };
    if (const auto* truth = std::get_if<bool>(&value)) slot.integer = *truth;
    if (const auto* number = std::get_if<std::int64_t>(&value)) slot.integer = *number;
    if (const auto* string = std::get_if<std::string>(&value)) slot.text = text(*string);
    if (const auto* ip = std::get_if<Ip>(&value)) slot.ip = *ip;
    if (const auto* set = std::get_if<Strings>(&value)) {
      auto& items = *sets_.emplace_back(std::make_unique<std::vector<program::Text>>());
      for (const auto& item : *set) items.push_back(text(item));
      slot.set = {items.data(), items.size()};
    }
  }
  for (std::size_t i = 0; i < constants.size(); ++i)
    if (const auto* regex = std::get_if<program::Regex>(&constants[i])) {
      re2::RE2::Options options;
      options.set_log_errors(false);
      patterns_[i] = compiled_.emplace_back(std::make_unique<re2::RE2>(regex->pattern, options)).get();
    }
  frame_ = {slots_.data(),
            present_.data(),
            row_.bytes().data(),
            patterns_.data(),
            facts_.client,
            facts_.connection,
            facts_.organization,
            facts_.client_type,
            facts_.connection_family,
            facts_.connection_strategy};
}

Bound::~Bound() = default;

Answer Bound::run(const Code& code, const Shape& shape) const {
  std::vector<std::uint64_t> fired(shape.rules.size() / 64 + 1), satisfied(shape.entries.size() / 64 + 1);
  const program::Outcome outcome{fired.data(), satisfied.data()};
  code(frame_, outcome);
  Answer answer;
  for (std::size_t i = 0; i < shape.rules.size(); ++i) answer.fired.push_back(bit(fired, i));
  for (std::size_t i = 0; i < shape.entries.size(); ++i) answer.satisfied.push_back(bit(satisfied, i));
  return answer;
}

}  // namespace writ::test
