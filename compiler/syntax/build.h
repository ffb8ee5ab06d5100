// ANTLR's contexts to the tree. One Builder a file; `declaration` is called for each declaration as soon as it is parsed,
// so that ANTLR's own tree of it can be freed. Contexts that recovery left broken are skipped: their mistake is reported.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/limits.h"
#include "compiler/syntax/parser.h"
#include "compiler/syntax/placement.h"
#include "compiler/syntax/recovery.h"
#include "compiler/syntax/scan.h"
#include "compiler/syntax/tree.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antlr4-runtime.h>

namespace writ::syntax {

// Diagnostics whose number is bounded together with the parser's.
class Reporter {
 public:
  Reporter(Diagnostics& all, Recovery& recovery) : all_(all), recovery_(recovery) {}
  Diagnostic& add(Code code, Span span, std::string message) {
    recovery_.count();
    return all_.add(code, span, std::move(message));
  }
  std::span<const Diagnostic> since(std::size_t first) const { return all_.since(first); }
  std::size_t size() const { return all_.size(); }

 private:
  Diagnostics& all_;
  Recovery& recovery_;
};

class Builder {
 public:
  Builder(const SourceMap& map, const Limits& limits, Diagnostics& diagnostics, tree::Tree& tree, Recovery& recovery)
      : map_(map), limits_(limits), diagnostics_(diagnostics, recovery), tree_(tree) {}

  // Before a declaration is parsed: what is reported from here on is about it.
  void begin() { first_ = diagnostics_.size(); }
  void declaration(P::DeclarationContext* context);

  // A statement of the last declaration that belongs into a block which was not opened before it; said once.
  std::optional<Unopened> take_unopened() { return std::exchange(unopened_, std::nullopt); }
  // The last declaration when it has no block though it may have one, and whatever stands further right behind it.
  struct Bare {
    Block block;
    Span head;
    std::size_t token;  // its first
  };
  const std::optional<Bare>& without_block() const { return bare_; }

 private:
  using Token = antlr4::Token;
  using Context = antlr4::ParserRuleContext;
  using Leaf = antlr4::tree::TerminalNode;

  // Places and names (build_literals.cpp).
  Span span(const Context* context) const;
  Span span(Leaf* leaf) const;
  Span span(const Token* token) const;
  static Span join(Span first, Span last) { return {first.file, first.begin, last.end}; }
  std::string_view text(Leaf* leaf) const;
  tree::Name name(P::NameContext* context);
  tree::Name name(P::WireNameContext* context);
  tree::Name member(Leaf* leaf);
  std::vector<tree::Name> names(P::WireNamesContext* context);
  std::vector<tree::Name> names(const std::vector<P::NameContext*>& contexts);
  std::vector<tree::Name> path(P::NameContext* first, const std::vector<Leaf*>& members);

  // Literals (build_literals.cpp). A bad one is reported and stands as zero.
  tree::Text string(Leaf* leaf);
  std::int64_t integer(Leaf* leaf, bool negative = false);
  std::int64_t duration(Leaf* leaf);
  std::int64_t time(Leaf* leaf);
  std::int64_t clock(Leaf* leaf);
  Ip address(Leaf* leaf);
  Cidr block(Leaf* leaf);
  Cidr network(P::NetworkContext* context);
  tree::Type bounds(P::BoundsContext* context);

  // Expressions (build_expression.cpp).
  struct Row;
  tree::ExprId add(tree::ExprNode node, Span span);
  tree::ExprId expression(P::ExpressionContext* context);
  tree::ExprId row_or(Row& row);
  tree::ExprId row_and(Row& row);
  tree::ExprId row_unary(Row& row);
  tree::ExprId comparison(P::ComparisonContext* context);
  tree::ExprId membership(tree::ExprId left, P::ComparisonTailContext* tail);
  tree::ExprId clock_window(P::ComparisonTailContext* tail, tree::ExprId low, tree::ExprId high);
  tree::ExprId matches(tree::ExprId left, P::PatternContext* context, Span span);
  tree::ExprId sum(P::SumContext* context);
  tree::ExprId fallback(P::FallbackContext* context);
  tree::ExprId primary(P::PrimaryContext* context);
  tree::ExprId literal(P::PrimaryContext* context);
  std::vector<tree::ExprId> sums(const std::vector<P::SumContext*>& contexts);
  std::vector<tree::ExprId> arguments(P::ArgumentsContext* context);
  tree::ExprId too_deep(Span where);

  // Rules, tests, proofs (build_rules.cpp).
  tree::Rule rule(P::AllowDenyContext* context);
  tree::Rule rule(P::RequireContext* context);
  void rule_tail(P::RuleTailContext* context, tree::Rule& rule);
  std::vector<tree::Obligation> choice(P::ChoiceContext* context);
  tree::Obligation obligation(P::ObligationContext* context);
  tree::Name action(P::ActionContext* context);
  tree::Question question(P::RequestLineContext* context);
  tree::Target target(P::TargetContext* context);
  tree::Cells cells(P::TargetsContext* targets, P::CellsContext* context);
  tree::Clock clock(P::ClockLineContext* context);
  tree::FixtureDecl fixture(P::FixtureDeclContext* context);
  tree::FactAssign fact(P::FactLineContext* context);
  tree::PasswordLine password_line(P::PasswordLineContext* context);
  std::vector<tree::FactAssign> facts(P::FactsContext* context);
  tree::Expect expect(P::ExpectLineContext* context);
  tree::Expect expect_password(P::ExpectLineContext* context);
  void refuse_detail(P::ExpectLineContext* context, std::string_view why);
  std::vector<tree::Text> by_names(P::ByNamesContext* context);
  tree::TestDecl test(P::TestDeclContext* context);
  tree::ProveDecl prove(P::ProveDeclContext* context);
  tree::ProveStatement proof(P::ProveLineContext* context);

  // Settings (build_settings.cpp).
  // A word that stands for one of a setting's numbers. Nothing is put in the number's own place.
  void given(tree::Givens& list, std::size_t place, Leaf* word);
  static bool is_given(const tree::Givens& list, std::size_t place);
  template <class Node>
  void period(Node& made, std::size_t place, std::optional<std::int64_t>& into, Leaf* written, Leaf* word, Span where,
              std::string_view what);
  tree::Session session(P::SessionItemContext* context);
  tree::LockoutDecl lockout(P::LockoutItemContext* context);
  tree::ZoneDecl zone(P::ZoneItemContext* context);
  tree::Branding branding(P::BrandingItemContext* context);
  tree::Lifetimes lifetimes(P::LifetimesItemContext* context);
  tree::Settings settings(P::SettingsItemContext* context);
  tree::Members members(P::JoinsItemContext* context);
  tree::SettingAssign setting(P::TenantSettingContext* context);
  template <class List>
  List values(P::ValuesContext* context, Span whole);
  template <class T>
  void once(std::optional<T>& place, T value, Span where, std::string_view what);

  // Passwords (build_password.cpp).
  tree::Item password(P::PasswordItemContext* context);
  tree::PasswordPreset preset(P::PresetContext* context);
  std::vector<tree::Requirement> requirements(P::RequirementsContext* context);
  void requirement(P::RequirementContext* context, std::vector<tree::Requirement>& out);
  void length(P::RequirementContext* context, tree::Requirement& made);
  void rejected(P::RequirementContext* context, std::vector<tree::Requirement>& out);

  // Blocks and declarations (build_declarations.cpp).
  std::vector<tree::Item> items(P::BlockContext* context, Block block);
  std::optional<tree::Item> item(P::ItemContext* context);
  void note_bare(P::DeclarationContext* context);
  bool said_within(Span span) const;
  std::optional<Unopened> headless(P::ItemContext* context) const;
  std::optional<tree::Item> setting_item(P::ItemContext* context);
  tree::AttributesBlock attributes(P::AttributesDeclContext* context);
  tree::Type type(P::TypeContext* context);
  TypeKind type_kind(const tree::Name& word);
  tree::ClientDecl client(P::ClientDeclContext* context);
  tree::TenantDecl tenant(P::TenantDeclContext* context);
  tree::TemplateDecl template_decl(P::TemplateDeclContext* context);
  tree::Parameter parameter(P::ParameterContext* context);
  tree::Let let(P::LetDeclContext* context);
  tree::ObligationDecl obligation_decl(P::ObligationDeclContext* context);

  const SourceMap& map_;
  const Limits& limits_;
  Reporter diagnostics_;
  tree::Tree& tree_;
  std::size_t prefix_depth_ = 0;  // of `not` and quantifiers around the one being built
  std::size_t conditions_ = 0;    // leaves of the rule being built
  bool depth_reported_ = false;   // once a declaration
  std::size_t first_ = 0;         // messages there were before the declaration
  std::optional<Unopened> unopened_;
  std::optional<Bare> bare_;
};

}  // namespace writ::syntax
