// Values of expressions (8 to 15), read from left to right as they are written.
#include "compiler/syntax/syntax.h"
#include "tests/agree/oracle/policy.h"

#include <date/tz.h>
#include <re2/re2.h>

namespace writ::oracle {
namespace {
Worth example_of(const FactRow& row) {
  const Worth number = std::int64_t{0}, text = row.words.empty() ? "" : row.words[0];
  const Worth of_type[] = {false, number, text, Ip{}, Ip{}, Instant{}, number, StringSet{""}, text};
  return of_type[static_cast<std::size_t>(row.type)];
}
bool is_absent(const Worth& worth) { return worth == Worth(Absent{}); }
Worth negated(const Worth& worth) { return is_absent(worth) ? worth : !std::get<bool>(worth); }
std::int64_t number_of(const Worth& worth) {
  return std::holds_alternative<Instant>(worth) ? static_cast<std::int64_t>(std::get<Instant>(worth)) : std::get<std::int64_t>(worth);
}
Worth arithmetic(const Worth& left, const Worth& right, bool minus) {
  const auto result = saturated(number_of(left), number_of(right), minus);
  return std::holds_alternative<Instant>(left) && !std::holds_alternative<Instant>(right) ? Worth(Instant{result}) : result;
}
// The library knows a zone's changes to 2037. One that still changes then goes on so to 2100, a year as that 28 years before: of the same days.
std::chrono::seconds offset_of(const date::time_zone& zone, date::sys_seconds at) {
  const auto start_of = [](int year) { return date::sys_seconds{date::sys_days{date::year{year} / 1 / 1}}; };
  at = std::clamp(at, start_of(1970), start_of(2101) - std::chrono::seconds{1});
  const auto begin = zone.get_info(at).begin;
  while (start_of(2037) <= begin && begin < start_of(2038) && at >= start_of(2038)) at -= date::days{10'227};
  return zone.get_info(at).offset;
}
bool in_window(Instant time, const tree::ClockWindow& window) {
  const date::sys_time<std::chrono::microseconds> exactly{std::chrono::microseconds{static_cast<std::int64_t>(time)}};
  const auto at = date::floor<std::chrono::seconds>(exactly);  // first: adding to microseconds could leave 64 bits
  const auto local = date::floor<std::chrono::minutes>(offset_of(*date::locate_zone(window.zone.text), at) + at.time_since_epoch());
  const auto day = date::floor<date::days>(local);
  const auto minute = (local - day).count();
  const auto listed = [&](date::days which) { return (window.days >> (date::weekday{date::sys_days{which}}.iso_encoding() - 1)) & 1; };
  if (window.begin < window.end) return window.begin <= minute && minute < window.end && listed(day);
  return (minute >= window.begin && listed(day)) || (minute < window.end && listed(day - date::days{1}));
}
// Of a glob, `*` is any characters and `?` exactly one; a regular expression may be found anywhere in the text.
bool matches(const std::string& text, const tree::Matches& node) {
  if (node.regex) return re2::RE2::PartialMatch(text, node.pattern);
  std::string regex = "(?s)";
  for (const char& c : node.pattern)
    regex += c == '*' ? ".*" : c == '?' ? "." : (c & 0x80) ? std::string(1, c) : re2::RE2::QuoteMeta({&c, 1});
  return re2::RE2::FullMatch(text, regex);
}
Worth call(const std::string& function, const Worth& argument) {
  if (is_absent(argument)) return argument;
  const auto& text = std::get<std::string>(argument);
  if (function == "lower") return lowered(text);
  const auto at = text.rfind('@');
  return at == text.npos ? Worth(Absent{}) : lowered(text.substr(at + 1, text.size() - at - 1 - (text.back() == '.')));
}
// The words of the enumeration that an expression is one of: they alone are in an order that is not the text's.
const Strings* words_of(const Tenant& tenant, Where where, tree::ExprId id) {
  const Named written = behind(where, id);
  const auto& node = written.where[written.value];
  if (const auto* choice = std::get_if<tree::Else>(&node)) return words_of(tenant, written.where, choice->optional);
  const auto row = tenant.facts.find(path_of(node));
  return row == tenant.facts.end() || row->second.words.empty() ? nullptr : &row->second.words;
}
bool compare(tree::CompareOp op, const Worth& left, const Worth& right, const Strings* words) {
  using enum tree::CompareOp;
  if (const auto* set = std::get_if<StringSet>(&left)) return among(*set, std::get<std::string>(right));
  if (left.index() != right.index()) throw Impossible("two types compared");
  const auto place = [&](const Worth& one) -> Worth {
    return words ? std::ranges::find(*words, std::get<std::string>(one)) - words->begin() : one;
  };
  if (op == eq || op == ne) return (left == right) == (op == eq);
  if (op == lt || op == ge) return (place(left) < place(right)) == (op == lt);
  if (op == gt || op == le) return (place(left) > place(right)) == (op == gt);
  const auto &whole = std::get<std::string>(left), &part = std::get<std::string>(right);
  return op == starts_with ? whole.starts_with(part) : op == ends_with ? whole.ends_with(part) : whole.find(part) != whole.npos;
}
bool any_holds(const std::vector<Cidr>& blocks, const Worth& ip) {
  return std::ranges::any_of(blocks, [&](const Cidr& block) { return block.contains(std::get<Ip>(ip)); });
}
// Present when true by what is present, or when all that the zone looks at is there (12).
Worth in_zone(Evaluation& evaluation, const tree::ZoneDecl& zone) {
  const Worth country = evaluation.fact("request.country"), asn = evaluation.fact("request.asn");
  const bool held = (!zone.cidrs.empty() && any_holds(zone.cidrs, evaluation.fact("request.ip"))) ||
                    std::ranges::any_of(zone.countries, [&](const auto& one) { return country == Worth(one.text); }) ||
                    std::ranges::any_of(zone.asns, [&](const auto& one) { return asn == Worth(one.first); });
  const bool seen = (zone.countries.empty() || !is_absent(country)) && (zone.asns.empty() || !is_absent(asn));
  return held || seen ? Worth(held) : Absent{};
}
Worth member(Evaluation& evaluation, Where where, const tree::Compare& compare) {
  const Named written = behind(where, compare.right);
  const Where there = written.where;
  const auto& node = there[written.value];
  const Named* zone = look_up(there.scope, &Scope::zones, path_of(node));
  if (zone && path_of(where[compare.left]) == "request") return in_zone(evaluation, *zone->zone);
  const Worth left = evaluation.needed(where, compare.left);
  const auto holds = [&](tree::ExprId id) {
    const Worth right = evaluation.needed(there, id);
    if (const auto* block = std::get_if<Cidr>(&right)) return block->contains(std::get<Ip>(left));
    if (const auto* set = std::get_if<StringSet>(&right)) return among(*set, std::get<std::string>(left));
    return right == left;
  };
  if (zone) return any_holds(zone->zone->cidrs, left);
  if (const auto* list = std::get_if<tree::List>(&node)) return std::ranges::any_of(list->items, holds);
  if (const auto* window = std::get_if<tree::ClockWindow>(&node)) return in_window(std::get<Instant>(left), *window);
  const auto* range = std::get_if<tree::Range>(&node);
  if (!range) return holds(written.value);
  const Worth low = evaluation.needed(there, range->low), high = evaluation.needed(there, range->high);
  return low <= left && (std::holds_alternative<Instant>(left) ? left < high : left <= high);
}
bool quantified(Evaluation& evaluation, Where where, const tree::Quantifier& quantifier) {
  const Worth set = evaluation.needed(where, quantifier.set);
  return quantifier.all != std::ranges::any_of(std::get<StringSet>(set), [&](const std::string& element) {
           const Scope inner{where.scope, {{quantifier.variable.text, {.text = element}}}};
           return evaluation.condition({where.tree, &inner}, quantifier.body) != quantifier.all;
         });
}
}  // namespace

std::int64_t saturated(std::int64_t left, std::int64_t right, bool minus) {
  __extension__ using Wide = __int128;
  return static_cast<std::int64_t>(std::clamp<Wide>(minus ? Wide{left} - right : Wide{left} + right, INT64_MIN, INT64_MAX));
}
std::string lowered(std::string text) {
  for (char& c : text)
    if ('A' <= c && c <= 'Z') c = static_cast<char>(c | 0x20);
  return text;
}
bool Evaluation::leaf(bool outcome, const std::string& text) {
  if (leaves) leaves->emplace_back(text, outcome);
  return outcome;
}
bool Evaluation::any(Where where, const std::vector<tree::ExprId>& ids, bool outcome) {
  bool found = false;
  for (const auto id : ids)
    if ((!found || mentioned) && condition(where, id) == outcome) found = true;
  return found;
}

// `and`, `or`, `not` and lets stand above the leaves; what stands inside a leaf is none.
bool Evaluation::condition(Where where, tree::ExprId id) {
  if (const auto* both = std::get_if<tree::And>(&where[id])) return !any(where, both->operands, false);
  if (const auto* either = std::get_if<tree::Or>(&where[id])) return any(where, either->operands, true);
  if (const auto* negated = std::get_if<tree::Not>(&where[id])) return !condition(where, negated->operand);
  if (const Named* let = look_up(where.scope, &Scope::words, path_of(where[id])); let && let->is_let)
    return condition(let->where, let->value);
  Outcomes* const collected = std::exchange(leaves, nullptr);
  const bool outcome = std::get<bool>(needed(where, id));
  leaves = collected;
  return leaves ? leaf(outcome, canonical(*where.tree, id)) : outcome;
}
Worth Evaluation::needed(Where where, tree::ExprId id) {
  const Worth result = worth(where, id);
  if (is_absent(result)) throw Impossible("absent where a value is needed: " + canonical(*where.tree, id));
  return result;
}

Worth Evaluation::worth(Where where, tree::ExprId id) {
  const auto& node = where[id];
  if (const auto* literal = std::get_if<tree::Literal>(&node)) {
    if (literal->kind == tree::Literal::Kind::time) return Instant{std::get<std::int64_t>(literal->value)};
    return std::visit([](const auto& value) { return Worth(value); }, literal->value);
  }
  if (const auto name = path_of(node); !name.empty()) {  // what was declared, a fact, or a name of the kind that the other side has (11)
    if (const Named* named = look_up(where.scope, &Scope::words, name))
      return named->text ? *named->text : worth(named->where, named->value);
    return asked.tenant->facts.contains(name) ? fact(name) : Worth(name);
  }
  if (const auto* has = std::get_if<tree::Has>(&node)) return !is_absent(worth(where, has->path));
  if (const auto* choice = std::get_if<tree::Else>(&node)) {
    const Worth first = worth(where, choice->optional);
    return is_absent(first) || mentioned ? needed(where, choice->fallback) : first;
  }
  if (const auto* function = std::get_if<tree::Call>(&node)) return call(function->function.text, worth(where, function->arguments[0]));
  if (const auto* sides = std::get_if<tree::Compare>(&node)) {
    if (sides->op == tree::CompareOp::in) return member(*this, where, *sides);
    if (sides->op == tree::CompareOp::not_in) return negated(member(*this, where, *sides));
    const Strings *left = words_of(*asked.tenant, where, sides->left), *right = words_of(*asked.tenant, where, sides->right);
    return compare(sides->op, needed(where, sides->left), needed(where, sides->right), left ? left : right);
  }
  if (const auto* match = std::get_if<tree::Matches>(&node)) return matches(std::get<std::string>(needed(where, match->left)), *match);
  if (const auto* sum = std::get_if<tree::Arithmetic>(&node))
    return arithmetic(needed(where, sum->left), needed(where, sum->right), sum->minus);
  if (const auto* quantifier = std::get_if<tree::Quantifier>(&node)) return quantified(*this, where, *quantifier);
  if (std::holds_alternative<tree::List>(node)) return strings_of(where, {id});
  return condition(where, id);  // `and`, `or`, `not`
}

Worth Evaluation::fact(const std::string& name) {
  const Tenant& tenant = *asked.tenant;
  const FactRow& row = tenant.facts.at(name);
  if (mentioned) return mentioned->insert(name), example_of(row);
  if (name == "tenant") return tenant.name;
  if (name == "client") return asked.client;
  if (name == "connection") return asked.connection;
  if (name == "organization") return asked.organization.empty() ? Worth(Absent{}) : asked.organization;
  if (name == "client.type") return tenant.one({"client", asked.client, "kind"});
  if (name == "connection.strategy") return tenant.one({"connection", asked.connection, "kind"});
  if (name == "connection.family") return tenant.one({"connection", asked.connection, "family"});
  if (name == "tenant.features") return tenant.setting({"features"}) + tenant.setting({"organization", asked.organization, "features"});
  if (const auto set = tenant.attributes.find(name); set != tenant.attributes.end()) return worth(set->second.where, set->second.value);
  const auto given = request.facts.find(name);
  if (given == request.facts.end()) return Absent{};
  if (row.type == TypeKind::time) return Instant{std::get<std::int64_t>(given->second)};
  if (row.type == TypeKind::enumeration) return row.words[static_cast<std::size_t>(std::get<std::int64_t>(given->second))];
  return std::visit([](const auto& value) { return Worth(value); }, given->second);
}
}  // namespace writ::oracle
