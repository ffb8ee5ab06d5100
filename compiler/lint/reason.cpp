// Conditions to formulas: every leaf becomes an atom, equal leaves the same one. A comparison of a value that has a default, `(f else v) == w`, is
// taken apart: where f is there it compares f, else it compares v, which is known now.
#include "compiler/lint/reason.h"

#include <algorithm>

namespace writ::lint {

namespace {

using program::Op;

constexpr std::size_t most_cases = 64;     // of both sides of a comparison; beyond, it is taken whole
constexpr std::size_t most_cells = 2'048;  // distinct ones of an action; beyond, no rule claims anything

bool is_select(Op op) {
  return op == Op::select_bool || op == Op::select_int || op == Op::select_string || op == Op::select_ip;
}

// What is true of numbers below, from, … a constant.
std::vector<std::pair<std::int64_t, std::int64_t>> intervals_of(Op op, std::int64_t value) {
  constexpr std::int64_t low = INT64_MIN, high = INT64_MAX;
  switch (op) {
  case Op::eq_int: return {{value, value}};
  case Op::lt_int:
    return value == low ? std::vector<std::pair<std::int64_t, std::int64_t>>{} : std::vector{std::pair(low, value - 1)};
  case Op::le_int: return {{low, value}};
  case Op::gt_int:
    return value == high ? std::vector<std::pair<std::int64_t, std::int64_t>>{}
                         : std::vector{std::pair(value + 1, high)};
  case Op::ge_int: return {{value, high}};
  default: return {};
  }
}
// The op with its sides changed: 3 < x is x > 3.
Op turned(Op op) {
  switch (op) {
  case Op::lt_int: return Op::gt_int;
  case Op::le_int: return Op::ge_int;
  case Op::gt_int: return Op::lt_int;
  case Op::ge_int: return Op::le_int;
  default: return op;
  }
}

// A constant's bytes, so that equal ones read alike.
std::string text_of(const program::Constant& constant) {
  std::string text = std::to_string(constant.index()) + ":";
  const auto number = [&](std::int64_t value) { text += std::to_string(value) + ","; };
  const auto string = [&](std::string_view value) { text += std::to_string(value.size()) + "\"" + std::string(value); };
  const auto address = [&](const Ip& ip) {
    text.append(reinterpret_cast<const char*>(ip.bytes.data()), ip.bytes.size());
  };
  std::visit(
      [&](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::int64_t>)
          number(value);
        else if constexpr (std::is_same_v<T, std::string>)
          string(value);
        else if constexpr (std::is_same_v<T, Ip>)
          address(value);
        else if constexpr (std::is_same_v<T, program::Bits>)
          for (const auto member : value.members) number(member);
        else if constexpr (std::is_same_v<T, std::vector<std::int64_t>>)
          for (const auto one : value) number(one);
        else if constexpr (std::is_same_v<T, std::vector<std::string>>)
          for (const auto& one : value) string(one);
        else if constexpr (std::is_same_v<T, std::vector<Cidr>>)
          for (const auto& one : value) address(one.base), number(one.bits);
        else if constexpr (std::is_same_v<T, program::Window>)
          number(value.begin), number(value.end), number(value.days), string(value.zone);
        else
          string(value.pattern);
      },
      constant);
  return text;
}

}  // namespace

Reasoner::Reasoner(const TenantView& tenant) : tenant_(tenant) {
  formulas_.push_back({});  // false
  formulas_.push_back({});  // true
  for (std::size_t i = 0; i < tenant.model->rules.size(); ++i) condition(i);
  find_cells();
}

// ---------------------------------------------------------------- formulas

FormulaId Reasoner::not_(FormulaId formula) {
  if (formula == FormulaId::false_) return FormulaId::true_;
  if (formula == FormulaId::true_) return FormulaId::false_;
  if (const auto found = negated_.find(formula); found != negated_.end()) return found->second;
  formulas_.push_back({Formula::Kind::not_, 0, {formula}});
  const auto made = static_cast<FormulaId>(formulas_.size() - 1);
  negated_[formula] = made;
  negated_[made] = formula;
  return made;
}

FormulaId Reasoner::and_(std::vector<FormulaId> parts) {
  std::erase(parts, FormulaId::true_);
  if (std::ranges::find(parts, FormulaId::false_) != parts.end()) return FormulaId::false_;
  if (parts.empty()) return FormulaId::true_;
  if (parts.size() == 1) return parts[0];
  formulas_.push_back({Formula::Kind::and_, 0, std::move(parts)});
  return static_cast<FormulaId>(formulas_.size() - 1);
}

FormulaId Reasoner::or_(std::vector<FormulaId> parts) {
  std::erase(parts, FormulaId::false_);
  if (std::ranges::find(parts, FormulaId::true_) != parts.end()) return FormulaId::true_;
  if (parts.empty()) return FormulaId::false_;
  if (parts.size() == 1) return parts[0];
  formulas_.push_back({Formula::Kind::or_, 0, std::move(parts)});
  return static_cast<FormulaId>(formulas_.size() - 1);
}

FormulaId Reasoner::atom(Atom atom, std::string key) {
  const auto [found, fresh] = by_key_.emplace(std::move(key), FormulaId{});
  if (!fresh) return found->second;
  atoms_.push_back(std::move(atom));
  formulas_.push_back({Formula::Kind::atom, static_cast<std::uint32_t>(atoms_.size() - 1), {}});
  return found->second = static_cast<FormulaId>(formulas_.size() - 1);
}

FormulaId Reasoner::has(FactId fact) {
  return atom({.kind = Atom::Kind::presence, .fact = fact}, "has " + std::to_string(index(fact)));
}
FormulaId Reasoner::is(FactId fact) {
  return atom({.kind = Atom::Kind::plain, .fact = fact, .of_fact = true}, "is " + std::to_string(index(fact)));
}
FormulaId Reasoner::holds(FactId set, std::string_view text) {
  return atom({.kind = Atom::Kind::plain, .fact = set, .of_fact = true, .words = {std::string(text)}},
              "holds " + std::to_string(index(set)) + " " + std::string(text));
}

// ---------------------------------------------------------------- keys of expressions

std::uint32_t Reasoner::key_of(model::ExprId id) {
  if (const auto found = key_by_expression_.find(id); found != key_by_expression_.end()) return found->second;
  const model::Expr& node = tenant_.expression(id);
  std::string text = std::to_string(static_cast<unsigned>(node.op)) + "." + std::to_string(index(node.fact)) + "." +
                     std::to_string(node.depth);
  if (node.constant) {
    const auto [known, fresh] = constant_keys_.try_emplace(&*node.constant);
    if (fresh)
      known->second =
          keys_.emplace("constant " + text_of(*node.constant), static_cast<std::uint32_t>(keys_.size())).first->second;
    text += "c" + std::to_string(known->second);
  }
  for (const auto operand : node.operands) text += "," + std::to_string(key_of(operand));
  const auto key = keys_.emplace(std::move(text), static_cast<std::uint32_t>(keys_.size())).first->second;
  return key_by_expression_[id] = key;
}

std::uint32_t Reasoner::term_of(const Case& one) {
  const auto [found, fresh] = term_by_key_.try_emplace(one.key, static_cast<std::uint32_t>(terms_.size()));
  if (!fresh) return found->second;
  const model::Expr* node = &tenant_.expression(one.expression);
  Term term;
  const bool direct = node->op == Op::fact_int;
  while (node->op == Op::lower || node->op == Op::email_domain) node = &tenant_.expression(node->operands[0]);
  term.of_fact = node->op == Op::fact_int || node->op == Op::fact_string;
  term.fact = node->fact;
  if (direct) {
    const auto place = index(node->fact);
    if (place < builtin_facts.size()) {
      const Fact& fact = builtin_facts[place];
      const Bounds bounds = bounds_of(fact.type);
      term.low = std::max(fact.low, bounds.low);
      term.high = std::min(fact.high, bounds.high);
      if (fact.type == TypeKind::enumeration)
        term.low = 0, term.high = static_cast<std::int64_t>(fact.values.size()) - 1;
    } else if (const auto& attributes = tenant_.part().attributes; place - builtin_facts.size() < attributes.size()) {
      const program::Attribute& attribute = attributes[place - builtin_facts.size()];
      const Bounds bounds = bounds_of(attribute.type);
      term.low = std::max(attribute.low, bounds.low);
      term.high = std::min(attribute.high, bounds.high);
      if (attribute.type == TypeKind::enumeration)
        term.low = 0, term.high = static_cast<std::int64_t>(attribute.values.size()) - 1;
    }
  }
  terms_.push_back(term);
  return found->second;
}

// ---------------------------------------------------------------- leaves

FormulaId Reasoner::of(model::ExprId id) {
  if (const auto found = made_.find(id); found != made_.end()) return found->second;
  const FormulaId made = make(id);
  made_.emplace(id, made);
  return made;
}

FormulaId Reasoner::plain(model::ExprId id) { return atom({}, "plain " + std::to_string(key_of(id))); }

FormulaId Reasoner::make(model::ExprId id) {
  const model::Expr& node = tenant_.expression(id);
  const auto parts = [&] {
    std::vector<FormulaId> list;
    for (const auto operand : node.operands) list.push_back(of(operand));
    return list;
  };
  switch (node.op) {
  case Op::const_bool: return std::get<bool>(*node.constant) ? FormulaId::true_ : FormulaId::false_;
  case Op::and_: return and_(parts());
  case Op::or_: return or_(parts());
  case Op::not_: return not_(of(node.operands[0]));
  case Op::select_bool: {
    const auto when = of(node.operands[0]);
    return or_({and_({when, of(node.operands[1])}), and_({not_(when), of(node.operands[2])})});
  }
  case Op::has_fact: return has(node.fact);
  case Op::fact_bool: return is(node.fact);
  case Op::eq_bool: {
    const auto left = of(node.operands[0]), right = of(node.operands[1]);
    return or_({and_({left, right}), and_({not_(left), not_(right)})});
  }
  case Op::in_bits: {
    const Op of_what = tenant_.expression(node.operands[0]).op;
    const auto& members = std::get<program::Bits>(*node.constant).members;
    if (of_what == Op::client_index || of_what == Op::connection_index)
      return by_structure(of_what, {members.begin(), members.end()});
    return plain(id);
  }
  case Op::set_has: {
    const model::Expr &set = tenant_.expression(node.operands[0]), &text = tenant_.expression(node.operands[1]);
    if (set.op == Op::fact_set && text.op == Op::const_string)
      return holds(set.fact, std::get<std::string>(*text.constant));
    return plain(id);
  }
  case Op::eq_int:
  case Op::ne_int:
  case Op::lt_int:
  case Op::le_int:
  case Op::gt_int:
  case Op::ge_int:
  case Op::eq_string:
  case Op::starts_with:
  case Op::ends_with:
  case Op::contains: return compare(node);
  case Op::in_ints:
  case Op::in_strings: return among(node);
  default: return plain(id);
  }
}

// The members of `client.type == spa`: the clients that are.
FormulaId Reasoner::by_structure(Op op, const std::vector<std::int64_t>& wanted) {
  const program::Part& part = tenant_.part();
  Atom made;
  const bool of_client = op == Op::client_index || op == Op::client_type;
  made.kind = of_client ? Atom::Kind::client : Atom::Kind::connection;
  const std::size_t count = of_client ? part.clients.size() : part.connections.size();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::int64_t value = op == Op::client_type ? static_cast<std::int64_t>(part.clients[i].type)
                               : op == Op::connection_family
                                   ? static_cast<std::int64_t>(strategies[part.connections[i].strategy].family)
                               : op == Op::connection_strategy ? part.connections[i].strategy
                                                               : static_cast<std::int64_t>(i);
    if (std::ranges::find(wanted, value) != wanted.end()) made.members.push_back(i);
  }
  std::string key = of_client ? "client" : "connection";
  for (const auto member : made.members) key += " " + std::to_string(member);
  return atom(std::move(made), std::move(key));
}

std::vector<Reasoner::Case> Reasoner::cases(model::ExprId id) {
  const model::Expr& node = tenant_.expression(id);
  if (is_select(node.op)) {
    const FormulaId when = of(node.operands[0]);
    std::vector<Case> all;
    for (const bool first : {true, false})
      for (Case& one : cases(node.operands[first ? 1 : 2])) {
        one.when = and_({first ? when : not_(when), one.when});
        if (one.when != FormulaId::false_) all.push_back(std::move(one));
      }
    return all;
  }
  if (node.op == Op::const_int || node.op == Op::const_string) return {{FormulaId::true_, *node.constant, 0, id}};
  return {{FormulaId::true_, std::nullopt, key_of(id), id}};
}

FormulaId Reasoner::intervals(const Case& one, std::vector<Interval> inside) {
  Atom made;
  made.kind = Atom::Kind::number;
  made.term = term_of(one);
  std::string key = "number " + std::to_string(made.term);
  for (const auto& [low, high] : inside) key += " " + std::to_string(low) + ".." + std::to_string(high);
  made.intervals = std::move(inside);
  return atom(std::move(made), std::move(key));
}

FormulaId Reasoner::compare_numbers(Op op, const Case& left, const Case& right) {
  if (op == Op::ne_int) return not_(compare_numbers(Op::eq_int, left, right));
  if (!left.constant && right.constant)
    return intervals(left, intervals_of(op, std::get<std::int64_t>(*right.constant)));
  if (left.constant && !right.constant)
    return intervals(right, intervals_of(turned(op), std::get<std::int64_t>(*left.constant)));
  if (left.constant && right.constant) {
    const auto value = std::get<std::int64_t>(*left.constant);
    for (const auto& [low, high] : intervals_of(op, std::get<std::int64_t>(*right.constant)))
      if (low <= value && value <= high) return FormulaId::true_;
    return FormulaId::false_;
  }
  return atom({}, "compare " + std::to_string(static_cast<unsigned>(op)) + " " + std::to_string(left.key) + " " +
                      std::to_string(right.key));
}

namespace {
bool text_holds(Op op, const std::string& text, const std::vector<std::string>& words) {
  switch (op) {
  case Op::starts_with: return text.starts_with(words[0]);
  case Op::ends_with: return text.ends_with(words[0]);
  case Op::contains: return text.find(words[0]) != std::string::npos;
  default: return std::ranges::find(words, text) != words.end();
  }
}
}  // namespace

FormulaId Reasoner::compare_texts(Op op, const Case& left, const std::vector<std::string>& words) {
  if (left.constant)
    return text_holds(op, std::get<std::string>(*left.constant), words) ? FormulaId::true_ : FormulaId::false_;
  Atom made;
  made.kind = Atom::Kind::text;
  made.term = term_of(left);
  made.op = op == Op::in_strings ? Op::eq_string : op;
  made.words = words;
  std::ranges::sort(made.words);
  std::string key = "text " + std::to_string(made.term) + " " + std::to_string(static_cast<unsigned>(made.op));
  for (const auto& word : made.words) key += " " + std::to_string(word.size()) + word;
  return atom(std::move(made), std::move(key));
}

FormulaId Reasoner::compare(const model::Expr& node) {
  const bool numbers = program::row_of(node.op).types[0] == program::NodeType::integer;
  const Op structural = tenant_.expression(node.operands[0]).op;
  if (structural == Op::client_type || structural == Op::connection_family || structural == Op::connection_strategy) {
    const model::Expr& wanted = tenant_.expression(node.operands[1]);
    if (wanted.op == Op::const_int && (node.op == Op::eq_int || node.op == Op::ne_int)) {
      const auto equal = by_structure(structural, {std::get<std::int64_t>(*wanted.constant)});
      return node.op == Op::eq_int ? equal : not_(equal);
    }
  }
  const std::vector<Case> left = cases(node.operands[0]), right = cases(node.operands[1]);
  const auto whole = [&] {
    std::string key = "whole " + std::to_string(static_cast<unsigned>(node.op));
    for (const auto operand : node.operands) key += " " + std::to_string(key_of(operand));
    return atom({}, std::move(key));
  };
  if (left.size() * right.size() > most_cases) return whole();
  std::vector<FormulaId> any;
  for (const Case& a : left)
    for (const Case& b : right) {
      FormulaId compared{};
      if (numbers)
        compared = compare_numbers(node.op, a, b);
      else if (b.constant)
        compared = compare_texts(node.op, a, {std::get<std::string>(*b.constant)});
      else if (a.constant && node.op == Op::eq_string)
        compared = compare_texts(node.op, b, {std::get<std::string>(*a.constant)});
      else
        return whole();
      any.push_back(and_({a.when, b.when, compared}));
    }
  return or_(std::move(any));
}

FormulaId Reasoner::among(const model::Expr& node) {
  const Op structural = tenant_.expression(node.operands[0]).op;
  if (node.op == Op::in_ints) {
    const auto& wanted = std::get<std::vector<std::int64_t>>(*node.constant);
    if (structural == Op::client_type || structural == Op::connection_family || structural == Op::connection_strategy)
      return by_structure(structural, wanted);
  }
  std::vector<FormulaId> any;
  for (const Case& one : cases(node.operands[0])) {
    FormulaId inside{};
    if (node.op == Op::in_strings) {
      inside = compare_texts(Op::in_strings, one, std::get<std::vector<std::string>>(*node.constant));
    } else {
      const auto& wanted = std::get<std::vector<std::int64_t>>(*node.constant);
      if (one.constant) {
        const auto value = std::get<std::int64_t>(*one.constant);
        inside = std::ranges::find(wanted, value) != wanted.end() ? FormulaId::true_ : FormulaId::false_;
      } else {
        std::vector<Interval> points;
        for (const auto value : wanted) points.emplace_back(value, value);
        std::ranges::sort(points);
        inside = intervals(one, std::move(points));
      }
    }
    any.push_back(and_({one.when, inside}));
  }
  return or_(std::move(any));
}

// ---------------------------------------------------------------- rules

std::vector<std::size_t> Reasoner::rules(RuleEffect effect, Action action) const {
  std::vector<std::size_t> list;
  const auto& all = tenant_.model->rules;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].effect == effect && !all[i].report && (all[i].actions & mask_of(action)) != 0) list.push_back(i);
  return list;
}

FormulaId Reasoner::condition(std::size_t rule) { return of(tenant_.model->rules[rule].condition); }

FormulaId Reasoner::undenied(Action action) {
  auto& known = undenied_[static_cast<std::size_t>(action)];
  if (known) return *known;
  std::vector<FormulaId> all;
  for (const auto rule : rules(RuleEffect::deny, action)) all.push_back(not_(condition(rule)));
  known = and_(std::move(all));
  return *known;
}

FormulaId Reasoner::some_allow(Action action) {
  auto& known = some_allow_[static_cast<std::size_t>(action)];
  if (known) return *known;
  std::vector<FormulaId> any;
  for (const auto rule : rules(RuleEffect::allow, action)) any.push_back(condition(rule));
  known = or_(std::move(any));
  return *known;
}

FormulaId Reasoner::unchallenged(Action action) {
  auto& known = unchallenged_[static_cast<std::size_t>(action)];
  if (known) return *known;
  std::vector<FormulaId> all;
  for (const auto rule : rules(RuleEffect::require, action)) {
    std::vector<FormulaId> any = {not_(condition(rule))};
    for (const auto& alternative : tenant_.model->rules[rule].alternatives) any.push_back(of(alternative.satisfied));
    all.push_back(or_(std::move(any)));
  }
  known = and_(std::move(all));
  return *known;
}

bool Reasoner::allowed(const Cell& cell, const Known& known) {
  const FormulaId all[] = {some_allow(cell.action), undenied(cell.action)};
  return maybe(cell, all, known);
}

bool Reasoner::allowed(Action action, std::uint32_t client, std::uint32_t connection) {
  std::string key = std::to_string(static_cast<unsigned>(action)) + clients_seen_[client] + "/";
  if (connection != Cell::none) key += connections_seen_[connection];
  const auto [found, fresh] = allowed_.try_emplace(std::move(key));
  if (fresh) found->second = allowed(Cell{action, client, connection});
  return found->second;
}

bool Reasoner::anybody(Action action) {
  auto& known = anybody_[static_cast<std::size_t>(action)];
  if (!known)
    known = std::ranges::any_of(cells(action),
                                [&](const Cell& one) { return allowed(action, one.client, one.connection); });
  return *known;
}

Reasoner& reason(const TenantView& tenant) {
  if (!tenant.reasoner) tenant.reasoner = std::make_shared<Reasoner>(tenant);
  return *tenant.reasoner;
}

std::vector<std::string> Reasoner::asked_of(FactId set) const {
  std::vector<std::string> words;
  for (const Atom& one : atoms_)
    if (one.kind == Atom::Kind::plain && one.of_fact && one.fact == set && one.words.size() == 1)
      words.push_back(one.words[0]);
  std::ranges::sort(words);
  return words;
}

// ---------------------------------------------------------------- cells

void Reasoner::find_cells() {
  const program::Part& part = tenant_.part();
  // What the conditions see of a client and of a connection.
  const auto seen = [&](Atom::Kind kind, std::uint32_t place) {
    std::string text;
    for (const Atom& one : atoms_)
      if (one.kind == kind) text += std::ranges::find(one.members, place) != one.members.end() ? '1' : '0';
    return text;
  };
  std::vector<std::string>&clients = clients_seen_, &connections = connections_seen_;
  for (std::uint32_t i = 0; i < part.clients.size(); ++i) clients.push_back(seen(Atom::Kind::client, i));
  for (std::uint32_t i = 0; i < part.connections.size(); ++i) connections.push_back(seen(Atom::Kind::connection, i));
  for (std::size_t action = 0; action < action_count; ++action) {
    const auto which = static_cast<Action>(action);
    const bool machine = which == Action::m2m;
    const bool connected = !machine && which != Action::access;
    const bool database = which == Action::password_change || which == Action::password_reset;
    std::map<std::string, Cell> distinct;
    for (std::uint32_t i = 0; i < part.clients.size(); ++i) {
      const auto& client = part.clients[i];
      if (machine && (client.grants >> *index_of(grant_names, "client_credentials") & 1u) == 0) continue;
      if (which == Action::refresh && (client.grants >> *index_of(grant_names, "refresh_token") & 1u) == 0) continue;
      if (!connected) {
        distinct.emplace(clients[i], Cell{which, i, Cell::none});
        continue;
      }
      for (const auto connection : client.connections) {
        if (database && strategies[part.connections[connection].strategy].family != Family::database) continue;
        distinct.emplace(clients[i] + "/" + connections[connection], Cell{which, i, connection});
      }
    }
    if (distinct.size() > most_cells) continue;
    for (const auto& [key, cell] : distinct) cells_[action].push_back(cell);
  }
}

ActionMask Reasoner::required_of(FactId fact) const {
  const auto place = index(fact);
  if (place < builtin_facts.size()) return builtin_facts[place].required;
  const auto& attributes = tenant_.part().attributes;
  return place - builtin_facts.size() < attributes.size() ? attributes[place - builtin_facts.size()].required
                                                          : ActionMask{};
}

}  // namespace writ::lint
