// The tree back to words. Two steps: print_*.cpp turn every declaration and item into a Printed (its words on one line, the
// entries of its block, ways to break it when it is long); layout.cpp puts nodes and comments on lines.
#pragma once

#include "compiler/syntax/tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace writ::syntax {

// ---------------------------------------------------------------- words on one line (print_expression.cpp)

std::string string_text(std::string_view text);  // a string literal
std::string name_text(const tree::Name& name);   // bare where it can be, else quoted
std::string path_text(const std::vector<tree::Name>& parts);
std::string names_text(const std::vector<tree::Name>& names);
std::string block_text(const Cidr& block);   // an address alone where it is one
std::string time_text(std::int64_t micros);  // `2026-12-31T00:00Z`: seconds only where there are some

// How tight the place around an expression is: what binds looser gets parentheses there.
enum class Tight : std::uint8_t { or_, and_, not_, comparison, sum, fallback, primary };
// `delimited`: nothing else belongs to the expression (after `when`, in a list), so that `else` and quantifiers, which a
// reader would wonder about in the middle of something, need no parentheses.
std::string expression_text(const tree::Tree& tree, tree::ExprId id, Tight place = Tight::or_, bool delimited = true);
std::string values_text(const tree::Tree& tree, const std::vector<tree::ExprId>& values);  // in lists and arguments
std::string arguments_text(const tree::Tree& tree, const std::vector<tree::ExprId>& values);
std::string obligation_text(const tree::Tree& tree, const tree::Obligation& obligation);
std::string choice_text(const tree::Tree& tree, const std::vector<tree::Obligation>& alternatives);

// The word that a setting has for one of its numbers; empty where it has the number.
std::string given_text(const tree::Tree& tree, const tree::Givens& given, std::size_t place);

// ---------------------------------------------------------------- nodes

// `opening name` where a statement ends, or `opening name { entries }`.
struct Printed {
  Span span = {};
  std::string text = {};  // without the block
  std::vector<std::string> broken =
      {};                       // the same on several lines, each with its own indentation; empty: cannot break
  bool prefers_broken = false;  // even where one line is wide enough, if the block around it has lines
  bool block = false;
  bool always_open = false;  // a block that begins a line for each entry where the author's lines are not known
  std::vector<Printed> entries = {};
};

// A rule's words, clause by clause: actions or obligations with the name, `on`, `when`, `unless`, `message`, `note`.
std::vector<std::string> rule_clauses(const tree::Tree& tree, const tree::Rule& rule);

std::vector<Printed> item_nodes(const tree::Tree& tree, const std::vector<tree::Item>& items);  // print_items.cpp
Printed declaration_node(const tree::Tree& tree, const tree::Declaration& declaration);  // print_declarations.cpp
Printed attributes_node(const tree::AttributesBlock& block);
Printed client_node(const tree::Tree& tree, const tree::ClientDecl& client);
Printed let_node(const tree::Tree& tree, const tree::Let& let);
Printed obligation_node(const tree::Tree& tree, const tree::ObligationDecl& obligation);
Printed password_node(const tree::Tree& tree, const tree::PasswordDecl& password);  // print_password.cpp
Printed password_node(const tree::Tree& tree, const tree::PasswordUse& password);

inline constexpr std::size_t line_width = 110;

// `opening a, b, c` broken after commas where lines get too long.
std::vector<std::string> fill(std::string_view opening, const std::vector<std::string>& words,
                              std::string_view indentation);

}  // namespace writ::syntax
