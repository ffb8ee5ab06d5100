// Values of expressions (8 to 15), read from left to right as they are written.
#include "compiler/syntax/syntax.h"
#include "tests/agree/oracle/policy.h"

namespace writ::oracle {

namespace {

bool in_window(Instant time, const tree::ClockWindow& window, const date::time_zone& zone) {
  const date::sys_time<std::chrono::microseconds> at{std::chrono::microseconds{time.micros}}, epoch{};
  const auto local = date::floor<std::chrono::minutes>(zone.get_info(std::max(at, epoch)).offset + at.time_since_epoch());
  const auto day = date::floor<date::days>(local);
  const auto minute = (local - day).count();
  const auto listed = [&](date::days which) { return (window.days >> (date::weekday{date::sys_days{which}}.iso_encoding() - 1)) & 1; };
  if (window.begin < window.end) return window.begin <= minute && minute < window.end && listed(day);
  return (minute >= window.begin && listed(day)) || (minute < window.end && listed(day - date::days{1}));
}

bool any_holds(const std::vector<Cidr>& blocks, const Ip& ip) {
  return std::ranges::any_of(blocks, [&](const Cidr& block) { return block.contains(ip); });
}

}  // namespace

// `and`, `or`, `not` and lets stand above the leaves; what stands inside a leaf is none.
bool Evaluation::condition(Where where, tree::ExprId id) {
  const auto inner = [&](tree::ExprId operand) { return condition(where, operand); };
  if (const auto* all = std::get_if<tree::And>(&where[id])) return std::ranges::all_of(all->operands, inner);
  if (const auto* any = std::get_if<tree::Or>(&where[id])) return std::ranges::any_of(any->operands, inner);
  if (const auto* negated = std::get_if<tree::Not>(&where[id])) return !inner(negated->operand);
  const Bound* let = variable(where.path(id)) ? nullptr : look_up(where.scope, &Scope::words, where.path(id));
  if (let && let->is_let) {
    const auto hidden = std::exchange(variables_, {});  // a let's body does not see them
    const bool outcome = condition(let->where, let->value);
    variables_ = hidden;
    return outcome;
  }
  Outcomes* const collected = std::exchange(leaves_, nullptr);
  const bool outcome = std::get<bool>(needed(where, id));
  leaves_ = collected;
  return leaves_ ? leaf(outcome, canonical(where.file->tree, id)) : outcome;
}

bool Evaluation::quantified(Where where, const tree::Quantifier& quantifier) {
  for (const auto& element : *std::get<const StringSet*>(needed(where, quantifier.set))) {
    variables_.emplace_back(quantifier.variable.text, element);
    const bool outcome = condition(where, quantifier.body);
    variables_.pop_back();
    if (outcome != quantifier.all) return outcome;
  }
  return quantifier.all;
}

Worth Evaluation::needed(Where where, tree::ExprId id, const Strings* words) {
  const Worth result = worth(where, id, words);
  if (result == Worth(Absent{})) throw Impossible("absent where a value is needed: " + canonical(where.file->tree, id));
  return result;
}

Worth Evaluation::worth(Where where, tree::ExprId id, const Strings* words) {
  const auto& node = where[id];
  if (const auto* literal = std::get_if<tree::Literal>(&node)) {
    if (const auto* text = std::get_if<std::string>(&literal->value)) return word(*text, words);
    if (const auto* flag = std::get_if<bool>(&literal->value)) return *flag;
    if (const auto* ip = std::get_if<Ip>(&literal->value)) return *ip;
    const auto number = std::get<std::int64_t>(literal->value);
    return literal->kind == tree::Literal::Kind::time ? Worth(Instant{number}) : Worth(number);
  }
  if (!where.path(id).empty()) return path(where, where.path(id), words);
  if (const auto* has = std::get_if<tree::Has>(&node)) return worth(where, has->path) != Worth(Absent{});
  if (const auto* choice = std::get_if<tree::Else>(&node)) {
    const Strings* own = words_of(where, choice->optional);
    const Worth first = worth(where, choice->optional, own ? own : words);
    return first == Worth(Absent{}) ? needed(where, choice->fallback, own ? own : words) : first;
  }
  if (const auto* function = std::get_if<tree::Call>(&node)) return call(where, *function);
  if (const auto* sides = std::get_if<tree::Compare>(&node)) return compare(where, *sides);
  if (const auto* matches = std::get_if<tree::Matches>(&node)) {
    const auto text = std::get<std::string_view>(needed(where, matches->left));
    return re2::RE2::PartialMatch({text.data(), text.size()}, *where.file->patterns[static_cast<std::size_t>(id)]);
  }
  if (const auto* sum = std::get_if<tree::Arithmetic>(&node)) return arithmetic(where, *sum);
  if (const auto* quantifier = std::get_if<tree::Quantifier>(&node)) return quantified(where, *quantifier);
  const bool logic = std::holds_alternative<tree::And>(node) || std::holds_alternative<tree::Or>(node) || std::holds_alternative<tree::Not>(node);
  if (!logic) throw Impossible("no value: " + canonical(where.file->tree, id));
  return condition(where, id);
}

Worth Evaluation::word(std::string_view text, const Strings* words) {
  if (!words) return text;
  return static_cast<std::int64_t>(std::ranges::find(*words, text) - words->begin());
}

const std::string_view* Evaluation::variable(std::string_view name) const {
  const auto found = std::find_if(variables_.rbegin(), variables_.rend(), [&](const auto& one) { return one.first == name; });
  return found == variables_.rend() ? nullptr : &found->second;
}

Worth Evaluation::path(Where where, const std::string& name, const Strings* words) {
  const Tenant& tenant = *asked_.tenant;
  if (const auto* element = variable(name)) return *element;
  if (const Bound* bound = look_up(where.scope, &Scope::words, name)) {
    const auto hidden = std::exchange(variables_, {});
    const Worth result = worth(bound->where, bound->value, words);
    variables_ = hidden;
    return result;
  }
  if (tenant.facts.contains(name)) return fact(name);
  if (name == "client.type") return asked_.client->kind;
  if (name == "connection.strategy") return asked_.connection->kind;
  if (name == "connection.family") return family_names[static_cast<std::size_t>(family_of(*asked_.connection))];
  if (name == "tenant.features") return asked_.organization ? &asked_.organization->features : &tenant.features;
  const auto attribute = tenant.attributes.find(name);
  if (attribute == tenant.attributes.end()) return word(name, words);  // a name of what stands on the other side
  const auto setting = tenant.settings.find(name);
  if (setting == tenant.settings.end()) return Absent{};
  const auto& [there, value, is_let] = setting->second;
  if (attribute->second.type == TypeKind::string_set) return &sets_.emplace_back(strings_of(there, {value}));
  return worth(there, value, attribute->second.words.empty() ? nullptr : &attribute->second.words);
}

Worth Evaluation::fact(std::string_view name) {
  const TypeKind type = asked_.tenant->facts.find(name)->second.type;
  if (type == TypeKind::tenant) return asked_.tenant->name;
  if (type == TypeKind::client) return asked_.client->name;
  if (type == TypeKind::connection) return asked_.connection->name;
  if (type == TypeKind::organization) return asked_.organization ? Worth(asked_.organization->name) : Absent{};
  const auto given = request_.facts.find(name);
  if (given == request_.facts.end()) return Absent{};
  if (type == TypeKind::time) return Instant{std::get<std::int64_t>(given->second)};
  if (const auto* set = std::get_if<StringSet>(&given->second)) return set;
  if (const auto* text = std::get_if<std::string>(&given->second)) return *text;
  if (const auto* flag = std::get_if<bool>(&given->second)) return *flag;
  if (const auto* ip = std::get_if<Ip>(&given->second)) return *ip;
  return std::get<std::int64_t>(given->second);
}

Worth Evaluation::call(Where where, const tree::Call& call) {
  const Worth argument = worth(where, call.arguments[0]);
  if (argument == Worth(Absent{})) return argument;
  std::string_view text = std::get<std::string_view>(argument);
  const auto at = text.rfind('@');
  if (call.function.text == "email_domain" && at == text.npos) return Absent{};
  return made_.emplace_back(lowered(call.function.text == "email_domain" ? text.substr(at + 1) : text));
}

Worth Evaluation::arithmetic(Where where, const tree::Arithmetic& sum) {
  const Worth left = needed(where, sum.left), right = needed(where, sum.right);
  const auto *from = std::get_if<Instant>(&left), *to = std::get_if<Instant>(&right);
  if (from && to) return saturated(from->micros, to->micros, sum.minus);
  if (from) return Instant{saturated(from->micros, std::get<std::int64_t>(right), sum.minus)};
  return saturated(std::get<std::int64_t>(left), std::get<std::int64_t>(right), sum.minus);
}

const Strings* Evaluation::words_of(Where where, tree::ExprId id) {
  if (variable(where.path(id))) return nullptr;
  const auto [there, written, is_let] = behind(where, id);
  if (const auto* choice = std::get_if<tree::Else>(&there[written])) return words_of(there, choice->optional);
  for (const Facts* rows : {&asked_.tenant->facts, &asked_.tenant->attributes})
    if (const auto row = rows->find(there.path(written)); row != rows->end() && !row->second.words.empty()) return &row->second.words;
  return nullptr;
}

Worth Evaluation::compare(Where where, const tree::Compare& compare) {
  using enum tree::CompareOp;
  if (compare.op == in) return member(where, compare);
  if (compare.op == not_in) {
    const Worth inside = member(where, compare);
    return inside == Worth(Absent{}) ? inside : Worth(!std::get<bool>(inside));
  }
  const Strings* words = words_of(where, compare.left);
  if (!words) words = words_of(where, compare.right);
  const Worth left = needed(where, compare.left, words), right = needed(where, compare.right, words);
  if (const auto* set = std::get_if<const StringSet*>(&left)) return among(**set, std::get<std::string_view>(right));
  if (left.index() != right.index()) throw Impossible("two types compared: " + canonical(where.file->tree, compare.left));
  if (compare.op == eq) return left == right;
  if (compare.op == ne) return left != right;
  if (compare.op == lt) return left < right;
  if (compare.op == le) return left <= right;
  if (compare.op == gt) return left > right;
  if (compare.op == ge) return left >= right;
  const auto whole = std::get<std::string_view>(left), part = std::get<std::string_view>(right);
  return compare.op == starts_with ? whole.starts_with(part) : compare.op == ends_with ? whole.ends_with(part) : whole.find(part) != whole.npos;
}

Worth Evaluation::member(Where where, const tree::Compare& compare) {
  if (where.path(compare.left) == "request" && !variable("request") && !look_up(where.scope, &Scope::words, "request"))
    return in_zone(**look_up(where.scope, &Scope::zones, where.path(compare.right)));
  const Strings* words = words_of(where, compare.left);
  const Worth left = needed(where, compare.left, words);
  const auto [there, id, is_let] = behind(where, compare.right);
  if (const auto* range = std::get_if<tree::Range>(&there[id])) {
    const Worth low = needed(there, range->low), high = needed(there, range->high);
    return low <= left && (std::holds_alternative<Instant>(left) ? left < high : left <= high);
  }
  if (const auto* window = std::get_if<tree::ClockWindow>(&there[id]))
    return in_window(std::get<Instant>(left), *window, *there.file->zones[static_cast<std::size_t>(id)]);
  const auto is = [&, there = there](tree::ExprId item) {
    const auto [its, written, its_let] = behind(there, item);
    const auto* literal = std::get_if<tree::Literal>(&its[written]);
    if (literal && std::holds_alternative<Cidr>(literal->value)) return std::get<Cidr>(literal->value).contains(std::get<Ip>(left));
    return needed(its, written, words) == left;
  };
  if (const auto* list = std::get_if<tree::List>(&there[id])) return std::ranges::any_of(list->items, is);
  if (!std::holds_alternative<Ip>(left)) return among(*std::get<const StringSet*>(needed(there, id)), std::get<std::string_view>(left));
  if (std::holds_alternative<tree::Literal>(there[id])) return is(id);
  return any_holds((*look_up(there.scope, &Scope::zones, there.path(id)))->cidrs, std::get<Ip>(left));
}

// Present when true by what is present, or when all that the zone looks at is there (12).
Worth Evaluation::in_zone(const tree::ZoneDecl& zone) {
  const Worth country = fact("request.country"), asn = fact("request.asn");
  if (!zone.cidrs.empty() && any_holds(zone.cidrs, std::get<Ip>(fact("request.ip")))) return true;
  for (const auto& one : zone.countries)
    if (country == Worth(one.text)) return true;
  for (const auto& [number, span] : zone.asns)
    if (asn == Worth(number)) return true;
  const bool seen = (zone.countries.empty() || country != Worth(Absent{})) && (zone.asns.empty() || asn != Worth(Absent{}));
  return seen ? Worth(false) : Absent{};
}

}  // namespace writ::oracle
