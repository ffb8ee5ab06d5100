// One line for each struct of the tree says which of its fields mean something; the rest is generic. It knows nothing of
// the printer, so that it can judge it.
#include "compiler/syntax/compare.h"

#include <tuple>
#include <type_traits>
#include <utility>

namespace writ {

namespace tree {
namespace {

auto fields(const Name& n) { return std::tie(n.text); }
auto fields(const Text& n) { return std::tie(n.text); }

auto fields(const Literal& n) { return std::tie(n.kind, n.value); }
auto fields(const Path& n) { return std::tie(n.parts); }
auto fields(const Has& n) { return std::tie(n.path); }
auto fields(const Else& n) { return std::tie(n.optional, n.fallback); }
auto fields(const Call& n) { return std::tie(n.function, n.arguments); }
auto fields(const Not& n) { return std::tie(n.operand); }
auto fields(const And& n) { return std::tie(n.operands); }
auto fields(const Or& n) { return std::tie(n.operands); }
auto fields(const Compare& n) { return std::tie(n.op, n.left, n.right); }
auto fields(const Matches& n) { return std::tie(n.left, n.pattern, n.regex); }
auto fields(const Arithmetic& n) { return std::tie(n.minus, n.left, n.right); }
auto fields(const List& n) { return std::tie(n.items); }
auto fields(const Range& n) { return std::tie(n.low, n.high); }
auto fields(const ClockWindow& n) { return std::tie(n.begin, n.end, n.zone, n.days, n.days_written); }
auto fields(const Quantifier& n) { return std::tie(n.all, n.variable, n.set, n.body); }

auto fields(const Obligation& n) { return std::tie(n.name, n.arguments, n.within); }
auto fields(const Rule& n) {
  return std::tie(n.report, n.effect, n.actions, n.obligations, n.name, n.on, n.when, n.unless, n.message, n.note);
}
auto fields(const Type& n) { return std::tie(n.kind, n.optional, n.low, n.high, n.values, n.list); }
auto fields(const AttributeDecl& n) { return std::tie(n.path, n.type); }
auto fields(const Given& n) { return std::tie(n.place, n.by); }
auto fields(const Session& n) { return std::tie(n.idle, n.absolute, n.given); }
auto fields(const LockoutDecl& n) { return std::tie(n.attempts, n.per, n.within, n.block, n.exempt, n.given); }
auto fields(const Branding& n) { return std::tie(n.logo, n.colors); }
auto fields(const Lifetimes& n) { return std::tie(n.access_token, n.refresh_token, n.id_token, n.given); }
auto fields(const Discover& n) { return std::tie(n.domain, n.via); }
auto fields(const Let& n) { return std::tie(n.name, n.value); }
auto fields(const ZoneDecl& n) { return std::tie(n.name, n.cidrs, n.countries, n.asns); }
auto fields(const Requirement& n) {
  return std::tie(n.kind, n.low, n.high, n.unit, n.unicode, n.charset_written, n.class_mask, n.words, n.pattern,
                  n.given);
}
auto fields(const PasswordPreset& n) { return std::tie(n.path, n.arguments); }
auto fields(const PasswordDecl& n) { return std::tie(n.floor, n.name, n.parent, n.preset, n.requirements); }
auto fields(const PasswordUse& n) { return std::tie(n.name, n.preset); }
auto fields(const NameList& n) { return std::tie(n.names); }
auto fields(const ExprList& n) { return std::tie(n.items); }
auto fields(const WireId& n) { return std::tie(n.value); }
auto fields(const SettingAssign& n) { return std::tie(n.path, n.value); }
auto fields(const Issuer& n) { return std::tie(n.value); }
auto fields(const Features& n) { return std::tie(n.names); }
auto fields(const SignUp& n) { return std::tie(n.open); }
auto fields(const OrganizationsSetting& n) { return std::tie(n.usage); }
auto fields(const Members& n) { return std::tie(n.required, n.via); }
auto fields(const Settings& n) { return std::tie(n.values); }
auto fields(const LimitDecl& n) { return std::tie(n.value); }
auto fields(const ObligationDecl& n) { return std::tie(n.name, n.satisfied); }
auto fields(const AttributesBlock& n) { return std::tie(n.list); }
auto fields(const ConnectionDecl& n) { return std::tie(n.name, n.strategy, n.items); }
auto fields(const ClientDecl& n) { return std::tie(n.name, n.type, n.items); }
auto fields(const UseDecl& n) { return std::tie(n.client, n.items); }
auto fields(const OrganizationDecl& n) { return std::tie(n.name, n.title, n.items); }
auto fields(const PlatformDecl& n) { return std::tie(n.items); }
auto fields(const TenantDecl& n) { return std::tie(n.name, n.title, n.from, n.arguments, n.items); }
auto fields(const ExtendTenantDecl& n) { return std::tie(n.name, n.items); }
auto fields(const Parameter& n) { return std::tie(n.name, n.type); }
auto fields(const TemplateDecl& n) { return std::tie(n.name, n.parameters, n.items); }
auto fields(const ImportDecl& n) { return std::tie(n.path); }
auto fields(const FactAssign& n) { return std::tie(n.path, n.value); }
auto fields(const Target& n) { return std::tie(n.tenant, n.client); }
auto fields(const Cells& n) { return std::tie(n.to, n.in, n.via, n.with); }
auto fields(const Question& n) { return std::tie(n.action, n.cells, n.facts); }
auto fields(const Clock& n) { return std::tie(n.after, n.micros); }
auto fields(const PasswordLine& n) { return std::tie(n.password, n.tenant, n.connection, n.event, n.facts); }
auto fields(const Expect& n) { return std::tie(n.effect, n.would_be, n.rest, n.by, n.fault, n.obligations, n.cells); }
auto fields(const FixtureDecl& n) { return std::tie(n.name, n.facts); }
auto fields(const TestDecl& n) { return std::tie(n.name, n.steps); }
auto fields(const RequestLine& n) { return std::tie(n.action, n.tenant, n.client, n.organization, n.connection); }
auto fields(const ProveStatement& n) { return std::tie(n.request, n.outcome, n.by, n.implies); }
auto fields(const ProveDecl& n) { return std::tie(n.name, n.statements); }

class Same {
 public:
  Same(const Tree& left, const Tree& right) : left_(left), right_(right) {}

  template <class T>
  bool operator()(const T& a, const T& b) const {
    if constexpr (requires { fields(a); })
      return all(fields(a), fields(b));
    else
      return a == b;
  }
  bool operator()(ExprId a, ExprId b) const {
    if (a == ExprId::none || b == ExprId::none) return a == b;
    return (*this)(left_[a].node, right_[b].node);
  }
  bool operator()(const Span&, const Span&) const { return true; }
  template <class T>
  bool operator()(const std::vector<T>& a, const std::vector<T>& b) const {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
      if (!(*this)(a[i], b[i])) return false;
    return true;
  }
  template <class T>
  bool operator()(const std::optional<T>& a, const std::optional<T>& b) const {
    return a && b ? (*this)(*a, *b) : a.has_value() == b.has_value();
  }
  template <class A, class B>
  bool operator()(const std::pair<A, B>& a, const std::pair<A, B>& b) const {
    return (*this)(a.first, b.first) && (*this)(a.second, b.second);
  }
  template <class... T>
  bool operator()(const std::variant<T...>& a, const std::variant<T...>& b) const {
    if (a.index() != b.index()) return false;
    return std::visit([&](const auto& one) { return (*this)(one, std::get<std::decay_t<decltype(one)>>(b)); }, a);
  }

 private:
  template <class... T>
  bool all(const std::tuple<const T&...>& a, const std::tuple<const T&...>& b) const {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return ((*this)(std::get<I>(a), std::get<I>(b)) && ...);
    }(std::index_sequence_for<T...>{});
  }

  const Tree& left_;
  const Tree& right_;
};

}  // namespace
}  // namespace tree

bool same_meaning(const tree::Tree& left, const tree::Tree& right) {
  return left.version == right.version && tree::Same(left, right)(left.declarations, right.declarations);
}

}  // namespace writ
