// `in` and `contains` (decision 0001, 10, 12 and 14). What stands right of `in` decides: a range, a clock window, a
// list, a block, a zone, a set. Lists and blocks may be written in place, in a let, or given for a template's
// parameter.
#include "compiler/check/expression.h"
#include "compiler/check/zones.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>

namespace writ::check {

std::optional<Typed> Checker::contains(const tree::Compare& compare) {
  const auto whole = value(compare.left);
  const auto part = value(compare.right);
  if (!whole || !part) return std::nullopt;
  if (whole->kind != TypeKind::string && whole->kind != TypeKind::string_set) {
    report(Code::wrong_type, span_of(compare.left), "a string or a set is wanted, but " + is_a(compare.left, *whole))
        .hint("`contains` looks for a text in a text, or for an element in a set");
    return std::nullopt;
  }
  if (part->kind != TypeKind::string) {
    report(Code::wrong_type, span_of(compare.right), "a string is wanted, but " + is_a(compare.right, *part))
        .hint("`contains` looks for a text in a text, or for an element in a set");
    return std::nullopt;
  }
  if (whole->kind == TypeKind::string_set) return in_set(*whole, *part);
  if (const auto* known = constant(*part); known != nullptr && !can_hold(*whole, *known, span_of(compare.right)))
    return std::nullopt;
  return boolean(node(Op::contains, {whole->node, part->node}));
}

std::optional<Typed> Checker::membership(const tree::Compare& compare, tree::ExprId id) {
  const auto* left = word(compare.left);
  const bool of_request = left != nullptr && left->parts[0].text == "request" && !is_variable("request") &&
                          find_argument("request") == nullptr && find_let("request") == nullptr;
  if (of_request) return request_in_zone(compare, id);
  auto result = right_of_in(compare);
  if (result && compare.op == tree::CompareOp::not_in) result->node = node(Op::not_, {result->node});
  return result;
}

std::optional<Typed> Checker::right_of_in(const tree::Compare& compare) {
  const auto left = value(compare.left);
  if (!left) return std::nullopt;
  const auto [where, id] = behind(compare.right);
  const tree::ExprNode& right = (*where.tree)[id].node;
  if (const auto* range = std::get_if<tree::Range>(&right)) return in_range(compare, *range, *left);
  if (const auto* window = std::get_if<tree::ClockWindow>(&right)) return in_clock_window(compare, *window, *left);
  if (const auto* list = std::get_if<tree::List>(&right)) return in_list(compare, where, *list, *left);
  const auto* literal = std::get_if<tree::Literal>(&right);
  if (literal != nullptr && literal->kind == tree::Literal::Kind::cidr && left->kind == TypeKind::ip)
    return boolean(
        node(Op::in_cidrs, {left->node}, program::Constant{std::vector<Cidr>{std::get<Cidr>(literal->value)}}));
  if (left->kind == TypeKind::ip && word(compare.right) != nullptr && is_open(compare.right))
    return in_named_zone(compare, *left);
  const auto set = value(compare.right, &*left);
  if (!set) return std::nullopt;
  if (set->kind == TypeKind::string_set && left->kind == TypeKind::string) return in_set(*set, *left);
  report_no_members(compare, *left, *set);
  return std::nullopt;
}

// Right of `in` stands something that has no members of that kind.
void Checker::report_no_members(const tree::Compare& compare, const Typed& left, const Typed& right) {
  const std::string a = canonical(*here_.tree, compare.left), b = canonical(*here_.tree, compare.right);
  const bool inverted = compare.op == tree::CompareOp::not_in;
  auto& diagnostic = report(Code::wrong_type, span_of(compare.right),
                            a_type(left) + " cannot be in " + quoted(compare.right) + ", which is " + a_type(right));
  diagnostic.under("a list, a range, a set, a zone or a block is wanted");
  const auto* text = right.kind == TypeKind::string ? constant(right) : nullptr;
  const std::string block = text != nullptr ? std::get<std::string>(*text) : std::string();
  if (left.kind == TypeKind::ip && (parse_cidr(block) || parse_ip(block)))
    offer(diagnostic, "an address has no quotes:", span_of(compare.right),
          parse_cidr(block) ? block : "[" + block + "]");
  else if (left.kind == TypeKind::string && right.kind == TypeKind::string && text == nullptr)
    offer(diagnostic, "a text is looked for in another with", whole(compare),
          (inverted ? "not (" : "") + b + " contains " + a + (inverted ? ")" : ""));
  else if (right.kind == left.kind && left.kind != TypeKind::string_set && left.kind != TypeKind::cidr)
    offer(diagnostic, "one value is compared:", whole(compare), a + (inverted ? " != " : " == ") + b);
}

// ---------------------------------------------------------------- ranges and windows

std::optional<Typed> Checker::in_range(const tree::Compare& compare, const tree::Range& range, const Typed& left) {
  if (left.kind != TypeKind::integer && left.kind != TypeKind::time && left.kind != TypeKind::duration) {
    report(Code::wrong_type, span_of(compare.left),
           "ranges are of int, time and duration, but " + is_a(compare.left, left))
        .hint("several values are a list: `[\"a\", \"b\"]`");
    return std::nullopt;
  }
  const auto low = value(range.low, &left), high = value(range.high, &left);
  if (!low || !high || !same_type(left, *low, compare.left, range.low) ||
      !same_type(left, *high, compare.left, range.high))
    return std::nullopt;
  const auto *from = constant(*low), *to = constant(*high);
  const bool known = from != nullptr && to != nullptr, half_open = left.kind == TypeKind::time;
  if (known && (half_open ? std::get<std::int64_t>(*from) >= std::get<std::int64_t>(*to)
                          : std::get<std::int64_t>(*from) > std::get<std::int64_t>(*to))) {
    auto& diagnostic = report(Code::empty_range, span_of(compare.right), "nothing is in " + quoted(compare.right));
    if (*from == *to) {
      diagnostic.under("the end is not in it").hint("write a later end, or `==` for the one moment");
      return std::nullopt;
    }
    diagnostic.under("begins after its end");
    const std::string turned = canonical(*here_.tree, range.high) + ".." + canonical(*here_.tree, range.low);
    offer(diagnostic, "the smaller end comes first:", span_of(compare.right), turned);
    return std::nullopt;
  }
  const auto above = node(Op::ge_int, {left.node, low->node});
  const auto below = node(left.kind == TypeKind::time ? Op::lt_int : Op::le_int, {left.node, high->node});
  return boolean(node(Op::and_, {above, below}));
}

std::optional<Typed> Checker::in_clock_window(const tree::Compare& compare, const tree::ClockWindow& window,
                                              const Typed& left) {
  if (left.kind != TypeKind::time) {
    report(Code::wrong_type, span_of(compare.left), "a clock window is for times, but " + is_a(compare.left, left))
        .hint("the time of the request is `request.time`");
    return std::nullopt;
  }
  if (!window.zone.span.known() && window.zone.text.empty()) {
    report(Code::window_without_zone, span_of(compare.right), "a clock window needs its time zone")
        .hint("write the zone after it: `08:00..18:00 \"Europe/Berlin\"`");
    return std::nullopt;
  }
  const auto& made = once(&window, here_.scope, left, [&]() -> model::Shared {
    auto offsets = zone_offsets(window.zone.text);
    if (!offsets) return unknown_zone_of_time(window.zone, span_of(compare.right)), model::Shared();
    if (!small_enough(span_of(compare.right), offsets->size())) return {};
    return program::Constant{
        program::Window{window.begin, window.end, window.days, window.zone.text, std::move(*offsets)}};
  });
  if (!made) {
    ++errors_;  // said when the window was read first
    return std::nullopt;
  }
  return boolean(node(Op::in_window, {left.node}, made));
}

void Checker::unknown_zone_of_time(const tree::Text& zone, Span otherwise) {
  auto& diagnostic = report(Code::unknown_time_zone, zone.span.known() ? zone.span : otherwise,
                            "there is no time zone " + in_ticks(zone.text));
  diagnostic.under("not in the IANA database");
  if (const auto near = nearest_zone(zone.text); !near.empty())
    diagnostic.fix("did you mean `\"" + near + "\"`?", diagnostic.span, "\"" + near + "\"");
}

// ---------------------------------------------------------------- lists

// One item as a constant. Literals are read as they stand, so that a long list makes no nodes.
std::optional<program::Constant> Checker::list_item(Where where, tree::ExprId item, const Typed& left) {
  const tree::Expr& written = (*where.tree)[item];
  if (const auto* literal = std::get_if<tree::Literal>(&written.node)) {
    using Kind = tree::Literal::Kind;
    if (left.kind == TypeKind::string && literal->kind == Kind::string)
      return can_equal(left, std::get<std::string>(literal->value), written.span)
                 ? std::optional<program::Constant>(std::get<std::string>(literal->value))
                 : std::nullopt;
    if (left.kind == TypeKind::integer && literal->kind == Kind::integer) return std::get<std::int64_t>(literal->value);
    if (left.kind == TypeKind::ip && literal->kind == Kind::cidr)
      return std::vector<Cidr>{std::get<Cidr>(literal->value)};
    if (left.kind == TypeKind::ip && literal->kind == Kind::ip)
      return std::vector<Cidr>{Cidr{std::get<Ip>(literal->value), 128}};
  }
  const Where outside = std::exchange(here_, where);
  const std::size_t nodes = nodes_.size();
  std::optional<program::Constant> result;
  if (const auto typed = value(item, &left)) {
    const auto* known = constant(*typed);
    const bool block = left.kind == TypeKind::ip && typed->kind == TypeKind::cidr;
    if (!block && (typed->kind != left.kind || typed->values != left.values)) {
      report(Code::wrong_type, written.span,
             "a list of " + std::string(kind_text(left.kind)) + " is wanted, but " + is_a(item, *typed));
    } else if (known == nullptr) {
      report(Code::not_a_constant, written.span, quoted(item) + " is not a constant")
          .under("lists hold literals, names, lets and parameters")
          .hint("compare with it by itself: " + in_ticks("… or … == " + canonical(*here_.tree, item)));
    } else if (left.kind == TypeKind::ip && !block) {
      result = std::vector<Cidr>{Cidr{std::get<Ip>(*known), 128}};
    } else if (left.kind != TypeKind::string || can_equal(left, *known, written.span)) {
      result = *known;
    }
  }
  nodes_.resize(nodes);
  here_ = outside;
  return result;
}

std::optional<Typed> Checker::in_list(const tree::Compare& compare, Where where, const tree::List& list,
                                      const Typed& left) {
  if (left.kind == TypeKind::string_set || left.kind == TypeKind::cidr) {
    auto& diagnostic =
        report(Code::wrong_type, span_of(compare.left), is_a(compare.left, left) + ", and no list holds those");
    if (left.kind == TypeKind::string_set) {
      const std::string any = std::string(compare.op == tree::CompareOp::not_in ? "(all" : "(any") + " one in " +
                              canonical(*here_.tree, compare.left) + " : one" +
                              (compare.op == tree::CompareOp::not_in ? " not in " : " in ") +
                              canonical(*here_.tree, compare.right) + ")";
      offer(diagnostic, "ask of its elements:", whole(compare), any);
    }
    return std::nullopt;
  }
  if (list.items.size() > limits_.list_items) {
    report(Code::condition_too_large, span_of(compare.right),
           "the list has more than " + std::to_string(limits_.list_items) + " items");
    return std::nullopt;
  }
  const auto& all = once(&list, where.scope, left, [&] {
    const auto errors = errors_;
    auto made = read_list(where, list, left);
    return errors_ == errors && made ? model::Shared(std::move(*made)) : model::Shared();
  });
  if (!all) {
    ++errors_;  // said when the list was read first
    return std::nullopt;
  }
  return in_constant(left, all);
}

// What lists and zones are as constants is found out once, however many rules ask.
template <class Make>
const model::Shared& Checker::once(const void* what, const Scope* scope, const Typed& left, Make make) {
  Spent::Key key{what, scope, left.kind, left.values};
  auto found = spent_.constants.find(key);
  if (found == spent_.constants.end()) found = spent_.constants.emplace(std::move(key), make()).first;
  return found->second;
}

namespace {
template <class Value>
void sort_set(std::vector<Value>& values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
}
}  // namespace

// The items of a list as one constant, sorted: blocks, strings, places of names, or integers.
std::optional<program::Constant> Checker::read_list(Where where, const tree::List& list, const Typed& left) {
  std::vector<Cidr> blocks;
  std::vector<std::string> strings;
  std::vector<std::int64_t> integers;
  for (const auto item : list.items) {
    auto made = list_item(where, item, left);
    if (!made) continue;
    if (auto* some = std::get_if<std::vector<Cidr>>(&*made))
      blocks.insert(blocks.end(), some->begin(), some->end());
    else if (auto* text = std::get_if<std::string>(&*made))
      strings.push_back(std::move(*text));
    else if (const auto* flag = std::get_if<bool>(&*made))
      integers.push_back(*flag ? 1 : 0);
    else
      integers.push_back(std::get<std::int64_t>(*made));
  }
  sort_set(blocks), sort_set(strings), sort_set(integers);
  if (left.kind == TypeKind::ip) return blocks;
  if (left.kind == TypeKind::string) return strings;
  if (!left.is_name()) return integers;
  return program::Bits{{integers.begin(), integers.end()}};
}

namespace {
// Whether a known value is among those of a list.
struct Look {
  const program::Constant* known = nullptr;
  std::size_t size = 0;
  bool found = false;
  void operator()(const std::vector<std::string>& strings) {
    size = strings.size();
    found = known != nullptr && std::ranges::binary_search(strings, std::get<std::string>(*known));
  }
  void operator()(const std::vector<std::int64_t>& integers) {
    size = integers.size();
    if (known == nullptr) return;
    const auto* flag = std::get_if<bool>(known);
    found =
        std::ranges::binary_search(integers, flag != nullptr ? std::int64_t{*flag} : std::get<std::int64_t>(*known));
  }
  void operator()(const program::Bits& bits) {
    size = bits.members.size();
    found = known != nullptr &&
            std::ranges::binary_search(bits.members, static_cast<std::uint32_t>(std::get<std::int64_t>(*known)));
  }
  void operator()(const std::vector<Cidr>& blocks) { size = blocks.size(); }
  template <class Other>
  void operator()(const Other&) {}
};
}  // namespace

// `all` is what read_list makes of a list for a value like `left`.
std::optional<Typed> Checker::in_constant(const Typed& left, const model::Shared& all) {
  Look look{left.kind == TypeKind::ip ? nullptr : constant(left)};
  std::visit([&](const auto& value) { look(value); }, *all);
  if (look.size == 0) return boolean(boolean_node(false));
  if (look.known != nullptr) return boolean(boolean_node(look.found));
  switch (left.kind) {
  case TypeKind::ip: return boolean(node(Op::in_cidrs, {left.node}, all));
  case TypeKind::string: return boolean(node(Op::in_strings, {left.node}, all));
  case TypeKind::boolean:
    if (look.size == 2) return boolean(boolean_node(true));
    return boolean(node(Op::eq_bool, {left.node, boolean_node(std::get<std::vector<std::int64_t>>(*all)[0] != 0)}));
  default: return boolean(node(left.is_name() ? Op::in_bits : Op::in_ints, {left.node}, all));
  }
}

// ---------------------------------------------------------------- zones

void Checker::report_unknown_zone(const tree::Compare& compare) {
  const auto* name = word(compare.right);
  const Span span = span_of(compare.right);
  if (name == nullptr) {
    auto& diagnostic =
        report(Code::unknown_zone, span, "`request in` asks for a zone, not for " + quoted(compare.right));
    offer(diagnostic, "the address alone is", span_of(compare.left), "request.ip");
    return;
  }
  std::vector<std::string_view> names;
  for (const Scope* scope = here_.scope; scope != nullptr; scope = scope->outer)
    for (const auto& [known, other] : scope->zones) names.push_back(known);
  auto& diagnostic = report(Code::unknown_zone, span, "there is no zone " + quoted(compare.right));
  if (suggest(diagnostic, name->parts[0].text, names)) return;
  list_choices(diagnostic, names);
  if (names.empty()) diagnostic.hint("declare it: `zone " + name->parts[0].text + " = 10.0.0.0/8`");
}

std::optional<Typed> Checker::in_named_zone(const tree::Compare& compare, const Typed& left) {
  const std::string& name = word(compare.right)->parts[0].text;
  const Zone* zone = find_zone(name);
  if (zone == nullptr) {
    report_unknown_zone(compare);
    return std::nullopt;
  }
  if (zone->countries.empty() && zone->asns.empty())
    return boolean(
        node(Op::in_cidrs, {left.node}, once(&zone->cidrs, nullptr, left, [&] { return model::Shared(zone->cidrs); })));
  auto& diagnostic = report(Code::zone_of_more_than_addresses, span_of(compare.right),
                            "zone " + in_ticks(name) + " holds more than addresses");
  diagnostic.at(zone->span, zone->countries.empty() ? "with ASNs" : "with countries");
  const bool inverted = compare.op == tree::CompareOp::not_in;
  const std::string asked = std::string(inverted ? "not " : "") + "(request in " + name + " else false)";
  const std::string why =
      "ask of the whole request, whose " + std::string(zone->countries.empty() ? "ASN" : "country") + " may be absent:";
  offer(diagnostic, why, whole(compare), asked);
  return std::nullopt;
}

std::optional<Typed> Checker::request_in_zone(const tree::Compare& compare, tree::ExprId id) {
  const auto* name = word(compare.right);
  const Zone* zone = name != nullptr ? find_zone(name->parts[0].text) : nullptr;
  if (zone == nullptr) {
    report_unknown_zone(compare);
    return std::nullopt;
  }
  auto inside = request_inside(*zone, compare.left);
  if (inside && compare.op == tree::CompareOp::not_in) inside->node = node(Op::not_, {inside->node});
  if (inside && inside->absence) inside->absence->expression = id;
  return inside;
}

// Decision 0001, 12: true by whatever is present; present when that is true or when everything the zone looks at is
// there.
std::optional<Typed> Checker::request_inside(const Zone& zone, tree::ExprId request) {
  std::vector<model::ExprId> any, present;
  bool good = true;
  const auto ask = [&](std::string_view fact, Op op, const auto& held) {
    if (held.empty()) return;
    const auto value = fact_value(*fact_info(std::string(fact)), request);
    good = good && value.has_value();
    if (!value) return;
    const auto holds = node(op, {value->node}, once(&held, nullptr, *value, [&] { return model::Shared(held); }));
    any.push_back(value->present == model::ExprId::none ? holds : node(Op::and_, {value->present, holds}));
    if (value->present != model::ExprId::none) present.push_back(value->present);
  };
  ask("request.ip", Op::in_cidrs, zone.cidrs);
  ask("request.country", Op::in_strings, zone.countries);
  ask("request.asn", Op::in_ints, zone.asns);
  if (!good) return std::nullopt;
  const auto joined = [&](Op op, const std::vector<model::ExprId>& ids) {
    return ids.size() == 1 ? ids[0] : node(op, ids);
  };
  Typed result = boolean(any.empty() ? boolean_node(false) : joined(Op::or_, any));
  result.optional_somewhere = true;  // a zone may come to hold a country: `else` is never a mistake
  if (present.empty()) return result;
  result.present = node(Op::or_, {result.node, joined(Op::and_, present)});
  result.absence =
      Absence{no_key, here_, request,
              "the zone looks at " + std::string(zone.countries.empty() ? "`request.asn`" : "`request.country`") +
                  ", which may be absent"};
  return result;
}

// ---------------------------------------------------------------- sets

std::optional<Typed> Checker::in_set(const Typed& set, const Typed& element) {
  if (set.features) return boolean(in_features(element));
  if (set.attribute == nullptr) return boolean(node(Op::set_has, {set.node, element.node}));
  if (!set.attribute->value) return boolean(boolean_node(false));
  return in_words(element, std::get<std::vector<std::string>>(*set.attribute->value));
}

// Whether a string is one of the words that a setting lists.
std::optional<Typed> Checker::in_words(const Typed& element, const std::vector<std::string>& words) {
  return in_constant(element, once(&words, nullptr, element, [&] {
                       auto sorted = words;
                       sort_set(sorted);
                       return model::Shared(std::move(sorted));
                     }));
}

// The tenant's features, and those of the organization the request is in (decision 0001, 5).
model::ExprId Checker::in_features(const Typed& element) {
  const program::Part* part = this->part();
  if (part == nullptr) return boolean_node(false);
  if (const auto* known = constant(element)) {
    const std::string word = std::get<std::string>(*known);
    const auto has = [&](const std::vector<std::string>& features) {
      return std::ranges::find(features, word) != features.end();
    };
    if (has(part->features)) return boolean_node(true);
    program::Bits adding;
    for (std::uint32_t i = 0; i < part->organizations.size(); ++i)
      if (has(part->organizations[i].features)) adding.members.push_back(i);
    if (adding.members.empty()) return boolean_node(false);
    return node(Op::in_bits, {node(Op::organization_index)}, program::Constant{std::move(adding)});
  }
  const auto asked = [&](const std::vector<std::string>& features) { return in_words(element, features)->node; };
  std::vector<model::ExprId> any{asked(part->features)};
  if (!small_enough(use_, part->organizations.size())) return boolean_node(false);
  for (std::uint32_t i = 0; i < part->organizations.size(); ++i) {
    if (part->organizations[i].features.empty()) continue;
    const auto inside = node(Op::in_bits, {node(Op::organization_index)}, program::Constant{program::Bits{{i}}});
    const auto added = asked(part->organizations[i].features);
    any.push_back(node(Op::and_, {inside, added}));
  }
  return any.size() == 1 ? any[0] : node(Op::or_, std::move(any));
}

}  // namespace writ::check
