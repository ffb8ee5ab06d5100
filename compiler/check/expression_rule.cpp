// One rule, whole: its place, its `on`, its condition, and for a require its obligations (decision 0001, 4, 25, 26
// and 30). What comes out is one tree, evaluated from left to right:
//
//     and( place leaves…, the `on` leaf, when, not( unless ) )
//
// Of these only what exists; one of them alone stands alone; none of them is the leaf `always`.
#include "compiler/check/expression.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <array>

namespace writ::check {

namespace {

struct BuiltinObligation {
  std::string_view name;
  std::size_t least = 0, most = 0;  // arguments
  enum class Within : std::uint8_t { no, may, must } within = Within::no;
  std::string_view form;
};
using enum BuiltinObligation::Within;
constexpr std::array builtin_obligations = std::to_array<BuiltinObligation>({
    {"mfa", 0, 64, may, "`mfa`, `mfa within 15m` or `mfa(otp, webauthn)`"},
    {"step_up", 1, 1, no, "`step_up(\"urn:acr\")`"},
    {"reauthenticate", 0, 0, must, "`reauthenticate within 15m`"},
    {"verify_email", 0, 0, no, "`verify_email`"},
    {"enroll_mfa", 0, 0, no, "`enroll_mfa`"},
    {"use_connection", 1, 1, no, "`use_connection(staff)`"},
    {"accept", 1, 1, no, "`accept(\"terms-2027\")`"},
    {"change_password", 0, 0, no, "`change_password`"},
});

// What is wrong with the form of an obligation that has another one.
std::string fault_of(const BuiltinObligation& form, const tree::Obligation& written) {
  const std::size_t given = written.arguments.size();
  if (given < form.least) return "needs an argument";
  if (given > form.most && form.most == 0) return "takes no arguments";
  if (given > form.most)
    return "takes at most " + std::to_string(form.most) + (form.most == 1 ? " argument" : " arguments");
  return form.within == must ? "needs `within`" : "takes no `within`";
}

}  // namespace

void check_rule(const Place& place, const tree::Tree& tree, const tree::Rule& source, const SourceSet& sources,
                const Limits& limits, std::vector<model::Expr>& nodes, model::Rule& rule, Diagnostics& diagnostics) {
  Checker(place, tree, sources, limits, nodes, diagnostics).rule(source, rule);
}

void Checker::rule(const tree::Rule& source, model::Rule& rule) {
  const std::size_t first_node = nodes_.size();
  const bool can_be_asked = require_where_it_means_something(source);
  std::vector<model::ExprId> operands;
  place_leaves(source, operands);
  on_leaf(source, operands);
  rule_ = &source;
  Facts after_when;
  if (source.when != tree::ExprId::none) {
    const Flow when = condition(source.when);
    operands.push_back(when.node);
    after_when = when.when_true;
  }
  if (source.unless != tree::ExprId::none) {  // `unless` is asked when `when` held
    known_ |= after_when;
    operands.push_back(node(Op::not_, {condition(source.unless).node}));
  }
  rule_ = nullptr;
  if (operands.empty()) {
    rule.condition = boolean_node(true);
    nodes_.back().leaf = true;
    nodes_.back().text = "always";
  } else {
    rule.condition = operands.size() == 1 ? operands[0] : node(Op::and_, std::move(operands));
  }
  known_.reset();
  if (source.effect == RuleEffect::require && can_be_asked) alternatives(source, rule);
  rule.mentions.assign(mentions_.begin(), mentions_.end());
  if (errors_ == 0) return;
  nodes_.resize(first_node);
  rule.alternatives.clear();
  rule.condition = boolean_node(false);
  nodes_.back().leaf = true;
  nodes_.back().text = "always";
}

// ---------------------------------------------------------------- place

model::ExprId Checker::name_leaf(Op op, std::string_view fact, std::vector<std::uint32_t> members, std::string text) {
  const auto index = node(op);
  const auto made = node(Op::in_bits, {index}, program::Constant{program::Bits{std::move(members)}});
  nodes_.back().leaf = true;
  nodes_.back().text = std::move(text);
  nodes_.back().seen.emplace_back(fact, index);
  return made;
}

void Checker::place_leaves(const tree::Rule& source, std::vector<model::ExprId>& operands) {
  const program::Part* part = this->part();
  if (part == nullptr) return;
  if (place_.client != UINT32_MAX)
    operands.push_back(name_leaf(Op::client_index, "client", {place_.client},
                                 "client == " + name_text(part->clients[place_.client].name)));
  if (place_.connection != UINT32_MAX) {
    connection_exists(source, source.span, "a rule in a connection");
    operands.push_back(name_leaf(Op::connection_index, "connection", {place_.connection},
                                 "connection == " + name_text(part->connections[place_.connection].name)));
  }
  if (place_.organization != UINT32_MAX) {
    const auto info = *find_fact(*place_.scope, "organization");
    operands.push_back(presence(info));
    nodes_.back().leaf = true;
    nodes_.back().text = "has organization";
    nodes_.back().seen.emplace_back("organization", nodes_.back().operands[0]);
    operands.push_back(name_leaf(Op::organization_index, "organization", {place_.organization},
                                 "organization == " + name_text(part->organizations[place_.organization].name)));
    known_.set(index(info.id));
  }
}

void Checker::on_leaf(const tree::Rule& source, std::vector<model::ExprId>& operands) {
  if (source.on.empty()) return;
  const Span span{source.on.front().span.file, source.on.front().span.begin, source.on.back().span.end};
  connection_exists(source, span, "`on`");
  std::vector<std::uint32_t> members;
  std::string text = "connection in [";
  for (const auto& name : source.on) {
    if (const auto found = index_of_name(TypeKind::connection, name.text, name.span)) members.push_back(*found);
    text += (&name == &source.on.front() ? "" : ", ") + name_text(name.text);
  }
  std::ranges::sort(members);
  members.erase(std::unique(members.begin(), members.end()), members.end());
  operands.push_back(name_leaf(Op::connection_index, "connection", std::move(members), text + "]"));
}

// Actions without a connection cannot be asked about one: said once, at the action.
void Checker::connection_exists(const tree::Rule& source, Span span, std::string_view what) {
  const auto info = *fact_info("connection");
  const auto missing = static_cast<ActionMask>(place_.actions & ~(info.required | info.optional));
  if (missing == 0 || refused_.test(index(info.id))) return;
  refused_.set(index(info.id));
  Span at = span;
  for (const auto& action : source.actions)
    if (const auto known = index_of(action_names, action.text);
        known && (missing & mask_of(static_cast<Action>(*known)))) {
      at = action.span;
      break;
    }
  report(Code::fact_not_in_action, at,
         std::string(what) + " cannot stand for " + actions_text(missing) + ", which has no connection")
      .under("no connection here")
      .hint("write a rule of its own for " + actions_text(missing));
}

bool Checker::require_where_it_means_something(const tree::Rule& source) {
  constexpr ActionMask nobody = mask_of(Action::m2m) | mask_of(Action::access);
  if (source.effect != RuleEffect::require) return true;
  bool good = true;
  for (const auto& action : source.actions) {
    const auto known = index_of(action_names, action.text);
    if (!known || (nobody & mask_of(static_cast<Action>(*known))) == 0) continue;
    report(Code::require_without_login, action.span, "nobody can be asked for anything in `" + action.text + "`")
        .hint("deny instead, with a rule of its own: `deny " + action.text + " …`");
    good = false;
  }
  return good;
}

// ---------------------------------------------------------------- obligations

void Checker::alternatives(const tree::Rule& source, model::Rule& rule) {
  inside_leaf_ = true;  // what satisfies an obligation is an answer of its own, no leaf of the condition
  for (const auto& obligation : source.obligations) {
    auto made = alternative(obligation);
    rule.entry += (rule.entry.empty() ? "" : " or ") + canonical(*here_.tree, obligation);
    if (made) rule.alternatives.push_back(std::move(*made));
  }
  inside_leaf_ = false;
}

std::optional<model::Alternative> Checker::alternative(const tree::Obligation& obligation) {
  model::Alternative result;
  result.text = canonical(*here_.tree, obligation);
  const auto builtin =
      std::ranges::find(builtin_obligations, std::string_view(obligation.name.text), &BuiltinObligation::name);
  std::optional<model::ExprId> satisfied;
  if (builtin == builtin_obligations.end()) {
    satisfied = declared_obligation(obligation);
  } else {
    const bool within = obligation.within != tree::ExprId::none;
    const bool good = obligation.arguments.size() >= builtin->least && obligation.arguments.size() <= builtin->most &&
                      (builtin->within == may || within == (builtin->within == must));
    if (good)
      satisfied = builtin_obligation(obligation, result);
    else
      report(Code::bad_obligation, obligation.span, "`" + obligation.name.text + "` " + fault_of(*builtin, obligation))
          .hint("it is written " + std::string(builtin->form));
  }
  if (!satisfied) return std::nullopt;
  result.satisfied = *satisfied;
  return result;
}

// The value of a fact that an obligation asks for; refused where an action lacks it.
std::optional<model::ExprId> Checker::needed(const tree::Obligation& obligation, std::string_view fact) {
  const auto info = *fact_info(std::string(fact));
  if (!in_every_action(info, obligation.span, obligation.name.text)) return std::nullopt;
  if (info.type != TypeKind::connection) mentions_.insert(info.id);
  return fact_node(info);
}

std::optional<model::ExprId> Checker::builtin_obligation(const tree::Obligation& obligation,
                                                         model::Alternative& result) {
  const std::string& name = obligation.name.text;
  if (name == "mfa") return mfa(obligation);
  if (name == "reauthenticate") return at_most(obligation, "session.auth_age");
  if (name == "verify_email") return needed(obligation, "user.email_verified");
  if (name == "enroll_mfa") return needed(obligation, "user.mfa_enrolled");
  if (name == "change_password") return boolean_node(false);  // done when the rule's own condition turns false
  if (name == "use_connection") {
    const auto value = needed(obligation, "connection");
    const auto target = word_argument(obligation, obligation.arguments[0]);
    const auto found =
        target ? index_of_name(TypeKind::connection, *target, span_of(obligation.arguments[0])) : std::nullopt;
    if (!value || !found) return std::nullopt;
    result.use_connection = static_cast<std::int32_t>(*found);
    return node(Op::in_bits, {*value}, program::Constant{program::Bits{{*found}}});
  }
  const auto word = word_argument(obligation, obligation.arguments[0]);
  const auto value = needed(obligation, name == "accept" ? "user.accepted" : "session.acr");
  if (!word || !value) return std::nullopt;
  const auto wanted = node(Op::const_string, {}, program::Constant{*word});
  if (name == "accept") return node(Op::set_has, {*value, wanted});
  const auto present = presence(*fact_info("session.acr"));
  return node(Op::and_, {present, node(Op::eq_string, {*value, wanted})});
}

// mfa: session.mfa · mfa within D: also its age · mfa(f, g): one of the factors · mfa(f, g) within D: all of it
std::optional<model::ExprId> Checker::mfa(const tree::Obligation& obligation) {
  std::vector<model::ExprId> all;
  if (!obligation.arguments.empty()) {
    const auto factors = needed(obligation, "session.factors");
    if (!factors) return std::nullopt;
    std::vector<model::ExprId> any;
    for (const auto argument : obligation.arguments) {
      const auto word = word_argument(obligation, argument);
      if (!word) return std::nullopt;
      any.push_back(node(Op::set_has, {*factors, node(Op::const_string, {}, program::Constant{*word})}));
    }
    all.push_back(any.size() == 1 ? any[0] : node(Op::or_, std::move(any)));
  }
  if (obligation.arguments.empty() || obligation.within != tree::ExprId::none) {
    const auto done = needed(obligation, "session.mfa");
    if (!done) return std::nullopt;
    all.push_back(*done);
  }
  if (obligation.within != tree::ExprId::none) {
    const auto fresh = at_most(obligation, "session.mfa_age");
    if (!fresh) return std::nullopt;
    all.push_back(*fresh);
  }
  return all.size() == 1 ? all[0] : node(Op::and_, std::move(all));
}

// has age and age <= D
std::optional<model::ExprId> Checker::at_most(const tree::Obligation& obligation, std::string_view fact) {
  tree::Type duration;
  duration.kind = TypeKind::duration;
  const auto value = needed(obligation, fact);
  const auto most = constant_of(*here_.scope, *here_.tree, obligation.within, duration, sources_, diagnostics_);
  if (!most) ++errors_;
  if (!value || !most) return std::nullopt;
  const auto present = presence(*fact_info(std::string(fact)));
  const auto limit = node(Op::const_int, {}, *most);
  return node(Op::and_, {present, node(Op::le_int, {*value, limit})});
}

// An argument that is a word, a string, or a parameter or let that is a string.
std::optional<std::string> Checker::word_argument(const tree::Obligation& obligation, tree::ExprId id) {
  const auto [where, written] = behind(id);
  const tree::ExprNode& node = (*where.tree)[written].node;
  if (const auto* literal = std::get_if<tree::Literal>(&node);
      literal != nullptr && literal->kind == tree::Literal::Kind::string)
    return std::get<std::string>(literal->value);
  if (const auto* path = std::get_if<tree::Path>(&node); path != nullptr && path->parts.size() == 1)
    return path->parts[0].text;
  report(Code::bad_obligation, span_of(id),
         "`" + obligation.name.text + "` takes a name or a string, not " + quoted(id))
      .hint("quote it: `" + obligation.name.text + "(\"" + std::string(sources_.text(span_of(id))) + "\")`");
  return std::nullopt;
}

void Checker::report_unknown_obligation(const tree::Name& name, std::span<const std::string_view> names) {
  auto& diagnostic = report(Code::unknown_obligation, name.span, "there is no obligation " + in_ticks(name.text));
  if (suggest(diagnostic, name.text, names)) return;
  list_choices(diagnostic, names);
  diagnostic.hint("if your host can ask for it, declare it: `obligation " + name.text + " satisfied when …`");
}

std::optional<model::ExprId> Checker::declared_obligation(const tree::Obligation& obligation) {
  const std::string& name = obligation.name.text;
  const tree::ObligationDecl* declaration = nullptr;
  const Scope* declared_in = nullptr;
  std::vector<std::string_view> names;
  for (const auto& builtin : builtin_obligations) names.push_back(builtin.name);
  for (const Scope* scope = here_.scope; scope != nullptr && declaration == nullptr; scope = scope->outer) {
    if (scope->obligations == nullptr) continue;
    for (const auto& [known, ignored] : *scope->obligations) names.push_back(known);
    const auto found = scope->obligations->find(name);
    if (found == scope->obligations->end()) continue;
    declaration = found->second;
    if (scope->obligation_scopes != nullptr)
      if (const auto in = scope->obligation_scopes->find(name); in != scope->obligation_scopes->end())
        declared_in = in->second;
    if (declared_in == nullptr) declared_in = scope;
  }
  if (declaration == nullptr) {
    report_unknown_obligation(obligation.name, names);
    return std::nullopt;
  }
  if (!obligation.arguments.empty() || obligation.within != tree::ExprId::none) {
    report(Code::bad_obligation, obligation.span, "`" + name + "` takes no arguments")
        .at(declaration->name.span, "declared here")
        .fix("write `" + name + "` alone", obligation.span, name_text(name));
    return std::nullopt;
  }
  // Written out like a let: in the scope of its declaration, by itself.
  tree::Let as_let{declaration->name, declaration->satisfied, declaration->span};
  const LetEntry entry{declared_in->tree, &as_let, declared_in, false};
  const std::size_t errors = errors_;
  const auto flow = satisfied_when(entry, obligation.span);
  return errors_ == errors ? std::optional(flow.node) : std::nullopt;
}

}  // namespace writ::check
