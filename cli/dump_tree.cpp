// Trees: each declaration and item with its place and what it is called, rules in canonical text, and the arena of expressions node by node.
#include "cli/dump.h"
#include "compiler/syntax/syntax.h"

#include <type_traits>
#include <variant>

#include <fmt/format.h>

namespace writ::cli {

namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

std::string joined(const std::vector<tree::Name>& parts, std::string_view between) {
  std::string text;
  for (const tree::Name& part : parts) text += (text.empty() ? "" : std::string(between)) + part.text;
  return text;
}

std::string ids(const std::vector<tree::ExprId>& list) {
  std::string text;
  for (const tree::ExprId id : list) text += fmt::format(" #{}", static_cast<std::uint32_t>(id));
  return text;
}

std::string number(tree::ExprId id) { return fmt::format("#{}", static_cast<std::uint32_t>(id)); }

std::string node_text(const tree::Tree& tree, tree::ExprId id) {
  static constexpr std::string_view compare[] = {
      "==", "!=", "<", "<=", ">", ">=", "in", "not in", "starts with", "ends with", "contains"};
  return std::visit(
      Overloaded{
          [&](const tree::Literal&) { return "literal " + canonical(tree, id); },
          [](const tree::Path& node) { return "path " + joined(node.parts, "."); },
          [](const tree::Has& node) { return "has " + number(node.path); },
          [](const tree::Else& node) {
            return fmt::format("else {} {}", number(node.optional), number(node.fallback));
          },
          [](const tree::Call& node) { return "call " + node.function.text + ids(node.arguments); },
          [](const tree::Not& node) { return "not " + number(node.operand); },
          [](const tree::And& node) { return "and" + ids(node.operands); },
          [](const tree::Or& node) { return "or" + ids(node.operands); },
          [](const tree::Compare& node) {
            return fmt::format("compare {} {} {}", compare[static_cast<std::size_t>(node.op)], number(node.left),
                               number(node.right));
          },
          [](const tree::Matches& node) {
            return fmt::format("matches {} {} {}", number(node.left), node.regex ? "regex" : "glob", node.pattern);
          },
          [](const tree::Arithmetic& node) {
            return fmt::format("{} {} {}", node.minus ? "minus" : "plus", number(node.left), number(node.right));
          },
          [](const tree::List& node) { return "list" + ids(node.items); },
          [](const tree::Range& node) { return fmt::format("range {} {}", number(node.low), number(node.high)); },
          [](const tree::ClockWindow& node) {
            return fmt::format("window {:02}:{:02}..{:02}:{:02} \"{}\" days {:02x}", node.begin / 60, node.begin % 60,
                               node.end / 60, node.end % 60, node.zone.text, node.days);
          },
          [](const tree::Quantifier& node) {
            return fmt::format("{} {} {} {}", node.all ? "all" : "any", node.variable.text, number(node.set),
                               number(node.body));
          },
      },
      tree[id].node);
}

class TreePrinter {
 public:
  TreePrinter(const tree::Tree& tree, const SourceSet& sources) : tree_(tree), sources_(sources) {}

  std::string print() {
    out_ = fmt::format("tree {} version {}\n", sources_.name(tree_.file), tree_.version);
    for (const tree::Declaration& one : tree_.declarations)
      std::visit([this](const auto& node) { this->node(node, 1); }, one);
    for (std::size_t i = 0; i < tree_.expressions.size(); ++i)
      out_ += fmt::format("  #{} {}  {}\n", i, where(tree_.expressions[i].span),
                          node_text(tree_, static_cast<tree::ExprId>(i)));
    for (const tree::Comment& comment : tree_.comments)
      out_ += fmt::format("  {} {}\n", where(comment.span), comment.text);
    return std::move(out_);
  }

 private:
  std::string where(Span span) const {
    const Position at = sources_.position(tree_.file, span.begin);
    return fmt::format("{}:{}", at.line, at.column);
  }
  void line(std::size_t depth, std::string_view text, Span span) {
    out_ += fmt::format("{:{}}{}  {}\n", "", depth * 2, text, where(span));
  }
  void items(const std::vector<tree::Item>& list, std::size_t depth) {
    for (const tree::Item& item : list) std::visit([&](const auto& node) { this->node(node, depth); }, item);
  }

  // Nodes whose text says everything are shown by their source; those with items open below it.
  template <typename Node>
  void node(const Node& node, std::size_t depth) {
    if constexpr (std::is_same_v<Node, tree::Rule>) {
      line(depth, canonical(tree_, node), node.span);
    } else if constexpr (requires { node.items.front().index(); }) {
      const std::string_view text = sources_.text(node.span);
      line(depth, text.substr(0, std::min(text.find('{'), text.find('\n'))), node.span);
      items(node.items, depth + 1);
    } else {
      line(depth, first_line(node.span), node.span);
    }
  }
  std::string first_line(Span span) const {
    const std::string_view text = sources_.text(span);
    const std::size_t end = text.find('\n');
    return std::string(text.substr(0, end)) + (end == std::string_view::npos ? "" : " …");
  }

  const tree::Tree& tree_;
  const SourceSet& sources_;
  std::string out_;
};

}  // namespace

std::string dump_tree(const Loaded& loaded) {
  std::string text;
  for (const tree::Tree* tree : loaded.order) text += TreePrinter(*tree, loaded.sources).print();
  return text;
}

}  // namespace writ::cli
